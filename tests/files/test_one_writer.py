"""Files are written in one place: nowhere else is a path opened to be written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("lightsim", "dse", "workloads")

EXCUSED = {
    "lightsim/files/writing.py": "the one writer",
    "lightsim/cli/process/streams.py": "opens the standard streams by their numbers",
    "lightsim/cli/process/ending.py": "opens the null device",
    "dse/allocation/highs.py": "opens the null device",
    "dse/storage/held.py": "a lock, which holds no text that could be half there",
    "dse/storage/journal.py": "a journal grows by whole lines; half a last one is passed over",
    "lightsim/tiled/calibration/table.py": "a table grows as a journal does",
    "lightsim/tiled/rtl/project/yosys.py": "a log, written by Yosys while it runs",
    "lightsim/datasets/fetching.py": "unpacks into a temporary folder",
    "lightsim/datasets/folders.py": "unpacks into a temporary folder",
    "workloads/digits/make_weights.py": "makes the shipped files, and is run by hand",
}

# These write into their first argument, a path or an open file.
_SAVERS = {"savez", "savez_compressed", "save", "savetxt"}
_TO_FILE = {"to_csv", "to_parquet", "to_json", "to_html", "to_pickle", "tofile", "write_html",
            "write_image"}  # fmt: skip
_ALWAYS = {"write_text", "write_bytes", "copyfile", "copy", "copy2", "copytree", "mkstemp"}
_MODULES_OF_ALWAYS = {"copyfile", "copy", "copy2", "copytree", "mkstemp"}


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines of a module that write into a path, and with what."""
    open_files = set(_open_files(tree))
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = _name(call.func)
        if name == "open":
            if _opens_for_writing(call):
                yield call.lineno, name
        elif name in _ALWAYS:
            if name not in _MODULES_OF_ALWAYS or _owner(call.func) in ("shutil", "tempfile"):
                yield call.lineno, name
        elif name in _SAVERS:
            place = call.args[-1] if _owner(call.func) == "torch" else call.args[0]
            if _owner(call.func) in ("np", "numpy", "torch") and not _is(place, open_files):
                yield call.lineno, name
        elif (
            name in _TO_FILE
            and _owner(call.func)
            and call.args
            and not _is(call.args[0], open_files)
        ):
            yield call.lineno, name


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _owner(function: ast.expr) -> str:
    return _name(function.value) if isinstance(function, ast.Attribute) else ""


def _opens_for_writing(call: ast.Call) -> bool:
    """Of `open`, `path.open` and `os.open`; what is no constant counts as writing."""
    owner = _owner(call.func)
    if owner == "os":
        return not any(
            isinstance(n, ast.Attribute) and n.attr == "O_RDONLY" for n in ast.walk(call)
        )
    place = 0 if isinstance(call.func, ast.Attribute) and "zip" not in owner else 1
    given = [word.value for word in call.keywords if word.arg == "mode"]
    mode = (given or call.args[place : place + 1] or [ast.Constant("r")])[0]
    return not (isinstance(mode, ast.Constant) and not set(str(mode.value)) & set("wax+"))


def _open_files(tree: ast.Module) -> Iterator[str]:
    """Names of buffers in memory, and of arguments that are open files."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            if _name(node.annotation) == "BinaryIO":
                yield node.arg
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and _name(node.value.func) in ("BytesIO", "StringIO")
        ):
            yield from (_name(target) for target in node.targets)


def _is(place: ast.expr, names: set[str]) -> bool:
    return isinstance(place, ast.Name) and place.id in names


def test_files_are_written_by_the_one_writer():
    found = {
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in EXCUSED
        for line, what in writes(ast.parse(path.read_text()))
    }
    assert not found, "write them with lightsim.files.writing"


@pytest.mark.parametrize("name", EXCUSED)
def test_who_is_excused_needs_it(name: str):
    path = ROOT / name
    if path.exists():
        assert list(writes(ast.parse(path.read_text()))), f"{name} needs no excuse"


@pytest.mark.parametrize(
    "line",
    [
        "open('a', 'w')", "open('a', mode='ab')", "path.open('x')", "path.open(mode)",
        "path.write_text(t)", "path.write_bytes(b)", "np.savez(path, a=a)", "np.save(path, a)",
        "torch.save(a, path)", "frame.to_csv(path)", "frame.to_parquet(path)", "array.tofile(path)",
        "os.open(path, os.O_WRONLY | os.O_CREAT)", "shutil.copyfile(a, b)", "gzip.open(a, 'wb')",
        "open('a', 'r+b')",
    ],
)  # fmt: skip
def test_a_second_writer_is_seen(line: str):
    assert list(writes(ast.parse(f"def write(path, mode):\n    {line}\n")))


@pytest.mark.parametrize(
    "text",
    [
        "open('a')", "path.open()", "path.open('rb')", "gzip.open(a)", "frame.to_csv(index=False)",
        "buffer = io.BytesIO()\nnp.savez(buffer, a=a)", "os.open(path, os.O_RDONLY)",
        "def write(file: BinaryIO):\n    frame.to_parquet(file)", "workload.copy()",
    ],
)  # fmt: skip
def test_reading_is_no_writing(text: str):
    assert not list(writes(ast.parse(text)))
