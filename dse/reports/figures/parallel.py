"""Figure: the choices of every design that was run, as lines through parallel axes."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dse.reports.figures.axis import axis_title
from dse.reports.figures.figure import Figure
from dse.result import Exploration
from lightsim.reports.figures.style import frame

__all__ = ["FIGURE"]

_MOST_LINES = 2000


def _draw(found: Exploration) -> go.Figure:
    first = found.study.objectives[0].measure
    records = [record for record in found.records if record.values][-_MOST_LINES:]
    points = [found.space.point(record.number) for record in records]
    dimensions: list[dict[str, Any]] = []
    for name in found.space.names:
        choices = found.space.axes[name]
        if len(choices) == 1:
            continue
        dimensions.append(
            {
                "label": name.replace("_", " "),
                "values": [choices.index(point[name]) for point in points],
                "tickvals": list(range(len(choices))),
                "ticktext": [str(choice) for choice in choices],
            }
        )
    values = [record.values[first.key] for record in records]
    dimensions.append({"label": axis_title(first), "values": values})
    figure = frame(480)
    figure.update_layout(margin={"l": 120, "r": 80, "t": 70, "b": 30})
    figure.add_parcoords(
        dimensions=dimensions,
        line={"color": values, "colorscale": "Viridis", "showscale": False},
        labelfont={"size": 12},
        tickfont={"size": 10},
    )
    return figure


FIGURE = Figure(
    "parallel",
    "Choices of the designs that were run",
    _draw,
    "A line is a design; drag along an axis to keep only the designs between. Colour is the "
    "first objective.",
    lambda found: any(record.values for record in found.records),
)
