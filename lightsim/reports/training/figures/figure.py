"""What a figure of a training's page is: a drawing and how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from lightsim.reports.training.report import TrainingReport

__all__ = ["Figure"]


def _any_epoch(report: TrainingReport) -> bool:
    return any(seed.epochs for seed in report.seeds)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure; `definition` says how every quantity is defined, `applies` if it is drawn."""

    name: str
    title: str
    draw: Callable[[TrainingReport], go.Figure]
    definition: str
    applies: Callable[[TrainingReport], bool] = _any_epoch
