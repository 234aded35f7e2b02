"""A load stream: the DMA that fills one buffer's banks, tile after tile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import simpy

from lightsim.tiled.description.accelerator import StreamName
from lightsim.tiled.mapping.plan.layout import Run
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.simulation.buffer import Buffer
from lightsim.tiled.simulation.contents import Activations, WeightTile
from lightsim.tiled.simulation.controller import Barrier, Process
from lightsim.tiled.simulation.memory import MemorySystem
from lightsim.tiled.simulation.probe import Probe
from lightsim.tiled.simulation.store import Store

__all__ = ["Load", "LoadJob", "input_jobs", "residual_jobs", "weight_jobs"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class LoadJob(Generic[T]):
    """One tile to load: its layer, its place in memory, and a function that fetches its values.

    `waits_for` is the number of the layer that must be open before the load begins; None for
    weights.
    """

    layer: str
    tile: int
    waits_for: int | None
    runs: list[Run]
    fetch: Callable[[], T]


@dataclass(slots=True)
class Load(Generic[T]):
    """Fills the banks of one buffer over one stream."""

    env: simpy.Environment
    stream: StreamName
    jobs: Iterator[LoadJob[T]]
    buffer: Buffer[T]
    memory: MemorySystem
    barrier: Barrier
    probe: Probe

    def run(self) -> Process:
        """For every job: wait for its layer, then for a free bank, then move the tile."""
        env = self.env
        for job in self.jobs:
            if job.waits_for is not None and not self.barrier.opened[job.waits_for].processed:
                yield self.barrier.opened[job.waits_for]
            asked = int(env.now)
            bank = yield from self.buffer.acquire()
            start = int(env.now)
            bank.begin()
            yield self.memory.transfer(self.stream, job.runs)
            bank.fill(job.fetch())
            self.buffer.commit(bank)
            words = sum(run.nbytes for run in job.runs) // self.memory.word_bytes
            self.probe.moved(self.stream, job.layer, job.tile, asked, start, int(env.now), words)


def input_jobs(programs: list[tuple[Program, Store]]) -> Iterator[LoadJob[Activations]]:
    """The input tiles of all layers, in order."""
    number = 0
    for program, store in programs:
        for schedule in program.schedules:
            view, name = schedule.layer.source, schedule.layer.name
            for tile in schedule.tiles:
                if tile.load_input:
                    runs = program.input_runs(schedule, tile)
                    yield LoadJob(
                        name, tile.index, number, runs,
                        partial(store.read, view, tile.read),
                    )  # fmt: skip
            number += 1


def weight_jobs(programs: list[tuple[Program, Store]]) -> Iterator[LoadJob[WeightTile]]:
    """The weight tiles of all layers, in order; they need not wait for their layer to open."""
    for program, store in programs:
        for schedule in program.schedules:
            name = schedule.layer.name
            for tile in schedule.tiles:
                if tile.load_weight:
                    yield LoadJob(
                        name, tile.index, None, [program.weight_runs[name][tile.weight_tile]],
                        partial(store.weight_tile, schedule, tile),
                    )  # fmt: skip


def residual_jobs(programs: list[tuple[Program, Store]]) -> Iterator[LoadJob[Activations]]:
    """The residual tiles of all layers, in order."""
    number = 0
    for program, store in programs:
        for schedule in program.schedules:
            view, name = schedule.layer.residual, schedule.layer.name
            for tile in schedule.tiles:
                if tile.load_residual and view is not None:
                    runs = program.residual_runs(schedule, tile)
                    yield LoadJob(
                        name, tile.index, number, runs,
                        partial(store.read, view, tile.computed),
                    )  # fmt: skip
            number += 1
