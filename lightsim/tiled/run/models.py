"""The two models in Python, as the doors of the wing have them: a task in, findings out."""

from __future__ import annotations

from lightsim.template.design import Progress
from lightsim.template.findings import Findings
from lightsim.template.task import Task
from lightsim.tiled.run.findings import findings

__all__ = ["simulation", "timeline"]


def simulation(task: Task, tell: Progress) -> Findings:
    """The real tile data through the modelled machine: the cycles, and every stored layer."""
    # SimPy is loaded only by those who simulate.
    from lightsim.tiled.simulation.machine import simulate

    programs = task.mapped.programs
    total = sum(len(program.schedules) for program in programs)
    result = simulate(
        programs,
        task.batches,
        tracing=task.tracing,
        progress=lambda done: tell("simulate", done, total),
    )
    return findings(task, result, result.outputs)


def timeline(task: Task, tell: Progress) -> Findings:
    """The timing alone."""
    # Its kernels are loaded, or compiled, only for those who ask for it.
    from lightsim.tiled.timeline.model import run

    tell("timeline", 0, 1)
    return findings(task, run(task.mapped.programs, tracing=task.tracing), None)
