"""The simulation: every engine a process that steps when its words and its room are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from lightsim.quantisation.inference.layer_output import SumRules
from lightsim.streaming.mapping.engine import Engine
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.mapping.program import Program
from lightsim.streaming.simulation.fifo import Channel
from lightsim.streaming.simulation.units import Unit, tensor_of, unit_of
from lightsim.streaming.simulation.word import Word
from lightsim.streaming.timing import Deadlock, Timing

__all__ = ["simulate"]


def simulate(
    pipeline: Pipeline,
    images: NDArray[np.int16],
    progress: Callable[[int], None] | None = None,
) -> tuple[Timing, dict[str, NDArray[np.int32]]]:
    """The timing of `images` int16[count, channels, height, width], and what each layer gave.

    The values int32[count, channels, height, width] are by layer; none at a deadlock. `progress`
    is told of every image that is in memory.
    """
    env = simpy.Environment()
    channels = [Channel(env, fifo) for fifo in pipeline.fifos]
    accumulator = pipeline.design.accumulator
    rules = SumRules(accumulator.bits, accumulator.overflow, accumulator.accumulation)
    processes = [
        _Process(env, pipeline, number, channels, images, rules)
        for number in range(len(pipeline.engines))
    ]
    stores = sorted(pipeline.stored)
    if progress is not None:
        processes[stores[0]].told = progress
    for process in processes:
        env.process(process.run())
    env.run()
    waiting = {
        process.engine.name: process.waits for process in processes if process.waits is not None
    }
    cycle = max(process.at for process in processes)
    timing = Timing(
        starts=np.array([process.starts for process in processes], np.int64),
        ends=np.array([process.ends for process in processes], np.int64),
        stalls=np.array([process.stalls for process in processes], np.int64),
        highest=np.array([channel.highest for channel in channels], np.int64),
        deadlock=Deadlock(cycle, waiting) if waiting else None,
    )
    return timing, {} if waiting else _values(pipeline, processes)


def _values(pipeline: Pipeline, processes: list[_Process]) -> dict[str, NDArray[np.int32]]:
    """The output of every layer that has an engine, and of those that are stored."""
    values = {}
    for quantised in pipeline.workload.layers:
        layer = quantised.layer
        for number, (name, stream) in pipeline.stored.items():
            if name == layer.name:
                words = processes[number].unit.words  # type: ignore[attr-defined]
                values[name] = tensor_of(words, stream, layer.output_shape)
        if layer.name in pipeline.last and layer.name not in values:
            given = processes[pipeline.last[layer.name]].given
            values[layer.name] = tensor_of(given, pipeline.streams[layer.name], layer.output_shape)
    return values


class _Process:
    """An engine at work."""

    def __init__(
        self,
        env: simpy.Environment,
        pipeline: Pipeline,
        number: int,
        channels: list[Channel],
        images: NDArray[np.int16],
        rules: SumRules,
    ) -> None:
        self.engine: Engine = pipeline.engines[number]
        self._env = env
        self._inputs = [channels[n] for n in self.engine.inputs]
        self._outputs = [channels[n] for n in self.engine.outputs]
        self._needed = [0] * len(self._inputs)
        self._rigid = pipeline.rigid and bool(self._outputs)
        self._images = len(images)
        self._pipeline: deque[Word] = deque()
        self.unit: Unit = unit_of(self.engine, self._inputs, images, rules)
        self.given: list[Word] = []
        self.starts, self.ends = [0] * len(images), [0] * len(images)
        self.stalls = [0, 0]
        self.at = self._step = -1
        self.waits: str | None = None
        self.told: Callable[[int], None] | None = None

    def run(self) -> Generator[simpy.Event, Any, None]:
        """All steps of all images."""
        lag = self.engine.latency if self._rigid else 0
        steps = self._images * self.engine.program.image_steps
        for step, rows, leaves in _events(self.engine.program, self._images, lag):
            ready = self.at + step - self._step
            yield from self._until(ready)
            for port, take, _ in rows:
                yield from self._word(port, take)
            there = int(self._env.now)
            if leaves:
                yield from self._room()
            now = int(self._env.now)
            if self._step >= 0 and step < steps:
                self.stalls[0] += there - ready
                self.stalls[1] += now - there
            self._begin(step, now)
            if rows:
                self._enter(rows)
            if leaves:
                self._leave(now)
            self._end(step, rows, leaves, now)

    def _until(self, cycle: int) -> Generator[simpy.Event, Any, None]:
        if cycle > self._env.now:
            yield self._env.timeout(cycle - self._env.now)

    def _word(self, port: int, take: int) -> Generator[simpy.Event, Any, None]:
        """Wait for the words that a step takes from a port."""
        channel, needed = self._inputs[port], self._needed[port] + take
        there = channel.readable_at(needed)
        if there is None:
            self.waits = f"a word of '{channel.fifo.name}'"
            yield channel.arrival(needed)
            self.waits = None
        else:
            yield from self._until(there)

    def _room(self) -> Generator[simpy.Event, Any, None]:
        """Wait for room in every output; room that is there stays."""
        for channel in self._outputs:
            while not channel.has_room:
                self.waits = f"room in '{channel.fifo.name}'"
                yield channel.room()
                self.waits = None

    def _begin(self, step: int, now: int) -> None:
        whole = self.engine.program.image_steps
        # Steps without words go by without an event of their own.
        for image in range(self._step // whole + 1, min(step // whole, self._images - 1) + 1):
            first = image * whole
            self.starts[image] = now if first == step else self.at + first - self._step
        self.at, self._step = now, step

    def _enter(self, rows: list[tuple[int, int, int]]) -> None:
        words = []
        for port, take, _ in rows:
            channel = self._inputs[port]
            if not channel.fifo.lines:
                words.append(channel.word(self._needed[port]))
            self._needed[port] += take
        self.unit.step(words)
        for port, _, release in rows:
            if release:
                self._inputs[port].free(release)

    def _leave(self, now: int) -> None:
        word = self.unit.leave()
        self.given.append(word)
        latency = 0 if self._rigid else self.engine.latency
        for channel in self._outputs:
            channel.put(word, latency)

    def _end(self, step: int, rows: list[Any], leaves: bool, now: int) -> None:
        work, latency = self.engine.program, self.engine.latency
        if leaves and len(self.given) % (len(work.exits) * work.repeats) == 0:
            image = len(self.given) // (len(work.exits) * work.repeats) - 1
            self.ends[image] = now + 1 + (0 if self._rigid else latency)
        elif not self._outputs:
            last_row = int(work.entries[-1, 0])
            image, within = divmod(step, work.image_steps)
            if within == work.image_steps - work.steps + last_row:
                self.ends[image] = now + work.steps - last_row + latency
                if self.told is not None:
                    self.told(image + 1)


Row = tuple[int, int, int]


def _events(work: Program, images: int, lag: int) -> Iterator[tuple[int, list[Row], bool]]:
    """The steps in which an engine takes or gives words, with what each takes, in order.

    A word that a rigid pipeline gives leaves with the step `lag` steps later.
    """
    entering, leaving = _entries(work, images), _exits(work, images, lag)
    entry, leave = next(entering, None), next(leaving, None)
    while entry is not None or leave is not None:
        step = min(one for one in (entry and entry[0], leave) if one is not None)
        rows: list[Row] = []
        if entry is not None and entry[0] == step:
            rows = entry[1]
            entry = next(entering, None)
        leaves = leave == step
        if leaves:
            leave = next(leaving, None)
        yield step, rows, leaves


def _entries(work: Program, images: int) -> Iterator[tuple[int, list[Row]]]:
    grouped: dict[int, list[Row]] = {}
    for step, port, take, release in work.entries.tolist():
        grouped.setdefault(step, []).append((port, take, release))
    for period in range(work.repeats * images):
        for step, rows in grouped.items():
            yield period * work.steps + step, rows


def _exits(work: Program, images: int, lag: int) -> Iterator[int]:
    exits = work.exits.tolist()
    for period in range(work.repeats * images):
        for step in exits:
            yield period * work.steps + step + lag
