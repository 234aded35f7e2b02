"""The source of accuracy: it has a name, shown with every result, and a number for an
allocation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.per_filter import KMap

__all__ = ["AccuracySource", "FilterLosses", "Losses", "total_loss"]

Losses = Mapping[str, NDArray[np.float64]]
"""For each layer float64[out, 3]: the loss of each filter with 0, 1 or 2 terms; losses add up."""


@runtime_checkable
class AccuracySource(Protocol):
    """A source that gives the accuracy of a network for any allocation of k.

    `name` is `measured`, `sensitivity`, `table` or `callable`. `evaluate` gives a number from 0 to
    1 that rises with accuracy. The number is an accuracy, except of `sensitivity`.
    """

    @property
    def name(self) -> str:
        """The name of the source."""
        ...

    def evaluate(self, k: KMap) -> float:
        """The accuracy of an allocation, where the filters of a layer have `k[layer]` int8[out]
        terms."""
        ...


@runtime_checkable
class FilterLosses(AccuracySource, Protocol):
    """A source whose losses add up over filters, so that an allocation can be optimal by it."""

    @property
    def losses(self) -> Losses:
        """The loss of every filter at every k, float64[out, 3] by layer."""
        ...


def total_loss(losses: Losses, k: KMap) -> float:
    """The sum of the losses of all filters at their k, added layer by layer in the order of
    `losses`."""
    return float(sum(row[np.arange(len(row)), k[name]].sum() for name, row in losses.items()))
