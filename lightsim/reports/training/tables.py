"""The tables of a training: one row for each epoch, and one row for each layer of each epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lightsim.reports.training.report import TrainingReport, k_totals

__all__ = ["curves_text", "layers_text"]

_CURVES = (
    "seed", "stage", "epoch", "learning_rate", "loss", "penalty", "training_accuracy", "accuracy",
)  # fmt: skip


def curves_text(report: TrainingReport) -> str:
    """`curves.csv`: k0, k1, k2, .. count the filters of the network with so many terms."""
    rows, terms = [], _terms(report)
    for seed in report.seeds:
        for epoch in seed.epochs:
            k = _padded(k_totals(epoch.k.values()), len(terms))
            rows.append(
                (
                    seed.seed, epoch.stage, epoch.epoch, epoch.learning_rate, epoch.loss,
                    epoch.penalty, epoch.training_accuracy, epoch.accuracy, *k,
                )
            )  # fmt: skip
    return _text((*_CURVES, *terms), rows)


def layers_text(report: TrainingReport) -> str:
    """`layers.csv`: k by layer, and all statistics of a layer's activations."""
    epochs = [(seed.seed, epoch) for seed in report.seeds for epoch in seed.epochs]
    names = sorted({name for _, e in epochs for own in e.statistics.values() for name in own})
    rows, terms = [], _terms(report)
    for seed, epoch in epochs:
        for layer in dict.fromkeys((*epoch.k, *epoch.statistics)):
            taken = epoch.statistics.get(layer, {})
            counts = epoch.k.get(layer)
            k = ("",) * len(terms) if counts is None else _padded(counts, len(terms))
            rows.append(
                (seed, epoch.stage, epoch.epoch, layer, *k, *(taken.get(n, "") for n in names))
            )
    return _text(("seed", "stage", "epoch", "layer", *terms, *names), rows)


def _padded(counts: Sequence[int], size: int) -> tuple[int, ...]:
    """Counts of filters by terms, 0 for numbers of terms that an epoch in float does not count."""
    return (*counts, *(0,) * (size - len(counts)))


def _terms(report: TrainingReport) -> tuple[str, ...]:
    """The columns of filters by their terms: k0, k1, k2, and more under a scheme with more."""
    rows = [row for seed in report.seeds for row in seed.k.values()]
    return tuple(f"k{terms}" for terms in range(max(map(len, rows), default=3)))


def _text(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue()
