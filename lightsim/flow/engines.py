"""The engines of `run`: how a mapped network is timed, and where output values come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.inference.layer_output import Activations
from lightsim.quantisation.inference.threads import cores, in_order
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals
from lightsim.tiled.mapping.program import Program

__all__ = ["ENGINES", "Engine", "Outcome", "Progress", "Task", "Timing"]

Progress = Callable[[str, int, int], None]

_TIMELINE_NOTE = (
    "The timeline moves no data: the output values are those of the whole-layer kernels. Its "
    "cycles equal the simulation's by test; --engine simulation computes the bits tile by tile."
)
_NO_VALUES_NOTE = (
    "The timeline moves no data, and the output values were not computed: option values brings "
    "them. Its cycles equal the simulation's by test."
)


class Timing(Protocol):
    """What a report needs of an engine's run."""

    @property
    def cycles(self) -> int:
        """The cycles of the run."""
        ...

    @property
    def layers(self) -> tuple[LayerTiming, ...]:
        """One account per pass, once per batch."""
        ...

    @property
    def units(self) -> Mapping[str, UnitTotals]:
        """Cycles of every unit by cause."""
        ...

    @property
    def trace(self) -> tuple[Interval, ...]:
        """Every interval, if asked for."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """`programs[i]` is to be run on `batches[i]` int16[images, channels, height, width].

    `values` says that the output is wanted, of engines that can do without it too.
    """

    workload: Workload
    accelerator: Accelerator
    programs: Sequence[Program]
    batches: Sequence[NDArray[np.int16]]
    tracing: bool
    values: bool


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A run's timing, and the SHA-256 of its outputs, None where they were not computed.

    `bit_exact` says that every stored layer equals the whole-layer reference; it is None where
    no values were computed. `note` is what the reader must know of the engine, if anything.
    """

    timing: Timing
    bit_exact: bool | None
    digest: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """How a task is run, and whether that moves the data through the machine."""

    run: Callable[[Task, Progress], Outcome]
    moves_data: bool


def _simulation(task: Task, tell: Progress) -> Outcome:
    """The real tile data through the modelled machine, every stored layer checked."""
    # SimPy is loaded only by those who simulate.
    from lightsim.tiled.simulation.machine import simulate

    total = sum(len(program.schedules) for program in task.programs)
    result = simulate(
        task.programs,
        task.batches,
        tracing=task.tracing,
        progress=lambda done: tell("simulate", done, total),
    )
    names = list(result.outputs)
    equal, at = True, 0
    for batch, reference in _reference(task, names, "check bits", tell):
        part = slice(at, at + len(batch))
        at += len(batch)
        for name in names:
            equal = equal and np.array_equal(result.outputs[name][part], reference[name])
    outputs = task.programs[0].plan.outputs
    return Outcome(result, equal, _digest([result.outputs[name] for name in outputs]))


def _timeline(task: Task, tell: Progress) -> Outcome:
    """The timing alone, and where they are wanted the values from the whole-layer kernels."""
    # Its kernels are loaded, or compiled, only for those who ask for it.
    from lightsim.tiled.timeline.model import run

    tell("timeline", 0, 1)
    timing = run(task.programs, tracing=task.tracing)
    if not task.values:
        return Outcome(timing, None, None, _NO_VALUES_NOTE)
    outputs = list(task.programs[0].plan.outputs)
    found = [values for _, values in _reference(task, outputs, "compute bits", tell)]
    parts = [values[name] for name in outputs for values in found]
    return Outcome(timing, True, _digest(parts), _TIMELINE_NOTE)


ENGINES: dict[str, Engine] = {
    "simulation": Engine(_simulation, moves_data=True),
    "timeline": Engine(_timeline, moves_data=False),
}


def _reference(
    task: Task, names: list[str], what: str, tell: Progress
) -> Iterator[tuple[NDArray[np.int16], dict[str, Activations]]]:
    """Every batch with the named layers' outputs by whole-layer inference, one at a time."""
    accumulator = task.accelerator.accumulator

    def outputs(batch: NDArray[np.int16]) -> dict[str, Activations]:
        return infer(
            task.workload,
            batch,
            accumulator_bits=accumulator.bits,
            overflow=accumulator.overflow,
            accumulation=accumulator.accumulation,
            keep=names,
        )

    tell(what, 0, len(task.batches))
    found = in_order(outputs, task.batches, cores())
    for number, (batch, values) in enumerate(zip(task.batches, found, strict=True), 1):
        tell(what, number, len(task.batches))
        yield batch, values


def _digest(parts: Sequence[Activations]) -> str:
    """The hash of outputs as little-endian 32-bit integers, one after another, image by image."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(np.ascontiguousarray(part.astype("<i4")).tobytes())
    return hashed.hexdigest()
