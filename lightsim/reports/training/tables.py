"""The tables of a training: one row for each epoch, and one row for each layer of each epoch."""

from __future__ import annotations

import csv
import io

from lightsim.reports.training.report import TrainingReport

__all__ = ["curves_text", "layers_text"]

_CURVES = (
    "seed", "stage", "epoch", "learning_rate", "loss", "penalty", "training_accuracy", "accuracy",
    "k0", "k1", "k2",
)  # fmt: skip


def curves_text(report: TrainingReport) -> str:
    """`curves.csv`: k0, k1 and k2 count the network's filters with 0, 1 and 2 terms."""
    rows = []
    for seed in report.seeds:
        for epoch in seed.epochs:
            k = [sum(row[terms] for row in epoch.k.values()) for terms in (0, 1, 2)]
            rows.append(
                (
                    seed.seed, epoch.stage, epoch.epoch, epoch.learning_rate, epoch.loss,
                    epoch.penalty, epoch.training_accuracy, epoch.accuracy, *k,
                )
            )  # fmt: skip
    return _text(_CURVES, rows)


def layers_text(report: TrainingReport) -> str:
    """`layers.csv`: k by layer, and all statistics of a layer's activations."""
    epochs = [(seed.seed, epoch) for seed in report.seeds for epoch in seed.epochs]
    names = sorted({name for _, e in epochs for own in e.statistics.values() for name in own})
    rows = []
    for seed, epoch in epochs:
        for layer in dict.fromkeys((*epoch.k, *epoch.statistics)):
            taken = epoch.statistics.get(layer, {})
            k = epoch.k.get(layer, ("", "", ""))
            rows.append(
                (seed, epoch.stage, epoch.epoch, layer, *k, *(taken.get(n, "") for n in names))
            )
    return _text(("seed", "stage", "epoch", "layer", "k0", "k1", "k2", *names), rows)


def _text(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue()
