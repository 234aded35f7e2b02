"""The grid measured: what the table lacks is synthesised, a few points at a time, and kept."""

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

# Points in one run of Yosys: its start costs as much as a small point does.
_TOGETHER = 12


def measure(
    points: Sequence[Point], family: str, table: Path, progress: Progress
) -> list[Measured]:
    """The rows of `points`, and of others in `table`; what it lacks is measured and added to it.

    Rows of another Yosys or of changed sources are measured again. Raises as
    `synthesis.synthesise_points` does.
    """
    version = yosys_version()
    digests = {module: source_digest(module) for module in {p.module for p in points}}
    known = {
        (row.point.module, row.point.parameters): row
        for row in read(table)
        if (row.family, row.yosys, row.source) == (family, version, digests.get(row.point.module))
    }
    # Points of an earlier grid still say something of these sources.
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
    """Points of one module together: only its own logic is mapped."""
    batch: list[Point] = []
    for each in points:
        if batch and (len(batch) == _TOGETHER or batch[0].module != each.module):
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch
