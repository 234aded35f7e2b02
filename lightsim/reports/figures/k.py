"""Figure: the number of filters with 0, 1 and 2 terms in every layer."""

from __future__ import annotations

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
    for k, (name, colour) in enumerate(TERM_COLOURS.items()):
        counts = [k_counts(layer)[k] for layer in layers]
        figure.add_bar(
            x=names,
            y=counts,
            name=name,
            marker={"color": colour, "line": {"color": "white", "width": 0.5}},
            customdata=[100 * k_counts(layer)[k] / sum(k_counts(layer)) for layer in layers],
            hovertemplate=(
                f"<b>%{{x}}</b><br>{name}: %{{y:,}} filters"
                "<br>%{customdata:.1f} % of the layer<extra></extra>"
            ),
        )
    return figure


def _with_filters(report: RunReport) -> list[LayerReport]:
    return [layer for layer in report.layers if sum(k_counts(layer))]


def _finding(report: RunReport) -> str:
    totals = [sum(k_counts(layer)[k] for layer in report.layers) for k in range(3)]
    filters = sum(totals)
    mean = (totals[1] + 2 * totals[2]) / filters
    shares = ", ".join(
        f"{100 * total / filters:.1f} % have {name}"
        for total, name in zip(totals, ("no term", "one", "two"), strict=True)
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
