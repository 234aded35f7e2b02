"""Figure: the cycles of every layer, stacked by cause."""

from __future__ import annotations

from collections import Counter

import plotly.graph_objects as go

from lightsim.reports.figures.causes import cause_colours
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import frame, slanted, words
from lightsim.reports.report import LayerReport, RunReport

__all__ = ["FIGURE"]

_SWITCH = {
    "type": "buttons",
    "direction": "right",
    "x": 1,
    "xanchor": "right",
    "y": 1,
    "pad": {"b": 30},
    "yanchor": "bottom",
    "showactive": True,
    "buttons": [
        {
            "label": label,
            "method": "relayout",
            "args": [{"barnorm": norm, "yaxis.title.text": title, "yaxis.autorange": True}],
        }
        for label, norm, title in (
            ("cycles", "", "cycles"),
            ("% of the layer", "percent", "% of the layer's cycles"),
        )
    ],
}


def _draw(report: RunReport) -> go.Figure:
    names = [layer.name for layer in report.layers]
    figure = frame(
        500,
        margin_t=92,
        barmode="stack",
        xaxis={"type": "category", "tickangle": slanted(names), "dtick": 1},
        yaxis={"title": {"text": "cycles"}, "tickformat": ",~s", "rangemode": "tozero"},
        updatemenus=[_SWITCH],
    )
    if len(names) > 30:
        figure.update_xaxes(tickfont={"size": 11})
    for cause, colour in cause_colours(report).items():
        spent = [_spent(layer, cause) for layer in report.layers]
        if not any(spent):
            continue
        shares = [
            100 * cycles / layer.cycles if layer.cycles else 0
            for cycles, layer in zip(spent, report.layers, strict=True)
        ]
        figure.add_bar(
            x=names,
            y=spent,
            name=words(cause),
            marker={"color": colour, "line": {"width": 0}},
            customdata=list(zip(spent, shares, strict=True)),
            hovertemplate=(
                f"<b>%{{x}}</b><br>{words(cause)}: %{{customdata[0]:,}} cycles"
                "<br>%{customdata[1]:.1f} % of the layer<extra></extra>"
            ),
        )
    return figure


def _spent(layer: LayerReport, cause: str) -> int:
    return layer.busy if cause == "busy" else layer.stalls.get(cause, 0)


def _finding(report: RunReport) -> str:
    stalls: Counter[str] = Counter()
    for layer in report.layers:
        stalls.update(layer.stalls)
    total = sum(layer.cycles for layer in report.layers)
    waited = stalls.total()
    if not waited:
        return "The array worked in every cycle: no layer waited."
    cause, most = max(stalls.items(), key=lambda row: (row[1], row[0]))
    slowest = max(report.layers, key=lambda layer: layer.cycles)
    return (
        f"Layers waited in {100 * waited / total:.1f} % of their cycles, most of all for "
        f"“{words(cause)}” ({100 * most / total:.1f} %). The longest layer is {slowest.name} "
        f"({100 * slowest.cycles / total:.1f} %)."
    )


def _definition(report: RunReport) -> str:
    return (
        "A bar is a layer in the order of the run; its height is the layer's accelerator cycles, "
        "summed over the images. Busy: the array (or the pooling unit) issued work. Every other "
        "cycle is counted once, under the cause that held the array back, so the parts add up to "
        "the bar exactly. The buttons switch to shares, which show the short layers."
    )


FIGURE: Figure[RunReport] = Figure(
    "cycles", "Cycles per layer, by cause", _draw, _definition, finding=_finding
)
