"""Figure: the best so far and the limit over the designs run, and the gap below them."""

from __future__ import annotations

import plotly.graph_objects as go

from dse.reports.figures.axis import axis_title
from dse.search.result import Exploration
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import BUSY, frame

__all__ = ["FIGURE"]

_LIMIT, _GAP = "#D55E00", "#009E73"


def _draw(found: Exploration) -> go.Figure:
    first = found.study.objectives[0].measure
    steps = [step for step in found.steps if step.best is not None]
    run = [step.evaluations for step in steps]
    # The gap has a panel of its own: while the best value does not change, the gap has the shape of
    # the limit and would cover it.
    figure = frame(
        460,
        xaxis={"title": {"text": "designs run"}, "anchor": "y2"},
        yaxis={"title": {"text": axis_title(first)}, "domain": [0.42, 1.0]},
        yaxis2={"title": {"text": "gap (%)"}, "rangemode": "tozero", "domain": [0.0, 0.32]},
    )
    lines = (
        ("best so far", [step.best for step in steps], BUSY, "y"),
        ("limit", [step.limit for step in steps], _LIMIT, "y"),
        ("gap", [None if s.gap is None else 100 * s.gap for s in steps], _GAP, "y2"),
    )
    for name, values, colour, axis in lines:
        figure.add_scatter(
            x=run,
            y=values,
            name=name,
            yaxis=axis,
            mode="lines+markers",
            line={"color": colour, "shape": "hv"},
            marker={"size": 4},
            hovertemplate=f"%{{x}} designs run<br>{name} %{{y:.6g}}<extra></extra>",
        )
    return figure


FIGURE: Figure[Exploration] = Figure(
    "progress",
    "Best so far and gap",
    _draw,
    "The gap is the distance between the best design so far and the limit, as a share of the "
    "larger of both: the optimum of the space lies between them.",
    lambda found: any(step.best is not None for step in found.steps),
)
