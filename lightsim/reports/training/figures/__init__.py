"""The figures of a training's page: in reading order."""

from __future__ import annotations

from lightsim.reports.training.figures.curves import ACCURACY, LOSS
from lightsim.reports.training.figures.figure import Figure
from lightsim.reports.training.figures.statistics import STATISTICS
from lightsim.reports.training.figures.terms import BY_LAYER, OVER_EPOCHS

__all__ = ["FIGURES", "Figure"]

FIGURES: tuple[Figure, ...] = (LOSS, ACCURACY, OVER_EPOCHS, BY_LAYER, STATISTICS)
