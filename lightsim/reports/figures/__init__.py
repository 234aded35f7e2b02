"""The figures of a run's page: one file each, in reading order."""

from __future__ import annotations

from lightsim.reports.figures import activity, cycles, energy, k, resources, roofline
from lightsim.reports.frame.figure import Figure
from lightsim.reports.report import RunReport

__all__ = ["FIGURES"]

FIGURES: tuple[Figure[RunReport], ...] = (
    cycles.FIGURE,
    roofline.FIGURE,
    resources.FIGURE,
    k.FIGURE,
    activity.FIGURE,
    energy.FIGURE,
)
