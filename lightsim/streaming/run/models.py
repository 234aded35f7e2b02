"""The two models in Python, as the doors of the wing have them: a task in, findings out."""

from __future__ import annotations

import numpy as np

from lightsim.streaming.run.findings import findings
from lightsim.streaming.timing import check_alive
from lightsim.template.design import Progress
from lightsim.template.findings import Findings
from lightsim.template.task import Task

__all__ = ["simulation", "timeline"]


def simulation(task: Task, tell: Progress) -> Findings:
    """Real words through every FIFO and line buffer: the cycles, and every layer's values."""
    # SimPy is loaded only by those who simulate.
    from lightsim.streaming.simulation.machine import simulate

    images = np.concatenate(list(task.batches))
    tell("simulate", 0, len(images))
    timing, values = simulate(
        task.mapped.pipeline, images, lambda done: tell("simulate", done, len(images))
    )
    check_alive(timing, task.mapped.pipeline)
    return findings(task, timing, values)


def timeline(task: Task, tell: Progress) -> Findings:
    """The timing alone."""
    # Its kernels are loaded, or compiled, only for those who ask for it.
    from lightsim.streaming.timeline.model import run

    tell("timeline", 0, 1)
    timing = run(task.mapped.pipeline, sum(len(batch) for batch in task.batches))
    check_alive(timing, task.mapped.pipeline)
    return findings(task, timing, None)
