"""From an accuracy that must be kept to a loss that an allocation may have.

Measured accuracies do not add up over filters, losses do. So the accuracy is measured once along
a path of allocations that hangs on no accelerator, and the loss of the last one that keeps the
accuracy is what designs are given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.source import AccuracySource, Losses, total_loss
from dse.accuracy.subject import Subject, uniform

__all__ = ["Tolerance", "loss_that_keeps"]

_POINTS = 48


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What an allocation may lose: `loss` by the filters' losses, and where accuracy is judged by
    something else the `floor` it must not fall below."""

    loss: float
    floor: float | None = None


def loss_that_keeps(
    subject: Subject, losses: Losses, judge: AccuracySource, floor: float
) -> float | None:
    """The largest loss on the path whose accuracy by `judge` is at least `floor`; None if none is.

    The path takes a term away where it costs the least loss for the products it saves.
    """
    names, k = list(subject.filters), uniform(subject, 2)
    best = total_loss(losses, k) if judge.evaluate(k) >= floor else None
    for moves in np.array_split(_moves(subject, losses), _POINTS):
        for layer, number in moves.tolist():
            k[names[layer]][number] -= 1
        if judge.evaluate(k) >= floor:
            best = max(total_loss(losses, k), best or 0.0)
    return best


def _moves(subject: Subject, losses: Losses) -> NDArray[np.int64]:
    """Terms to take away in order, int64[move, (layer, filter)]: none but the first is taken from
    a filter of the last layer."""
    rows = []
    macs = {q.layer.name: q.layer.macs for q in subject.reference.layers}
    for layer, (name, count) in enumerate(subject.filters.items()):
        saved = max(macs[name], 1) / count
        first = (losses[name][:, 1] - losses[name][:, 2]) / saved
        second = np.maximum(first, (losses[name][:, 0] - losses[name][:, 1]) / saved)
        rows += [(price, 0, layer, number) for number, price in enumerate(first.tolist())]
        if name != subject.last:
            rows += [(price, 1, layer, number) for number, price in enumerate(second.tolist())]
    return np.array([row[2:] for row in sorted(rows)], np.int64).reshape(-1, 2)
