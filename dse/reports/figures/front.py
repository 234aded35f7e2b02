"""Figure: every design that was run, the front, and the limit that none can beat."""

from __future__ import annotations

import plotly.graph_objects as go

from dse.reports.figures.axis import against, axis_title, told
from dse.search.result import Exploration
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import BUSY, MUTED, frame

__all__ = ["FIGURE"]

_OVER = "#C9CED6"
_LIMIT = "#D55E00"


def _draw(found: Exploration) -> go.Figure:
    first, second = found.study.objectives[0].measure, against(found)
    figure = frame(
        460,
        xaxis={"title": {"text": axis_title(second)}},
        yaxis={"title": {"text": axis_title(first)}, "rangemode": "tozero"},
    )
    best = {r.number for r in found.front}
    others = [r for r in found.records if r.values and r.number not in best]
    groups = (
        ("over a budget", [r for r in others if r.state != "complete"], _OVER, 6),
        ("run", [r for r in others if r.state == "complete"], MUTED, 6),
        ("front", list(found.front), BUSY, 11),
    )
    for name, records, colour, size in groups:
        figure.add_scatter(
            x=[r.values[second.key] for r in records],
            y=[r.values[first.key] for r in records],
            mode="markers",
            name=name,
            marker={"color": colour, "size": size, "line": {"color": "white", "width": 0.5}},
            text=[told(found, r) for r in records],
            hovertemplate="%{text}<extra></extra>",
        )
    if found.limit is not None:
        figure.add_hline(
            y=found.limit,
            line={"color": _LIMIT, "width": 1.5, "dash": "dash"},
            annotation={"text": "no design of the space beats this", "font": {"color": _LIMIT}},
        )
    return figure


FIGURE: Figure[Exploration] = Figure(
    "front",
    "Designs, front and limit",
    _draw,
    "A point is a design that was run on the timeline. The front are the designs that no other "
    "beats in every objective. The dashed line is proven: the better of the best design and of "
    "the lower bounds of all designs that were neither run nor ruled out.",
    lambda found: bool(found.front),
)
