"""Figure: the best design of every scheme."""

from __future__ import annotations

import plotly.graph_objects as go

from dse.reports.figures.axis import axis_title, told
from dse.search.result import Exploration
from dse.storage.record import Record
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import BUSY, frame

__all__ = ["FIGURE"]

_LIMIT = "#D55E00"


def _draw(found: Exploration) -> go.Figure:
    objective = found.study.objectives[0]
    best = _best(found)
    figure = frame(
        360,
        xaxis={"type": "category"},
        yaxis={"title": {"text": axis_title(objective.measure)}, "rangemode": "tozero"},
    )
    accuracies = [record.values.get("accuracy") for record in best.values()]
    figure.add_bar(
        x=list(best),
        y=[record.values[objective.measure.key] for record in best.values()],
        marker={"color": BUSY},
        text=["" if a is None else f"accuracy {100 * a:.2f} %" for a in accuracies],
        name="best design run",
        customdata=[told(found, record) for record in best.values()],
        hovertemplate="<b>%{x}</b><br>%{customdata}<extra></extra>",
    )
    limits = {row.scheme: row.limit for row in found.schemes if row.limit is not None}
    figure.add_scatter(
        x=[name for name in best if name in limits],
        y=[limits[name] for name in best if name in limits],
        mode="markers",
        name="limit",
        marker={"symbol": "line-ew-open", "size": 48, "color": _LIMIT, "line": {"width": 2}},
        hovertemplate="<b>%{x}</b><br>limit %{y:.6g}<extra></extra>",
    )
    return figure


def _best(found: Exploration) -> dict[str, Record]:
    """The best complete record of each scheme that has one."""
    objective = found.study.objectives[0]
    best: dict[str, Record] = {}
    for record in found.records:
        if record.state != "complete":
            continue
        scheme = str(found.space.point(record.number)["scheme"])
        value = objective.sign * record.values[objective.measure.key]
        if (
            scheme not in best
            or value < objective.sign * best[scheme].values[objective.measure.key]
        ):
            best[scheme] = record
    return best


FIGURE: Figure[Exploration] = Figure(
    "schemes",
    "Schemes, each on its best design",
    _draw,
    "A bar is a number format on the best of the designs that were run with it; where accuracy is "
    "known it stands on the bar. The line above it is proven: no design of that scheme beats it.",
    lambda found: len(_best(found)) > 1,
)
