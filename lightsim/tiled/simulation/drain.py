"""The way out of the array: post-processing into an output bank, and the store to memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import simpy

from lightsim.tiled.description.pipeline import POST_DEPTH
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.simulation.buffer import Bank, Buffer
from lightsim.tiled.simulation.contents import Activations
from lightsim.tiled.simulation.controller import Barrier, Process
from lightsim.tiled.simulation.memory import MemorySystem
from lightsim.tiled.simulation.probe import Probe
from lightsim.tiled.simulation.store import Store

__all__ = ["PostProcessor", "StoreStream"]


@dataclass(slots=True)
class PostProcessor:
    """Writes finished tiles into output banks; its drain times are part of the tile's timing."""

    env: simpy.Environment
    residuals: Buffer[Activations]
    outputs: Buffer[Activations]

    def finish(
        self,
        drained: int,
        values: Callable[[], Activations],
        residual: Bank[Activations] | None,
        output: Bank[Activations],
    ) -> Process:
        """Write a tile to `output`: its last value leaves the snapshot in cycle `drained`, and the
        pipeline some cycles later.
        """
        yield self.env.timeout(drained - self.env.now)
        finished = values()
        if residual is not None:
            self.residuals.release(residual)
        yield self.env.timeout(POST_DEPTH)
        output.fill(finished)
        self.outputs.commit(output)


@dataclass(slots=True)
class StoreStream:
    """The store DMA: empties output banks into memory and reports finished layers."""

    env: simpy.Environment
    programs: list[tuple[Program, Store]]
    outputs: Buffer[Activations]
    memory: MemorySystem
    barrier: Barrier
    probe: Probe

    def run(self) -> Process:
        """Store every finished tile, in the order in which they were computed."""
        env, number = self.env, 0
        for program, store in self.programs:
            for schedule in program.schedules:
                view, name = schedule.layer.destination, schedule.layer.name
                for tile in schedule.tiles:
                    if not tile.last:
                        continue
                    bank = yield from self.outputs.take()
                    start = int(env.now)
                    runs = program.output_runs(schedule, tile)
                    yield self.memory.transfer("output", runs)
                    if bank.contents is not None:
                        store.write(view, tile.written, bank.contents)
                    self.outputs.release(bank)
                    words = sum(run.nbytes for run in runs) // self.memory.word_bytes
                    self.probe.moved("output", name, tile.index, start, start, int(env.now), words)
                self.barrier.stored[number].succeed()
                number += 1
