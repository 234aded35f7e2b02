"""The figures of a run's page: one file each, in reading order."""

from __future__ import annotations

from lightsim.reports.figures import activity, cycles, energy, k, resources, roofline
from lightsim.reports.figures.figure import Figure

__all__ = ["FIGURES", "Figure"]

FIGURES: tuple[Figure, ...] = (
    cycles.FIGURE,
    roofline.FIGURE,
    resources.FIGURE,
    k.FIGURE,
    activity.FIGURE,
    energy.FIGURE,
)
