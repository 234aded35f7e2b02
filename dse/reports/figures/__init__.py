"""The figures of an exploration's page: one file each, in reading order."""

from __future__ import annotations

from dse.reports.figures import front, k, parallel, progress, resources, schemes
from dse.search.result import Exploration
from lightsim.reports.frame.figure import Figure

__all__ = ["FIGURES"]

FIGURES: tuple[Figure[Exploration], ...] = (
    front.FIGURE,
    progress.FIGURE,
    schemes.FIGURE,
    parallel.FIGURE,
    resources.FIGURE,
    k.FIGURE,
)
