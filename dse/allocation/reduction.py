"""Points that no best choice can take: dominated ones, and those the relaxation prices out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dse.allocation.relaxation import Relaxed

__all__ = ["survivors", "undominated"]

Ints = NDArray[np.int64]


def undominated(values: Ints, weights: Ints) -> Ints:
    """The points that no other beats or equals in both, lightest first; of equals the first."""
    order = np.lexsort((values, weights))
    ordered = values[order]
    best = np.minimum.accumulate(ordered)
    keep = np.ones(len(order), np.bool_)
    keep[1:] = ordered[1:] < best[:-1]
    return np.asarray(order[keep], np.int64)


def survivors(
    values: Sequence[Ints], weights: Sequence[Ints], relaxed: Relaxed, limit: int, best: int
) -> list[Ints]:
    """For every row the points of some choice that is better than `best`, or may be.

    At a price p of weight, any choice within `limit` has at least the value
    sum(min(value + p * weight)) - p * limit, and at least the excess of its point over its
    row's minimum on top of that: a point whose excess reaches beyond `best` is out.
    """
    price = relaxed.price
    # Whole numbers: everything times the price's denominator.
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
