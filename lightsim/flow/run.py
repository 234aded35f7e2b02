"""`run`: one network on one accelerator, timed, its bits checked, and reported."""

from __future__ import annotations

from lightsim.energy.joules import DEFAULT_ENERGY_TABLE, energy_table
from lightsim.flow.assemble import Findings, assemble
from lightsim.flow.engines import ENGINES, Progress, Task
from lightsim.flow.experiment import Experiment, check_experiment, prepare, silent
from lightsim.quantisation.inference.infer import accuracy
from lightsim.quantisation.inference.threads import cores
from lightsim.quantisation.workload import Workload
from lightsim.reports.report import RunReport
from lightsim.tiled.description.accelerator import Accelerator

__all__ = ["Experiment", "Progress", "run"]


def run(experiment: Experiment, progress: Progress | None = None) -> RunReport:
    """Run an experiment on its engine and report it.

    `progress(what, done, of)` is called now and then. Raises `InputError` for anything that
    cannot be accepted and `BudgetError` for a design that does not fit its board.
    """
    tell = progress if progress is not None else silent
    check_experiment(experiment)
    table = energy_table(
        DEFAULT_ENERGY_TABLE if experiment.energy_table is None else experiment.energy_table
    )
    ready = prepare(experiment, tell)
    workload, accelerator, programs = ready.workload, ready.accelerator, ready.programs
    values = experiment.computes_values
    task = Task(workload, accelerator, programs, ready.batches, experiment.tracing, values)
    outcome = ENGINES[experiment.engine].run(task, tell)
    measured, count = _accuracy(workload, accelerator, experiment, tell)
    return assemble(
        Findings(
            experiment.engine, ready.board, accelerator, workload, tuple(programs), outcome,
            experiment.images, experiment.batch, experiment.seed, measured, count, table,
            ready.replaced, ready.best,
        )
    )  # fmt: skip


def _accuracy(
    workload: Workload, accelerator: Accelerator, experiment: Experiment, tell: Progress
) -> tuple[float | None, int]:
    """The share of all held-out images classified correctly by the bit-exact kernels."""
    held_out = workload.held_out
    wanted = experiment.measure_accuracy and experiment.computes_values
    if held_out is None or not wanted:
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
        threads=cores(),
        progress=lambda done, of: tell("accuracy", done, of),
    )
    return measured, count
