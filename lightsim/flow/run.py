"""`run`: one network on one accelerator, simulated, checked bit for bit, and reported."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from lightsim.estimation.energy import DEFAULT_ENERGY_TABLE, energy_table
from lightsim.flow.assemble import Findings, assemble
from lightsim.flow.experiment import (
    ENGINES,
    Experiment,
    Progress,
    check_experiment,
    prepare,
    silent,
)
from lightsim.hardware.accelerator import Accelerator
from lightsim.quantisation.inference import accuracy, infer
from lightsim.quantisation.workload import Workload
from lightsim.reports.report import RunReport
from lightsim.simulation.machine import simulate
from lightsim.simulation.result import SimulationResult

__all__ = ["ENGINES", "Experiment", "Progress", "run"]


def run(experiment: Experiment, progress: Progress | None = None) -> RunReport:
    """Simulate an experiment and report it.

    `progress(what, done, of)` is called now and then. Raises `InputError` for anything that
    cannot be accepted and `BudgetError` for a design that does not fit its board.
    """
    tell = progress if progress is not None else silent
    check_experiment(experiment)
    table = energy_table(
        DEFAULT_ENERGY_TABLE if experiment.energy_table is None else experiment.energy_table
    )
    ready = prepare(experiment, tell)
    workload, accelerator, images = ready.workload, ready.accelerator, ready.images
    programs = ready.programs
    total = sum(len(program.schedules) for program in programs)
    result = simulate(
        programs,
        ready.batches,
        tracing=experiment.tracing,
        progress=lambda done: tell("simulate", done, total),
    )
    exact, digest = _check_bits(workload, accelerator, images, result, experiment.batch, tell)
    measured, count = _accuracy(workload, accelerator, experiment, tell)
    return assemble(
        Findings(
            experiment.engine, ready.board, accelerator, workload, tuple(programs), result,
            experiment.images, experiment.batch, experiment.seed, exact, digest, measured, count,
            table, experiment.ideal,
        )
    )  # fmt: skip


def _check_bits(
    workload: Workload,
    accelerator: Accelerator,
    images: NDArray[np.int16],
    result: SimulationResult,
    batch: int,
    tell: Progress,
) -> tuple[bool, str]:
    """Whether every stored layer equals the whole-layer reference, and the output's hash."""
    accumulator = accelerator.accumulator
    names = list(result.outputs)
    equal = True
    for start in range(0, len(images), batch):
        tell("check bits", start, len(images))
        part = slice(start, start + batch)
        reference = infer(
            workload,
            images[part],
            accumulator_bits=accumulator.bits,
            overflow=accumulator.overflow,
            accumulation=accumulator.accumulation,
            keep=names,
        )
        for name in names:
            equal = equal and np.array_equal(result.outputs[name][part], reference[name])
    final = result.outputs[names[-1]].astype("<i4")
    return equal, hashlib.sha256(np.ascontiguousarray(final).tobytes()).hexdigest()


def _accuracy(
    workload: Workload, accelerator: Accelerator, experiment: Experiment, tell: Progress
) -> tuple[float | None, int]:
    """The share of all held-out images classified correctly by the bit-exact kernels."""
    held_out = workload.held_out
    if held_out is None or not experiment.measure_accuracy:
        return None, 0
    count = len(held_out.images)
    tell("accuracy", 0, count)
    accumulator = accelerator.accumulator
    measured = accuracy(
        workload,
        held_out,
        accumulator_bits=accumulator.bits,
        overflow=accumulator.overflow,
        accumulation=accumulator.accumulation,
    )
    return measured, count
