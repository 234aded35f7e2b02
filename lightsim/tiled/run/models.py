"""The two models in Python, in the form of the wing's doors: they take a task, return findings."""

from __future__ import annotations

from lightsim.template.design import Progress
from lightsim.template.findings import Findings
from lightsim.template.task import Task
from lightsim.tiled.run.findings import findings

__all__ = ["simulation", "timeline"]


def simulation(task: Task, tell: Progress) -> Findings:
    """Run the real data through the machine: the findings hold cycles and every stored layer."""
    # SimPy is imported here, so only a simulation loads it.
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
    """Compute the timing alone; the findings hold no output values."""
    # The kernels are loaded, or compiled, here, so only a run on the timeline needs them.
    from lightsim.tiled.timeline.model import run

    tell("timeline", 0, 1)
    return findings(task, run(task.mapped.programs, tracing=task.tracing), None)
