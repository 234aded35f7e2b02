"""Figures: how many filters have no, one, two and more terms, over the epochs and by layer."""

from __future__ import annotations

from itertools import islice

import plotly.graph_objects as go

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import TERM_COLOURS, frame, slanted
from lightsim.reports.training.figures.curves import mean_over_seeds, stage_line
from lightsim.reports.training.report import EpochReport, TrainingReport

__all__ = ["BY_LAYER", "OVER_EPOCHS"]


def _mixed(report: TrainingReport) -> bool:
    """Whether filters differ in k; under every other scheme the figures say nothing."""
    row = SCHEMES.get(report.scheme)  # float32 has no row
    return row is not None and row.k_per_filter


def _counted(report: TrainingReport) -> int:
    """How many numbers of terms are counted."""
    return max(len(row) for seed in report.seeds for row in seed.k.values())


def _over_epochs(report: TrainingReport) -> go.Figure:
    figure = frame(
        340, xaxis={"title": {"text": "epochs"}},
        yaxis={"title": {"text": "share of the filters (%)"}, "range": [0, 100]},
    )  # fmt: skip
    for terms, (name, colour) in enumerate(islice(TERM_COLOURS.items(), _counted(report))):

        def share(epoch: EpochReport, terms: int = terms) -> float:
            total = sum(sum(row) for row in epoch.k.values())
            # Epochs in float count fewer numbers of terms.
            own = sum(sum(row[terms : terms + 1]) for row in epoch.k.values())
            return 100 * own / max(total, 1)

        rounded = [epoch.stage != "float32" for epoch in report.seeds[0].epochs]
        shares = mean_over_seeds(report, share)
        figure.add_scatter(
            x=[n + 1 for n, own in enumerate(rounded) if own],
            y=[value for value, own in zip(shares, rounded, strict=True) if own],
            name=name, stackgroup="k", mode="lines", line={"color": colour, "width": 0.5},
            fillcolor=colour,
            hovertemplate=f"epoch %{{x}}<br>{name}: %{{y:.1f}} %<extra></extra>",
        )  # fmt: skip
    stage_line(figure, report)
    return figure


def _by_layer(report: TrainingReport) -> go.Figure:
    names = list(report.seeds[0].k)
    figure = frame(
        360, barmode="stack", yaxis={"title": {"text": "filters (mean over seeds)"}},
        xaxis={"type": "category", "tickangle": slanted(names), "dtick": 1},
    )  # fmt: skip
    for terms, (name, colour) in enumerate(islice(TERM_COLOURS.items(), _counted(report))):
        counts = [sum(seed.k[n][terms] for seed in report.seeds) / len(report.seeds) for n in names]
        figure.add_bar(
            x=names, y=counts, name=name, marker={"color": colour},
            hovertemplate=f"<b>%{{x}}</b><br>{name}: %{{y:.1f}} filters<extra></extra>",
        )  # fmt: skip
    return figure


OVER_EPOCHS: Figure[TrainingReport] = Figure(
    "k",
    "Terms per filter (k) over the epochs",
    _over_epochs,
    "The share of all filters that have no, one, two or more signed powers of two in each weight, "
    "mean over the seeds. A serial shift-add lane takes k cycles for a product.",
    lambda report: _mixed(report) and any(seed.epochs for seed in report.seeds),
)
BY_LAYER: Figure[TrainingReport] = Figure(
    "k-layers",
    "Terms per filter (k) in each layer",
    _by_layer,
    "What was exported. A bar is a layer with weights, its height the number of its filters.",
    _mixed,
)
