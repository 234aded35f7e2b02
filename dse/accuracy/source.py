"""What an accuracy source is: a name that every result shows, and a number for an allocation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.per_filter import KMap

__all__ = ["AccuracySource", "FilterLosses", "Losses", "total_loss"]

Losses = Mapping[str, NDArray[np.float64]]
"""By layer, float64[out, 3]: what is lost where a filter has 0, 1 or 2 terms; losses add up."""


@runtime_checkable
class AccuracySource(Protocol):
    """Something that can say how accurate a network is with a given k of every filter.

    `name` is `measured`, `sensitivity`, `table` or `callable`; `evaluate` gives a number from 0
    to 1 that grows with accuracy, and is an accuracy itself except for `sensitivity`.
    """

    @property
    def name(self) -> str:
        """What a report calls the source."""
        ...

    def evaluate(self, k: KMap) -> float:
        """The accuracy with `k[layer]` int8[out] terms in the filters."""
        ...


@runtime_checkable
class FilterLosses(AccuracySource, Protocol):
    """A source whose losses add up over filters, so that an allocation can be optimal by it."""

    @property
    def losses(self) -> Losses:
        """The loss of every filter at every k."""
        ...


def total_loss(losses: Losses, k: KMap) -> float:
    """The sum of the filters' losses, each at its k; layer by layer in the order of `losses`."""
    return float(sum(row[np.arange(len(row)), k[name]].sum() for name, row in losses.items()))
