"""The exact choice by dynamic programming over lists of undominated partial choices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dse.allocation.reduction import survivors, undominated
from dse.allocation.relaxation import Relaxed, relax

__all__ = ["pareto_choice"]

Ints = NDArray[np.int64]


def pareto_choice(
    values: Sequence[Ints], weights: Sequence[Ints], limit: int
) -> tuple[int, ...] | None:
    """Returns one point per row: the choice of least total value whose total weight is at most
    `limit`, or None if there is none. Ties are broken arbitrarily.

    `values` and `weights` have one int64[point] for each row. The rows are added one after
    another. Of all sums (value, weight) of the rows so far, the undominated sums are kept that can
    still lead to a better choice than the whole steps of the relaxation.
    """
    relaxed = relax(values, weights, limit)
    if relaxed is None:
        return None
    known = sum(int(value[at]) for value, at in zip(values, relaxed.points, strict=True))
    if known == relaxed.bound:
        return relaxed.points
    kept = survivors(values, weights, relaxed, limit, known)
    if any(not len(points) for points in kept):
        return relaxed.points
    better = _search(values, weights, kept, relaxed, limit, known)
    return relaxed.points if better is None else better


def _search(
    values: Sequence[Ints],
    weights: Sequence[Ints],
    kept: list[Ints],
    relaxed: Relaxed,
    limit: int,
    known: int,
) -> tuple[int, ...] | None:
    """The best choice among the points `kept` with a value below `known`; None if there is
    none."""
    rows = [(values[row][points], weights[row][points]) for row, points in enumerate(kept)]
    price = float(relaxed.price)
    lightest, cheapest = _rests(rows, price)
    total, weight = np.zeros(1, np.int64), np.zeros(1, np.int64)
    trail: list[tuple[Ints, Ints]] = []
    for number, (own, heavy) in enumerate(rows):
        sums, loads = (total[:, None] + own).ravel(), (weight[:, None] + heavy).ravel()
        hopeful = loads + lightest[number + 1] <= limit
        # A lower bound of the final value, by the relaxation of the rows that are left. The margin
        # below is larger than the rounding of the doubles.
        least = sums + cheapest[number + 1] - price * (limit - loads).astype(np.float64)
        hopeful &= least < known + 1e-9 * (abs(least) + known)
        places = np.flatnonzero(hopeful)
        if not len(places):
            return None
        places = places[undominated(sums[places], loads[places])]
        total, weight = sums[places], loads[places]
        trail.append((places // len(own), places % len(own)))
    at = int(np.argmin(total))
    if int(total[at]) >= known:
        return None
    chosen = []
    for row in range(len(rows) - 1, -1, -1):
        before, point = trail[row]
        chosen.append(int(kept[row][point[at]]))
        at = int(before[at])
    return tuple(reversed(chosen))


def _rests(rows: list[tuple[Ints, Ints]], price: float) -> tuple[list[int], list[float]]:
    """For each row, over this row and all later rows: the sum of their least weights, and the sum
    of their least value + price * weight."""
    lightest, cheapest = [0], [0.0]
    for value, weight in reversed(rows):
        lightest.append(lightest[-1] + int(weight.min()))
        cheapest.append(cheapest[-1] + float((value + price * weight).min()))
    return lightest[::-1], cheapest[::-1]
