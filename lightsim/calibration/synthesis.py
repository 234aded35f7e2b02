"""Points mapped by Yosys, several in one run: what each takes by itself, its submodules apart."""

from __future__ import annotations

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from lightsim.calibration.points import Point, wrapper
from lightsim.rtl.project import SOURCES
from lightsim.rtl.yosys import Cells, own_cells, run_script

__all__ = ["synthesise_points"]

# No project has these two: the points need neither a program nor an accelerator's constants.
_NEEDED_BY_NONE = ("design_pkg.sv", "accelerator.sv")
_SCRIPT = """\
read_verilog -sv -defer {sources} points.sv
synth_xilinx -family {family} -noiopad -top points
tee -o points.json stat -json
"""


def synthesise_points(points: list[Point], family: str) -> list[Cells]:
    """What each of `points` takes in `family`, without the modules below it.

    Raises as `yosys.run_script` does.
    """
    with TemporaryDirectory(prefix="lightsim-points-") as temporary:
        folder = Path(temporary)
        names = [name for name in SOURCES if name not in _NEEDED_BY_NONE]
        with as_file(files("lightsim.rtl") / "sv") as own:
            for name in names:
                shutil.copyfile(own / name, folder / name)
        (folder / "points.sv").write_text(wrapper(points))
        (folder / "points.ys").write_text(_SCRIPT.format(sources=" ".join(names), family=family))
        run_script(folder, "points.ys")
        modules = json.loads((folder / "points.json").read_text())["modules"]
    cells = own_cells(modules)
    return [cells[_held(modules, number)] for number in range(len(points))]


def _held(modules: dict[str, dict[str, dict[str, int]]], number: int) -> str:
    """The module that `point_N` holds, under the name Yosys gave it."""
    (kind,) = modules[f"\\point_{number}"]["num_cells_by_type"]
    return kind.removeprefix("\\")
