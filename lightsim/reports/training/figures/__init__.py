"""The figures of a training's page, in reading order."""

from __future__ import annotations

from lightsim.reports.frame.figure import Figure
from lightsim.reports.training.figures.curves import ACCURACY, LOSS
from lightsim.reports.training.figures.statistics import STATISTICS
from lightsim.reports.training.figures.terms import BY_LAYER, OVER_EPOCHS
from lightsim.reports.training.report import TrainingReport

__all__ = ["FIGURES"]

FIGURES: tuple[Figure[TrainingReport], ...] = (LOSS, ACCURACY, OVER_EPOCHS, BY_LAYER, STATISTICS)
