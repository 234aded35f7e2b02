"""The comparison: what the test bench of the RTL has left against what was simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.mapping.layout import Span
from lightsim.mapping.program import Program
from lightsim.mapping.schedule import Schedule, Tile
from lightsim.rtl.contents import tensor_values
from lightsim.rtl.record import Recording
from lightsim.rtl.verdict import Difference, LayerVerdict, TileDifference, Verdict

__all__ = ["BenchRun", "compare"]

_MOST_DIFFERENCES = 10


@dataclass(frozen=True, slots=True)
class BenchRun:
    """What the test bench printed: the end of every layer, the tiles, its complaint."""

    layers: tuple[int, ...]
    tiles: tuple[tuple[int, int], ...]
    failure: str | None


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
        compared, wrong = 0, []
        if len(run.layers) >= (batch + 1) * per_batch:
            expected = recording.values(batch, schedule.layer)
            image = np.fromfile(folder / f"result_{batch}.bin", np.uint8)
            found = _written(programs[batch], schedule, image)
            compared, wrong = int(expected.size), np.argwhere(found != expected).tolist()
            for image_at, channel, row, column in wrong[: _MOST_DIFFERENCES - len(differences)]:
                at = (image_at, channel, row, column)
                tile = _writer(schedule, at)
                ended = run.tiles[first_tile + tile][1]
                differences.append(
                    Difference(
                        timing.name, tile, image_at, channel, row, column,
                        int(expected[at]), int(found[at]), ended,
                    )
                )  # fmt: skip
        rtl = run.layers[number] if number < len(run.layers) else -1
        layers.append(
            LayerVerdict(
                timing.name, timing.end - simulated_before, rtl - rtl_before, compared, len(wrong)
            )
        )
        simulated_before, rtl_before = timing.end, rtl
        first_tile += len(schedule.tiles)
    cycles = run.layers[-1] if run.layers else 0
    return Verdict(
        result.cycles, cycles, tuple(layers), tuple(differences), _first_tile(recording, run),
        run.failure,
    )  # fmt: skip


def _written(program: Program, schedule: Schedule, image: NDArray[np.uint8]) -> NDArray[np.int32]:
    """What a pass has left in memory, int32[images, channels, height, width]."""
    view = schedule.layer.destination
    region = program.memory.regions[view.tensor]
    stop = view.offset + view.shape.channels
    held = tensor_values(image, region, stop, view.element.bits, view.element.signed)
    return held[:, view.offset :]


def _writer(schedule: Schedule, at: Sequence[int]) -> int:
    """The number of the tile that writes a place."""
    return next(tile.index for tile in schedule.tiles if tile.last and _holds(tile, at))


def _holds(tile: Tile, at: Sequence[int]) -> bool:
    box = tile.written
    spans: tuple[Span, ...] = (box.images, box.channels, box.rows, box.columns)
    return all(span.start <= i < span.stop for span, i in zip(spans, at, strict=True))


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
