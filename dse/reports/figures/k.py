"""Figure: the k of the filters of every layer, on the best design."""

from __future__ import annotations

from itertools import islice

import plotly.graph_objects as go

from dse.reports.ks import k_counts
from dse.search.result import Exploration
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import TERM_COLOURS, frame, slanted

__all__ = ["FIGURE"]


def _draw(found: Exploration) -> go.Figure:
    counts = k_counts(found, found.front[0])
    layers = list(counts)
    figure = frame(
        380,
        barmode="stack",
        xaxis={"type": "category", "tickangle": slanted(layers)},
        yaxis={"title": {"text": "filters"}, "rangemode": "tozero"},
    )
    most = max(map(len, counts.values()))
    for k, (name, colour) in enumerate(islice(TERM_COLOURS.items(), most)):
        figure.add_bar(
            x=layers,
            y=[counts[layer][str(k)] for layer in layers],
            name=name,
            marker={"color": colour, "line": {"color": "white", "width": 0.5}},
            hovertemplate=f"<b>%{{x}}</b><br>{name}: %{{y:,}} filters<extra></extra>",
        )
    return figure


def _has_k(found: Exploration) -> bool:
    if not found.front:
        return False
    return any(sum(row.values()) for row in k_counts(found, found.front[0]).values())


FIGURE: Figure[Exploration] = Figure(
    "k",
    "Terms per filter (k) on the best design",
    _draw,
    "A bar is a layer with weights, its height the number of its filters. k is the number of "
    "signed powers of two in each weight of a filter.",
    _has_k,
)
