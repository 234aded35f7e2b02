"""Figure: the statistics of every layer's activations, over the epochs."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import frame, part_colour, words
from lightsim.reports.training.report import EpochReport, TrainingReport

__all__ = ["STATISTICS"]


def _names(report: TrainingReport) -> list[str]:
    rows = [epoch.statistics for seed in report.seeds for epoch in seed.epochs]
    return list(dict.fromkeys(name for row in rows for own in row.values() for name in own))


def _layers(report: TrainingReport) -> list[str]:
    rows = [epoch.statistics for seed in report.seeds for epoch in seed.epochs]
    return list(dict.fromkeys(layer for row in rows for layer in row))


def _draw(report: TrainingReport) -> go.Figure:
    names, layers = _names(report), _layers(report)
    figure = make_subplots(
        rows=len(names), cols=1, shared_xaxes=True, vertical_spacing=0.25 / (len(names) + 1),
        subplot_titles=[words(name) for name in names],
    )  # fmt: skip
    figure.update_layout(frame(120 + 210 * len(names)).layout)
    epochs = list(zip(*(seed.epochs for seed in report.seeds), strict=True))
    for row, name in enumerate(names, 1):
        for number, layer in enumerate(layers):
            points = [(at, _mean(same, layer, name)) for at, same in enumerate(epochs, 1)]
            figure.add_scatter(
                x=[at for at, value in points if value is not None],
                y=[value for _, value in points if value is not None],
                name=layer, legendgroup=layer, showlegend=row == 1, mode="lines",
                line={"color": part_colour(number), "width": 2}, row=row, col=1,
                hovertemplate=f"<b>{layer}</b>, epoch %{{x}}<br>%{{y:.4g}}<extra></extra>",
            )  # fmt: skip
    figure.update_xaxes(title_text="epochs", row=len(names), col=1)
    return figure


def _mean(epochs: tuple[EpochReport, ...], layer: str, name: str) -> float | None:
    values = [epoch.statistics.get(layer, {}).get(name) for epoch in epochs]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


STATISTICS: Figure[TrainingReport] = Figure(
    "statistics",
    "Activations of each layer",
    _draw,
    "What the last batch of an epoch came to before its activation, mean over the seeds; "
    "docs/training.md says how each number is defined.",
    lambda report: bool(_names(report)),
)
