"""Figures: loss and accuracy over the epochs, with a thin line for each seed and a thick mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import BUSY, MUTED, frame
from lightsim.reports.training.report import EpochReport, TrainingReport

__all__ = ["ACCURACY", "LOSS", "mean_line", "mean_over_seeds", "stage_line"]

_OTHER = "#D55E00"

Value = Callable[[EpochReport], float]


def mean_over_seeds(report: TrainingReport, value: Value) -> list[float]:
    """The mean of a value over the seeds, for every epoch."""
    rows = [[value(epoch) for epoch in seed.epochs] for seed in report.seeds]
    return [sum(column) / len(column) for column in zip(*rows, strict=True)]


def mean_line(figure: go.Figure, values: Sequence[float], name: str, colour: str) -> None:
    """Draw a thick line over the epochs, counted from 1 through all stages."""
    figure.add_scatter(
        x=list(range(1, len(values) + 1)), y=list(values), name=name, mode="lines",
        line={"color": colour, "width": 2.5},
        hovertemplate=f"epoch %{{x}}<br>{name} %{{y:.5g}}<extra></extra>",
    )  # fmt: skip


def stage_line(figure: go.Figure, report: TrainingReport) -> None:
    """Draw a vertical line at the epoch where rounding begins."""
    if 0 < report.float_epochs < len(report.seeds[0].epochs):
        figure.add_vline(
            x=report.float_epochs + 0.5, line={"color": MUTED, "dash": "dot", "width": 1},
            annotation={"text": report.scheme, "font": {"color": MUTED}},
        )  # fmt: skip


def _curves(report: TrainingReport, title: str, lines: list[tuple[str, str, Value]]) -> go.Figure:
    figure = frame(380, xaxis={"title": {"text": "epochs"}}, yaxis={"title": {"text": title}})
    for name, colour, value in lines:
        for seed in report.seeds if len(report.seeds) > 1 else ():
            figure.add_scatter(
                x=list(range(1, len(seed.epochs) + 1)), y=[value(e) for e in seed.epochs],
                mode="lines", line={"color": colour, "width": 1}, opacity=0.3, showlegend=False,
                hovertemplate=f"seed {seed.seed}, epoch %{{x}}<br>{name} %{{y:.5g}}<extra></extra>",
            )  # fmt: skip
        mean_line(figure, mean_over_seeds(report, value), name, colour)
    stage_line(figure, report)
    return figure


def _loss(report: TrainingReport) -> go.Figure:
    lines: list[tuple[str, str, Value]] = [("cross entropy", BUSY, lambda epoch: epoch.loss)]
    if any(epoch.penalty for seed in report.seeds for epoch in seed.epochs):
        lines.append(("penalty", _OTHER, lambda epoch: epoch.penalty))
    return _curves(report, "loss", lines)


def _accuracy(report: TrainingReport) -> go.Figure:
    return _curves(
        report,
        "accuracy (%)",
        [
            ("in training", _OTHER, lambda epoch: 100 * epoch.training_accuracy),
            (report.judges, BUSY, lambda epoch: 100 * epoch.accuracy),
        ],
    )


def _any_epoch(report: TrainingReport) -> bool:
    return any(seed.epochs for seed in report.seeds)


LOSS: Figure[TrainingReport] = Figure(
    "loss",
    "Loss",
    _loss,
    "Mean over the batches of an epoch. The penalty is what is added to the cross entropy: the "
    "regulariser of the number of terms, the distribution loss. Thin lines are seeds, thick ones "
    "their mean; a dotted line stands where the weights begin to be rounded.",
    _any_epoch,
)
ACCURACY: Figure[TrainingReport] = Figure(
    "accuracy",
    "Accuracy",
    _accuracy,
    "In training: of the batches as they were seen, moved and while the weights changed. The other "
    "line is of images that nothing was trained on, computed in the integers that would be "
    "exported after that epoch; nothing is chosen by it.",
    _any_epoch,
)
