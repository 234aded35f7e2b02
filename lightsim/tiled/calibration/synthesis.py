"""Points mapped by Yosys, several in one run: each module without its submodules."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import as_file, files

from lightsim.files.temporary import temporary_folder
from lightsim.files.writing import write_files
from lightsim.tiled.calibration.points import Point, wrapper
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.rtl.program.parameters import package_text
from lightsim.tiled.rtl.project.writing import IMAGES
from lightsim.tiled.rtl.project.yosys import Cells, own_cells, run_script
from lightsim.tiled.rtl.sources import SOURCES

__all__ = ["synthesise_points"]

# Submodules that are not points of this run stay black boxes: each is a point of its own.
_SCRIPT = """\
read_verilog -sv -defer {sources} points.sv
hierarchy -check -top points
{boxes}
synth_xilinx -family {family} -noiopad -top points
tee -o points.json stat -json
"""
_ROM_DEPTH = 64


def synthesise_points(points: list[Point], family: str, plain: Accelerator) -> list[Cells]:
    """The cells of each of `points` in `family`, without the submodules.

    `plain` is any accelerator; it gives the constants that a point does not name. Raises the errors
    of `yosys.run_script`.
    """
    with temporary_folder("points") as folder:
        depths = {name.upper(): _ROM_DEPTH for name in IMAGES}
        script = _SCRIPT.format(
            sources=" ".join(SOURCES), boxes=_boxes({p.module for p in points}), family=family
        )
        write_files(
            folder,
            {
                **_modules(),
                "design_pkg.sv": package_text(constants_of(plain) | depths),
                "points.sv": wrapper(points),
                "points.ys": script,
                **{f"{name}.mem": "0\n" for name in IMAGES},
            },
        )
        run_script(folder, "points.ys")
        modules = json.loads((folder / "points.json").read_text())["modules"]
    cells = own_cells(modules)
    return [cells[_held(modules, number)] for number in range(len(points))]


def _modules() -> dict[str, bytes]:
    with as_file(files("lightsim.tiled.rtl") / "sv") as own:
        return {n: (own / n).read_bytes() for n in SOURCES if n != "design_pkg.sv"}


def _boxes(wanted: Iterable[str]) -> str:
    """Yosys commands that turn all modules except the wanted ones into black boxes."""
    modules = [name.removesuffix(".sv") for name in SOURCES if not name.endswith("_pkg.sv")]
    return "\n".join(f"blackbox *{name}*" for name in modules if name not in wanted)


def _held(modules: dict[str, dict[str, dict[str, int]]], number: int) -> str:
    """The module inside `point_N`, under the name that Yosys gave it."""
    (kind,) = modules[f"\\point_{number}"]["num_cells_by_type"]
    return kind.removeprefix("\\")
