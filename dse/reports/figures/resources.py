"""Figure: the resources of the designs of the front, as shares of the device."""

from __future__ import annotations

import plotly.graph_objects as go

from dse.search.result import Exploration
from lightsim.hardware.device import Resources
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import frame, part_colour

__all__ = ["FIGURE"]

_MOST = 12


def _draw(found: Exploration) -> go.Figure:
    figure = frame(
        400,
        barmode="group",
        xaxis={"type": "category"},
        yaxis={"title": {"text": "% of the device"}, "rangemode": "tozero"},
    )
    available = found.study.board.device.resources.values()
    names = [f"design {record.number}" for record in found.front[:_MOST]]
    for at, (name, limit) in enumerate(zip(Resources.names(), available, strict=True)):
        if limit == 0:
            continue
        used = [record.values[name] for record in found.front[:_MOST]]
        figure.add_bar(
            x=names,
            y=[100 * amount / limit for amount in used],
            name=name.upper(),
            marker={"color": part_colour(at)},
            customdata=used,
            hovertemplate=(
                f"<b>%{{x}}</b><br>{name.upper()} %{{customdata:,.0f}} of {limit:,} "
                "(%{y:.1f} %)<extra></extra>"
            ),
        )
    return figure


FIGURE: Figure[Exploration] = Figure(
    "resources",
    "Resources of the front",
    _draw,
    f"Of each design of the front, at most {_MOST}, the best in the first objective first. The "
    "amounts are estimates by formulas; lightsim run shows every part with its source.",
    lambda found: bool(found.front),
)
