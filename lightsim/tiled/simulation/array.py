"""The PE array with its accumulators: it computes tiles from the contents of the buffers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import simpy

from lightsim.numerics.sums.accumulator import Accumulators
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import array_depth
from lightsim.tiled.mapping.activity import Activity
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule, Tile
from lightsim.tiled.mapping.tiles.work import Work
from lightsim.tiled.simulation.buffer import Bank, Buffer
from lightsim.tiled.simulation.compute import TileResult, accumulate, elementwise, post_process
from lightsim.tiled.simulation.contents import Activations, WeightTile
from lightsim.tiled.simulation.controller import Barrier, Process
from lightsim.tiled.simulation.drain import PostProcessor
from lightsim.tiled.simulation.pipeline import convolution_timing, elementwise_timing
from lightsim.tiled.simulation.probe import Probe

__all__ = ["Array", "Inlets"]


@dataclass(frozen=True, slots=True)
class Inlets:
    """The buffers that the array reads."""

    input: Buffer[Activations]
    weight: Buffer[WeightTile]
    residual: Buffer[Activations]


@dataclass(slots=True)
class _Held:
    """The banks that the array reads; their contents and generations when the tile began."""

    input: Bank[Activations] | None = None
    weight: Bank[WeightTile] | None = None
    seen: tuple[Activations | None, int, WeightTile | None, int] = (None, 0, None, 0)

    def look(self) -> None:
        x, w = self.input, self.weight
        self.seen = (
            x.contents if x else None,
            x.generation if x else 0,
            w.contents if w else None,
            w.generation if w else 0,
        )

    def read(self) -> tuple[Activations | None, WeightTile | None]:
        """The contents that the array read from the banks since the last `look`.

        A bank that was refilled in the meantime counts with its new contents, because the hardware
        would compute a part of the tile from the new contents.
        """
        x, x_generation, w, w_generation = self.seen
        if self.input is not None and self.input.generation != x_generation:
            x = self.input.contents
        if self.weight is not None and self.weight.generation != w_generation:
            w = self.weight.contents
        return x, w


@dataclass(slots=True)
class Array:
    """Computes every tile of every layer in order."""

    env: simpy.Environment
    accelerator: Accelerator
    programs: list[Program]
    inlets: Inlets
    outputs: Buffer[Activations]
    post: PostProcessor
    barrier: Barrier
    probe: Probe
    activity: Activity
    _partial: dict[int, Accumulators] = field(default_factory=dict)
    _post_free: int = 0

    def run(self) -> Process:
        """Wait for each layer to open, then compute its tiles one after another."""
        number = 0
        for program in self.programs:
            for schedule in program.schedules:
                if not self.barrier.opened[number].processed:
                    yield self.barrier.opened[number]
                work, held = Work(schedule.layer, self.accelerator), _Held()
                following = (*schedule.tiles[1:], None)
                for tile, after in zip(schedule.tiles, following, strict=True):
                    yield from self._tile(schedule, tile, work, held)
                    self._release(held, after)
                number += 1

    def _tile(
        self, schedule: Schedule, tile: Tile, work: Work, held: _Held
    ) -> Generator[simpy.Event, None, None]:
        env, layer = self.env, schedule.layer
        residual, output = yield from self._gather(tile, held)
        groups = work.groups(tile)
        start = int(env.now)
        if layer.weights is None:
            timing = elementwise_timing(groups[0], start, self._post_free)
        else:
            depth = array_depth(self.accelerator)
            timing = convolution_timing(groups, start, self._post_free, depth)
        self._post_free = timing.post_end
        held.look()
        yield env.timeout(timing.end - start)
        self.probe.tile(layer.name, tile, start, timing)
        self.activity.count(schedule, tile)
        values = self._compute(schedule, tile, held, residual)
        if output is not None:
            env.process(self.post.finish(timing.post_end, values, residual, output))

    def _gather(
        self, tile: Tile, held: _Held
    ) -> Generator[simpy.Event, None, tuple[Bank[Activations] | None, Bank[Activations] | None]]:
        """Wait for everything that the tile needs; the wait is charged to the last cause."""
        env, probe, inlets = self.env, self.probe, self.inlets
        if tile.load_input:
            held.input = yield from inlets.input.take()
            probe.array_waited("input", int(env.now))
        if tile.load_weight:
            held.weight = yield from inlets.weight.take()
            probe.array_waited("weight", int(env.now))
        residual = output = None
        if tile.load_residual:
            residual = yield from inlets.residual.take()
            probe.array_waited("residual", int(env.now))
        if tile.last:
            output = yield from self.outputs.acquire()
            output.begin()
            probe.array_waited("output", int(env.now))
        return residual, output

    def _compute(
        self, schedule: Schedule, tile: Tile, held: _Held, residual: Bank[Activations] | None
    ) -> Callable[[], Activations]:
        """Compute the tile's sums now; the returned function computes the outputs when called."""
        layer, accumulator = schedule.layer, self.accelerator.accumulator
        x, weights = held.read()

        def beside() -> Activations | None:
            return None if residual is None else residual.contents

        if layer.weights is None:
            moved = elementwise(layer, tile, x, beside())
            return lambda: moved
        if weights is None:
            raise ValueError(f"layer '{layer.name}': the array ran before any weights had come")
        sums = accumulate(layer, tile, accumulator, x, weights, self._partial.pop(tile.slot, None))
        if not tile.last:
            self._partial[tile.slot] = sums
        result = TileResult(sums, weights.multiplier, weights.position, weights.thresholds)
        return lambda: post_process(layer, tile, accumulator, result, beside())

    def _release(self, held: _Held, after: Tile | None) -> None:
        """Release the banks that the next tile does not read again."""
        if held.input is not None and (after is None or after.load_input):
            self.inlets.input.release(held.input)
            held.input = None
        if held.weight is not None and (after is None or after.load_weight):
            self.inlets.weight.release(held.weight)
            held.weight = None
