"""What a figure of a page is: a drawing and the words that say how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from lightsim.reports.report import RunReport

__all__ = ["Figure"]


def _always(report: RunReport) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a run.

    `finding` is a sentence on what this run shows, `definition` says how every quantity is
    defined; both are plain text. `applies` says whether the run has anything to draw.
    """

    name: str
    title: str
    draw: Callable[[RunReport], go.Figure]
    finding: Callable[[RunReport], str]
    definition: Callable[[RunReport], str]
    applies: Callable[[RunReport], bool] = _always
