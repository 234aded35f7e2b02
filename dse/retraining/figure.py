"""Figure: trained candidates by throughput and accuracy, and their front."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dse.retraining.search import Point, joint_front
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import BUSY, MUTED, frame

__all__ = ["FRONT"]


def _draw(points: Sequence[Point]) -> go.Figure:
    """The accuracy on held-out images against the throughput, one point for each candidate."""
    figure = frame(
        460, xaxis={"title": {"text": "throughput (images/s)"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "accuracy, images held out (%)"}},
    )  # fmt: skip
    front = joint_front(points)
    groups = (
        ("candidates", [p for p in points if p not in front], MUTED, "markers"),
        ("front", list(front), BUSY, "lines+markers"),
    )
    for name, own, colour, mode in groups:
        figure.add_scatter(
            x=[p.throughput for p in own], y=[100 * p.accuracy for p in own],
            mode=mode, name=name, marker={"color": colour, "size": 9}, line={"color": colour},
            text=[f"strengths {p.candidate.label}, seed {p.candidate.seed}" for p in own],
            hovertemplate="%{text}<br>%{x:,.0f} images/s, %{y:.2f} %<extra></extra>",
        )  # fmt: skip
    return figure


FRONT: Figure[Sequence[Point]] = Figure(
    "front",
    "Throughput and accuracy",
    _draw,
    "A point is a trained network on the best accelerator found for it. The line joins those that "
    "none beats in throughput and in accuracy on training images.",
)
