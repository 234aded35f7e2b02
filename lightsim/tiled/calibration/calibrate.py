"""The whole calibration: measure the grid, fit the formulas, report held-out errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lightsim.tiled.calibration.coefficients import write_coefficients
from lightsim.tiled.calibration.fit import fit
from lightsim.tiled.calibration.grid import grid
from lightsim.tiled.calibration.held_out import Summary, deviations, summary
from lightsim.tiled.calibration.measure import Progress, measure
from lightsim.tiled.rtl.project.yosys import check_family, require_yosys, yosys_version

__all__ = ["Calibration", "calibrate"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result of a calibration: its points, the file written, and the held-out errors."""

    family: str
    yosys: str
    points: int
    coefficients: Path
    held_out: tuple[Summary, ...]


def calibrate(folder: Path, family: str, progress: Progress) -> Calibration:
    """Measure the points of the grid that `folder` lacks, and write the coefficients fitted to the
    grid.

    `points_FAMILY.csv` receives every point as soon as it is measured, so a stopped calibration can
    continue. Raises `MissingExtraError` without Yosys, and `InputError` for an unknown family or if
    Yosys fails.
    """
    check_family(family)
    require_yosys("calibrate")
    folder.mkdir(parents=True, exist_ok=True)
    rows = measure(grid(), family, folder / f"points_{family}.csv", progress)
    found = fit(rows)
    file = folder / f"fitted_{family}.json"
    write_coefficients(file, found, family, yosys_version(), date.today().isoformat())
    held_out = tuple(summary(deviations(rows, found)))
    return Calibration(family, yosys_version(), len(rows), file, held_out)
