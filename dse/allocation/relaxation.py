"""The linear relaxation of the choice: a proven bound, and the price at which it is reached.

Multiple-choice knapsack (Sinha and Zoltners 1979): on the lower convex hull of each row the
steps from one point to the next are taken in order of their price (value saved for a unit of
weight) until the limit is met; the step that goes beyond is taken in part. Everything is in
integers and fractions, so the bound is proven and not only near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Relaxed", "hull", "relax"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """`bound`: no choice within the limit has a smaller value; `price`: of a unit of weight.

    `points` is the choice with every step taken whole that fits: within the limit, and worse
    than the bound by less than one step.
    """

    bound: Fraction
    price: Fraction
    points: tuple[int, ...]


def relax(values: Sequence[Ints], weights: Sequence[Ints], limit: int) -> Relaxed | None:
    """The relaxation of: least sum of values, one point a row, sum of weights at most `limit`.

    None if not even the lightest points fit.
    """
    hulls = [hull(value, weight) for value, weight in zip(values, weights, strict=True)]
    points = [row[0] for row in hulls]
    left = limit - sum(int(weight[at]) for weight, at in zip(weights, points, strict=True))
    total = sum(int(value[at]) for value, at in zip(values, points, strict=True))
    if left < 0:
        return None
    steps = sorted(_steps(values, weights, hulls), key=lambda step: (-step[0], step[1], step[2]))
    bound: Fraction | None = None
    price = Fraction(0)
    stopped = set()
    for rate, row, before, after in steps:
        more = int(weights[row][after] - weights[row][before])
        if bound is None and more > left:
            bound, price = total - rate * left, rate
        if more > left or row in stopped:
            stopped.add(row)
            continue
        left -= more
        total -= int(values[row][before] - values[row][after])
        points[row] = after
    return Relaxed(Fraction(total) if bound is None else bound, price, tuple(points))


def hull(values: Ints, weights: Ints) -> list[int]:
    """The points on the lower convex hull, lightest first, values falling."""
    order = np.lexsort((values, weights)).tolist()
    corners: list[int] = []
    for at in order:
        if corners and values[at] >= values[corners[-1]]:
            continue
        while len(corners) > 1 and _above(values, weights, corners[-2], corners[-1], at):
            corners.pop()
        corners.append(at)
    return corners


def _above(values: Ints, weights: Ints, first: int, middle: int, last: int) -> bool:
    """Whether `middle` is not below the line from `first` to `last`; in whole numbers."""
    v0, v1, v2 = (int(values[at]) for at in (first, middle, last))
    w0, w1, w2 = (int(weights[at]) for at in (first, middle, last))
    return (v0 - v1) * (w2 - w0) <= (v0 - v2) * (w1 - w0)


def _steps(
    values: Sequence[Ints], weights: Sequence[Ints], hulls: list[list[int]]
) -> list[tuple[Fraction, int, int, int]]:
    """Price, row, and the points before and after of every step along every hull."""
    return [
        (
            Fraction(
                int(values[row][before] - values[row][after]),
                int(weights[row][after] - weights[row][before]),
            ),
            row,
            before,
            after,
        )
        for row, corners in enumerate(hulls)
        for before, after in pairwise(corners)
    ]
