"""Removal of points that no best choice can take: dominated points, and points that the
relaxation excludes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dse.allocation.relaxation import Relaxed

__all__ = ["survivors", "undominated"]

Ints = NDArray[np.int64]


def undominated(values: Ints, weights: Ints) -> Ints:
    """The points that no other point beats in value and weight, lightest first, int64[point].

    Of equal points only the first is kept.
    """
    order = np.lexsort((values, weights))
    ordered = values[order]
    best = np.minimum.accumulate(ordered)
    keep = np.ones(len(order), np.bool_)
    keep[1:] = ordered[1:] < best[:-1]
    return np.asarray(order[keep], np.int64)


def survivors(
    values: Sequence[Ints], weights: Sequence[Ints], relaxed: Relaxed, limit: int, best: int
) -> list[Ints]:
    """For every row the points that could be in a choice better than `best`, int64[point].

    With p the price of a unit of weight, any choice within `limit` has at least the value
    sum over rows of min(value + p * weight) - p * limit. A choice with a certain point has more:
    the excess of the point's value + p * weight over the least of its row is added. A point for
    which this sum is not below `best` is left out.
    """
    price = relaxed.price
    # In whole numbers: all values are multiplied by the price's denominator.
    up, down = price.numerator, price.denominator
    reduced = [
        [int(value) * down + int(weight) * up for value, weight in zip(*pair, strict=True)]
        for pair in zip(values, weights, strict=True)
    ]
    least = sum(min(row) for row in reduced) - up * limit
    room = best * down - least
    kept = []
    for row, value, weight in zip(reduced, values, weights, strict=True):
        lowest = min(row)
        near = np.array([excess - lowest < room for excess in row])
        chosen = undominated(value, weight)
        kept.append(chosen[near[chosen]])
    return kept
