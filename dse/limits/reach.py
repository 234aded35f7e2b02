"""What designs could reach at best, run or not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dse.limits.measure_bounds import MeasureBounds
from dse.machine.bounded import CloserBound
from dse.machine.doors import Bounds

__all__ = ["LARGE", "value_bound", "valued"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LARGE = 50_000
"""Cycles above which a closer look is not worth its time: latencies do not count there."""


def valued(
    bounds: Bounds,
    measure_bounds: MeasureBounds,
    family: int,
    cycles: Ints,
    used: Ints,
    closer: CloserBound | None = None,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Values float64[design, objective] of designs of a family that take at least `cycles` int64
    [design, network] and resources `used` int64[design, 5], and what a `closer` bound says of them;
    and which could keep the budgets."""
    families = np.full(len(cycles), family, np.int64)
    cycles = cycles if closer is None else np.maximum(cycles, closer.cycles)
    best = measure_bounds.measures(
        bounds.space, families, cycles, used, bounds.spending(families, closer)
    )
    return measure_bounds.values(best), measure_bounds.possible(best)


def value_bound(
    bounds: Bounds, measure_bounds: MeasureBounds, numbers: Iterable[int], objective: int = 0
) -> float | None:
    """The best value that any of these designs could have in an objective; None for no designs."""
    found = [np.inf]
    for number in numbers:
        family = number // bounds.space.variants
        listed = bounds.listed(family)
        at = np.flatnonzero(listed.numbers == number)
        if not at.size:
            continue
        cycles, used = listed.cycles[at], listed.used[at]
        closer = bounds.closer(number) if cycles.max() <= LARGE else None
        found.append(
            float(valued(bounds, measure_bounds, family, cycles, used, closer)[0][0, objective])
        )
    return min(found) if len(found) > 1 else None
