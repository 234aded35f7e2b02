"""From a least accuracy to the loss that an allocation of k may have.

Losses add up over filters, measured accuracies do not. So the accuracy is measured once along a
path of allocations that is the same for all accelerators. The largest loss on the path that keeps
the accuracy is the loss that every design may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.rounded_network import RoundedNetwork, uniform
from dse.accuracy.source import AccuracySource, Losses, total_loss
from lightsim.descriptions import Fraction, NotNegative, check_fields

__all__ = ["Tolerance", "least_loss", "loss_that_keeps", "most_terms"]

_POINTS = 48


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The loss that an allocation may have: `loss` is the most that the filters' losses may add up
    to. `floor`, if a judge gives the accuracy, is the least accuracy that is allowed."""

    loss: NotNegative
    floor: Fraction | None = None

    def __post_init__(self) -> None:
        check_fields(self)


def most_terms(
    rounded_network: RoundedNetwork, layers: Mapping[str, tuple[int, ...]]
) -> dict[str, NDArray[np.int8]]:
    """Two terms in every filter; in the filters of `layers` the largest number of terms that the
    layer allows. int8[filter] by layer."""
    k = uniform(rounded_network, 2)
    for name, terms in layers.items():
        k[name][:] = terms[-1]
    return k


def least_loss(losses: Losses, last: str, layers: Mapping[str, tuple[int, ...]]) -> float:
    """The least loss of any allocation: filters of the layer `last` keep at least one term, and
    all filters of a layer of `layers` have the same number of terms."""
    found = 0.0
    for name, row in losses.items():
        if name in layers:
            found += min(float(row[:, terms].sum()) for terms in layers[name])
        else:
            found += float(row[:, int(name == last) :].min(axis=1).sum())
    return found


def loss_that_keeps(
    rounded_network: RoundedNetwork,
    losses: Losses,
    judge: AccuracySource,
    floor: float,
    layers: Mapping[str, tuple[int, ...]] | None = None,
) -> float | None:
    """The largest loss on the path whose accuracy by `judge` is at least `floor`; None if none is.

    The path begins with the most terms. It removes one term after another, each time the term
    that loses least for each product that it saves. In a layer of `layers`, where all filters must
    have the same number of terms, it removes a term of all filters at once.
    """
    whole = layers or {}
    names, k = list(rounded_network.filters), most_terms(rounded_network, whole)
    best = total_loss(losses, k) if judge.evaluate(k) >= floor else None
    for moves in np.array_split(_moves(rounded_network, losses, whole), _POINTS):
        for layer, number in moves.tolist():
            own = k[names[layer]]
            own[slice(None) if number < 0 else number] -= 1
        if judge.evaluate(k) >= floor:
            best = max(total_loss(losses, k), best or 0.0)
    return best


def _moves(
    rounded_network: RoundedNetwork, losses: Losses, whole: Mapping[str, tuple[int, ...]]
) -> NDArray[np.int64]:
    """The terms to remove, in order, int64[move, (layer, filter)].

    Filter -1 stands for all filters of the layer. A filter of the last layer keeps one term.
    """
    rows = []
    macs = {q.layer.name: q.layer.macs for q in rounded_network.reference.layers}
    for layer, (name, count) in enumerate(rounded_network.filters.items()):
        saved = max(macs[name], 1) / count
        if name in whole:
            if whole[name] == (1, 2):
                price = float((losses[name][:, 1] - losses[name][:, 2]).sum()) / (saved * count)
                rows.append((price, 0, layer, -1))
            continue
        first = (losses[name][:, 1] - losses[name][:, 2]) / saved
        second = np.maximum(first, (losses[name][:, 0] - losses[name][:, 1]) / saved)
        rows += [(price, 0, layer, number) for number, price in enumerate(first.tolist())]
        if name != rounded_network.last:
            rows += [(price, 1, layer, number) for number, price in enumerate(second.tolist())]
    return np.array([row[2:] for row in sorted(rows)], np.int64).reshape(-1, 2)
