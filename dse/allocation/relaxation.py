"""The linear relaxation of the choice: a proven bound, and the price at which it is reached.

Multiple-choice knapsack (Sinha and Zoltners 1979): a step leads from one point on the lower convex
hull of a row to the next. Steps of all rows are taken in order of their price (value saved for a
unit of weight) until the limit is met. The step that would exceed the limit is taken in part. All
arithmetic is in integers and fractions, so rounding cannot spoil the bound.
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
    """The relaxation of a choice.

    `bound`: no choice within the limit has a smaller value. `price`: the value saved for a unit
    of weight at the limit. `points`: a choice within the limit, made of the steps that fit whole;
    its value is above the bound by less than one step.
    """

    bound: Fraction
    price: Fraction
    points: tuple[int, ...]


def relax(values: Sequence[Ints], weights: Sequence[Ints], limit: int) -> Relaxed | None:
    """The relaxation of the problem: choose one point in every row with the least sum of values
    and a sum of weights of at most `limit`.

    `values` and `weights` have one int64[point] for each row. None if not even the lightest points
    fit.
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
    """The points on the lower convex hull, by their places, lightest first with falling values."""
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
    """Whether the point `middle` is on or above the line from `first` to `last`, exactly."""
    v0, v1, v2 = (int(values[at]) for at in (first, middle, last))
    w0, w1, w2 = (int(weights[at]) for at in (first, middle, last))
    return (v0 - v1) * (w2 - w0) <= (v0 - v2) * (w1 - w0)


def _steps(
    values: Sequence[Ints], weights: Sequence[Ints], hulls: list[list[int]]
) -> list[tuple[Fraction, int, int, int]]:
    """Every step along every hull: its price, its row, and the points before and after it."""
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
