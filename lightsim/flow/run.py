"""`run`: one network on one accelerator, timed, its bits checked, and reported."""

from __future__ import annotations

from lightsim.energy.joules import DEFAULT_ENERGY_TABLE, energy_table
from lightsim.flow.assemble import Ran, assemble
from lightsim.flow.engines import run_engine
from lightsim.flow.experiment import Experiment, Prepared, check_experiment, prepare, silent
from lightsim.quantisation.inference.infer import accuracy
from lightsim.quantisation.inference.threads import cores
from lightsim.reports.report import RunReport
from lightsim.template.design import Progress
from lightsim.template.task import Task

__all__ = ["Experiment", "Progress", "run"]


def run(experiment: Experiment, progress: Progress | None = None) -> RunReport:
    """Run an experiment on its engine and return its report.

    `progress(what, done, of)` is called from time to time. Raises `InputError` for input that
    cannot be accepted and `BudgetError` for a design that does not fit its board.
    """
    tell = progress if progress is not None else silent
    check_experiment(experiment)
    table = energy_table(
        DEFAULT_ENERGY_TABLE if experiment.energy_table is None else experiment.energy_table
    )
    ready = prepare(experiment, tell)
    task = Task(ready.mapped, ready.batches, experiment.tracing)
    outcome = run_engine(
        ready.template, ready.engine, ready.workload, task, ready.computes_values, tell
    )
    measured, count = _accuracy(ready, experiment, tell)
    return assemble(Ran(ready, outcome, experiment.batch, experiment.seed, measured, count, table))


def _accuracy(ready: Prepared, experiment: Experiment, tell: Progress) -> tuple[float | None, int]:
    """The share of the held-out images that the bit-exact kernels classify correctly, and their
    number.
    """
    held_out = ready.workload.held_out
    wanted = experiment.measure_accuracy and ready.computes_values
    if held_out is None or not wanted:
        return None, 0
    count = len(held_out.images)
    tell("accuracy", 0, count)
    accumulator = ready.accelerator.accumulator
    measured = accuracy(
        ready.workload,
        held_out,
        accumulator_bits=accumulator.bits,
        overflow=accumulator.overflow,
        accumulation=accumulator.accumulation,
        threads=cores(),
        progress=lambda done, of: tell("accuracy", done, of),
    )
    return measured, count
