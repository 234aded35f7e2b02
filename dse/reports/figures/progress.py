"""Figure: the best so far, the limit and the gap, over the designs run."""

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
    figure = frame(
        400,
        xaxis={"title": {"text": "designs run"}},
        yaxis={"title": {"text": axis_title(first)}},
        yaxis2={
            "title": {"text": "gap (%)"},
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
        },
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
            line={"color": colour, "shape": "hv", "dash": "dot" if name == "gap" else "solid"},
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
