"""The measured grid: points that the table lacks are synthesised a few at a time and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lightsim.hardware.catalogue import board
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.calibration.points import Point
from lightsim.tiled.calibration.synthesis import synthesise_points
from lightsim.tiled.calibration.table import Measured, append, read, source_digest
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.sizing import least_design
from lightsim.tiled.rtl.project.yosys import yosys_version

__all__ = ["measure"]

Progress = Callable[[str, int, int], None]

# Points in one run of Yosys: starting Yosys costs as much as a small point.
_TOGETHER = 12


def measure(
    points: Sequence[Point], family: str, table: Path, progress: Progress
) -> list[Measured]:
    """The rows of `points`, and of other points in `table`; missing points are measured and added.

    Rows of another Yosys version or of changed sources are measured again. Raises the errors of
    `synthesis.synthesise_points`.
    """
    version = yosys_version()
    digests = {module: source_digest(module) for module in {p.module for p in points}}
    known = {
        (row.point.module, row.point.parameters): row
        for row in read(table)
        if (row.family, row.yosys, row.source) == (family, version, digests.get(row.point.module))
    }
    # Points of an earlier grid still count if their sources are unchanged.
    wanted = {(p.module, p.parameters) for p in points}
    further = [row for key, row in known.items() if key not in wanted]
    lacking = [p for p in points if (p.module, p.parameters) not in known]
    array = Array((LaneGroup("shift_add_serial", 4),), 8, 1)
    plain = least_design(board("pynq-z2"), SCHEMES["flightnn"], array)
    done = len(points) - len(lacking)
    for together in _batches(lacking):
        progress(f"{family}: {together[0].module}", done, len(points))
        cells = synthesise_points(together, family, plain)
        rows = [
            Measured(family, version, digests[p.module], p, found)
            for p, found in zip(together, cells, strict=True)
        ]
        append(table, rows)
        known |= {(row.point.module, row.point.parameters): row for row in rows}
        done += len(rows)
    return further + [
        Measured(family, version, digests[p.module], p, known[p.module, p.parameters].cells)
        for p in points
    ]


def _batches(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Batches of points of one module, because a run of Yosys maps only the module's own logic."""
    batch: list[Point] = []
    for each in points:
        if batch and (len(batch) == _TOGETHER or batch[0].module != each.module):
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch
