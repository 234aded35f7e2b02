"""Figure: the choices of every design that was run, as lines through parallel axes."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dse.search.result import Exploration
from dse.storage.record import Record
from dse.study.measures import spell_measure
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import INK, frame

__all__ = ["FIGURE"]

_MOST_LINES = 400
# From the worst fifth of the designs to the best: light to dark.
_COLOURS = ("#D9E2EC", "#9FC5E8", "#56B4E9", "#0072B2", "#D55E00")
_WIDTHS = (0.7, 0.8, 1.0, 1.4, 1.8)


def _draw(found: Exploration) -> go.Figure:
    objective = found.study.objectives[0]
    records = [record for record in found.records if record.values][-_MOST_LINES:]
    names = [name for name in found.space.names if len(found.space.axes[name]) > 1]
    titles = [*(name.replace("_", " ") for name in names), objective.measure.title]
    values = np.array([record.values[objective.measure.key] for record in records])
    figure = frame(
        460,
        xaxis={"tickvals": list(range(len(titles))), "ticktext": titles, "showgrid": True},
        yaxis={"visible": False, "range": [-0.1, 1.14]},
    )
    ranks = np.argsort(np.argsort(-objective.sign * values)) * len(_COLOURS) // max(1, len(records))
    for fifth, (colour, width) in enumerate(zip(_COLOURS, _WIDTHS, strict=True)):
        xs: list[float | None] = []
        ys: list[float | None] = []
        texts: list[str] = []
        for record in (records[i] for i in np.flatnonzero(ranks == fifth).tolist()):
            heights, told = _line(found, record, names, values)
            xs += [*range(len(titles)), None]
            ys += [*heights, None]
            texts += [*told, ""]
        figure.add_scatter(
            x=xs,
            y=ys,
            text=texts,
            mode="lines+markers",
            name=("worst fifth", "", "", "", "best fifth")[fifth],
            showlegend=fifth in (0, len(_COLOURS) - 1),
            line={"color": colour, "width": width},
            marker={"size": 3},
            hovertemplate="%{text}<extra></extra>",
        )
    for place, name in enumerate(names):
        choices = found.space.axes[name]
        for end, choice in ((0, choices[0]), (1, choices[-1])):
            figure.add_annotation(
                x=place, y=end, text=str(choice).replace(" + ", "<br>+ "), showarrow=False,
                yanchor="bottom" if end else "top", yshift=4 if end else -4,
                font={"size": 10, "color": INK},
            )  # fmt: skip
    return figure


def _line(
    found: Exploration, record: Record, names: list[str], values: NDArray[np.float64]
) -> tuple[list[float], list[str]]:
    """The height at which a design's line passes each axis, and the text at that point."""
    point = found.space.point(record.number)
    heights, told = [], []
    for name in names:
        choices = found.space.axes[name]
        heights.append(choices.index(point[name]) / (len(choices) - 1))
        told.append(f"design {record.number}<br>{name.replace('_', ' ')} {point[name]}")
    measure = found.study.objectives[0].measure
    value = record.values[measure.key]
    low, high = float(values.min()), float(values.max())
    heights.append((value - low) / (high - low) if high > low else 0.5)
    told.append(f"design {record.number}<br>{spell_measure(measure, value)}")
    return heights, told


FIGURE: Figure[Exploration] = Figure(
    "parallel",
    "Choices of the designs that were run",
    _draw,
    "A line is a design, through the place of its choice among those of each axis (the first and "
    "the last are named) to its first objective, the smallest value at the bottom. "
    f"The last {_MOST_LINES} designs are drawn.",
    lambda found: any(record.values for record in found.records),
)
