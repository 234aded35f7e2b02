"""The engines of `run`: how a mapped network is timed, and how its output values are computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.flow.templates import opened, required
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.inference.layer_output import Activations
from lightsim.quantisation.inference.threads import cores, in_order
from lightsim.quantisation.workload import Workload
from lightsim.template.design import Mapped, Progress
from lightsim.template.doors import Door, Model, Template
from lightsim.template.findings import Findings
from lightsim.template.task import Batches, Task

__all__ = [
    "ENGINES",
    "Outcome",
    "check_has_engine",
    "default_engine",
    "moves_data",
    "run_engine",
]

_NO_DATA = "The timeline moves no data"
_VALUES_NOTE = "the output values are those of the whole-layer kernels."
_NO_VALUES_NOTE = "the output values were not computed: --values (values=True) brings them."
_EQUAL_NOTE = "Its cycles equal the simulation's by test"
_BITS_NOTE = "the simulation computes the bits tile by tile."

ENGINES: dict[str, Callable[[Template], Door[Model] | None]] = {
    "simulation": lambda template: template.simulation,
    "timeline": lambda template: template.timeline,
}
"""The models in time by their names: which door of a template they are behind."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The findings of a run, and the SHA-256 of its outputs, None if no values were computed.

    `bit_exact` says whether every stored layer equals the whole-layer reference, None if no values
    were computed. `note` is a remark on the engine that the reader must know, or None.
    """

    findings: Findings
    bit_exact: bool | None
    digest: str | None
    note: str | None = None


def check_has_engine(template: Template, engine: str) -> None:
    """Raises `InputError` for an engine that the template does not have."""
    required(template, ENGINES[engine], f"engine '{engine}'")


def default_engine(template: Template) -> str:
    """The engine used when none is named: the simulation, if the template has one."""
    return "simulation" if template.simulation is not None else "timeline"


def moves_data(engine: str) -> bool:
    """Whether an engine moves data through its machine and so computes all values."""
    return engine == "simulation"


def run_engine(
    template: Template,
    engine: str,
    workload: Workload,
    task: Task,
    values: bool,
    tell: Progress,
) -> Outcome:
    """Run a task on an engine, and compare the computed values with the whole-layer reference.

    `values` asks for output values even if the engine moves no data. Raises `InputError` if the
    template does not have the engine.
    """
    model = opened(template, ENGINES[engine], f"engine '{engine}'")
    found = model(task, tell)
    mapped: Mapped = task.mapped
    reference = _Reference(workload, mapped, task.batches, tell)
    if found.outputs is not None:
        names = list(found.outputs)
        equal, at = True, 0
        for batch, expected in reference.of(names, "check bits"):
            part = slice(at, at + len(batch))
            at += len(batch)
            for name in names:
                equal = equal and np.array_equal(found.outputs[name][part], expected[name])
        digest = _digest([found.outputs[name] for name in mapped.outputs])
        return Outcome(found, equal, digest)
    if not values:
        note = _note(template, _NO_VALUES_NOTE, "")
        return Outcome(found, None, None, f"{_NO_DATA}, and {note}")
    computed = [expected for _, expected in reference.of(list(mapped.outputs), "compute bits")]
    parts = [expected[name] for name in mapped.outputs for expected in computed]
    note = _note(template, _VALUES_NOTE, _BITS_NOTE)
    return Outcome(found, True, _digest(parts), f"{_NO_DATA}: {note}")


def _note(template: Template, said: str, bits: str) -> str:
    """The remark of an engine that moves no data; it names the template's simulation, if any."""
    if template.simulation is None:
        return said
    return f"{said} {_EQUAL_NOTE}" + (f"; {bits}" if bits else ".")


@dataclass(frozen=True, slots=True, eq=False)
class _Reference:
    """Whole-layer inference of every batch, with the arithmetic of the accelerator that is run."""

    workload: Workload
    mapped: Mapped
    batches: Batches
    tell: Progress

    def of(
        self, names: list[str], what: str
    ) -> Iterator[tuple[NDArray[np.int16], dict[str, Activations]]]:
        """Every batch with the outputs of the named layers, one batch at a time."""
        accumulator = self.mapped.design.accumulator

        def outputs(batch: NDArray[np.int16]) -> dict[str, Activations]:
            return infer(
                self.workload,
                batch,
                accumulator_bits=accumulator.bits,
                overflow=accumulator.overflow,
                accumulation=accumulator.accumulation,
                keep=names,
            )

        self.tell(what, 0, len(self.batches))
        found = in_order(outputs, self.batches, cores())
        for number, (batch, values) in enumerate(zip(self.batches, found, strict=True), 1):
            self.tell(what, number, len(self.batches))
            yield batch, values


def _digest(parts: Sequence[Activations]) -> str:
    """The hash of the outputs as little-endian 32-bit integers, image by image."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(np.ascontiguousarray(part.astype("<i4")).tobytes())
    return hashed.hexdigest()
