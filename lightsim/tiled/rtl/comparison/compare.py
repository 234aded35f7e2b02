"""The comparison: what the test bench of the RTL has left against what was simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.template.verdict import Difference, LayerVerdict, TileDifference, Verdict
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule
from lightsim.tiled.rtl.comparison.bench import BenchRun
from lightsim.tiled.rtl.program.contents import tensor_values
from lightsim.tiled.rtl.program.record import Recording

__all__ = ["compare"]

_MOST = 10  # differences that are told one by one


def compare(
    programs: Sequence[Program], recording: Recording, run: BenchRun, folder: Path
) -> Verdict:
    """The verdict on `run`, whose memory images lie in `folder`."""
    result = recording.result
    layers: list[LayerVerdict] = []
    differences: list[Difference] = []
    first_tile, simulated_before, rtl_before = 0, 0, 0
    per_batch = len(programs[0].schedules)
    for number, timing in enumerate(result.layers):
        batch, index = divmod(number, per_batch)
        schedule = programs[batch].schedules[index]
        compared, wrong = 0, 0
        if number < len(run.layers):
            expected = recording.values(batch, schedule.layer)
            image = np.fromfile(folder / f"result_{batch}.bin", np.uint8)
            found = _written(programs[batch], schedule, image)
            compared, wrong = int(expected.size), int(np.count_nonzero(found != expected))
            for tile, at in islice(_places(schedule, found != expected), _MOST - len(differences)):
                end = first_tile + tile
                ended = run.tiles[end][1] if end < len(run.tiles) else run.layers[number]
                differences.append(
                    Difference(timing.name, tile, *at, int(expected[at]), int(found[at]), ended)
                )
        rtl = run.layers[number] if number < len(run.layers) else -1
        layers.append(
            LayerVerdict(
                timing.name, timing.end - simulated_before, rtl - rtl_before, compared, wrong
            )
        )
        simulated_before, rtl_before = timing.end, rtl
        first_tile += len(schedule.tiles)
    cycles = run.layers[-1] if run.layers else 0
    return Verdict(
        result.cycles, cycles, tuple(layers), tuple(differences), _first_tile(recording, run),
        run.failure, run.failure_cycle,
    )  # fmt: skip


def _written(program: Program, schedule: Schedule, image: NDArray[np.uint8]) -> NDArray[np.int32]:
    """What a pass has left in memory, int32[images, channels, height, width]."""
    view = schedule.layer.destination
    region = program.memory.regions[view.tensor]
    stop = view.offset + view.shape.channels
    held = tensor_values(image, region, stop, view.element.bits, view.element.signed)
    return held[:, view.offset :]


def _places(
    schedule: Schedule, wrong: NDArray[np.bool_]
) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Where values are wrong, with the number of the tile that wrote them, in order of tiles."""
    for tile in schedule.tiles:
        if tile.last:
            spans = (tile.written.images, tile.written.channels, tile.written.rows,
                     tile.written.columns)  # fmt: skip
            for i, c, y, x in np.argwhere(wrong[tuple(slice(s.start, s.stop) for s in spans)]):
                images, channels, rows, columns = (s.start for s in spans)
                place = (int(images + i), int(channels + c), int(rows + y), int(columns + x))
                yield tile.index, place


def _first_tile(recording: Recording, run: BenchRun) -> TileDifference | None:
    """The first tile in the array whose cycles differ; one that never ran ends in cycle -1."""
    simulated = [
        i for i in recording.result.trace if i.unit == "array" and not i.name.startswith("wait ")
    ]
    for number, interval in enumerate(simulated):
        found = run.tiles[number] if number < len(run.tiles) else (-1, -1)
        if (interval.start, interval.end) != found:
            tile = int(interval.detail["tile"])
            return TileDifference(interval.name, tile, (interval.start, interval.end), found)
    return None
