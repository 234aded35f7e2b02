"""Figure: how many filters of every layer have no, one, two and more terms."""

from __future__ import annotations

from itertools import islice

import plotly.graph_objects as go

from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import TERM_COLOURS, frame, slanted
from lightsim.reports.quantities import has_k, k_counts
from lightsim.reports.report import LayerReport, RunReport

__all__ = ["FIGURE"]


def _draw(report: RunReport) -> go.Figure:
    layers = _with_filters(report)
    names = [layer.name for layer in layers]
    figure = frame(
        380,
        barmode="stack",
        xaxis={"type": "category", "tickangle": slanted(names), "dtick": 1},
        yaxis={"title": {"text": "filters"}, "rangemode": "tozero"},
    )
    if len(names) > 30:
        figure.update_xaxes(tickfont={"size": 11})
    most = max(len(k_counts(layer)) for layer in layers)
    for k, (name, colour) in enumerate(islice(TERM_COLOURS.items(), most)):
        counts = [_count(layer, k) for layer in layers]
        figure.add_bar(
            x=names,
            y=counts,
            name=name,
            marker={"color": colour, "line": {"color": "white", "width": 0.5}},
            customdata=[100 * _count(layer, k) / sum(k_counts(layer)) for layer in layers],
            hovertemplate=(
                f"<b>%{{x}}</b><br>{name}: %{{y:,}} filters"
                "<br>%{customdata:.1f} % of the layer<extra></extra>"
            ),
        )
    return figure


def _with_filters(report: RunReport) -> list[LayerReport]:
    return [layer for layer in report.layers if sum(k_counts(layer))]


def _count(layer: LayerReport, k: int) -> int:
    """Filters of a layer with k terms."""
    return layer.k.get(str(k), 0)


def _finding(report: RunReport) -> str:
    most = max(len(k_counts(layer)) for layer in report.layers)
    totals = [sum(_count(layer, k) for layer in report.layers) for k in range(most)]
    filters = sum(totals)
    mean = sum(k * total for k, total in enumerate(totals)) / filters
    shares = ", ".join(
        f"{100 * total / filters:.1f} % have {name}"
        for total, name in zip(totals, ("no term", "one", "two", "three", "four"), strict=False)
    )
    return f"Of {filters:,} filters {shares}; the mean k is {mean:.2f}."


def _definition(report: RunReport) -> str:
    return (
        "A bar is a layer with weights, its height the number of its filters (output channels). "
        "k is the number of signed powers of two in each weight of a filter; a filter with k = 0 "
        "is pruned and costs no work. A serial shift-add lane takes k cycles for a product."
    )


FIGURE: Figure[RunReport] = Figure(
    "k",
    "Terms per filter (k) in each layer",
    _draw,
    _definition,
    lambda report: has_k(report) and bool(_with_filters(report)),
    _finding,
)
