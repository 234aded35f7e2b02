"""The best values that designs could reach, whether they were run or not."""

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
"""Cycles above which a closer bound is not worth its time: in long runs latencies are a small
share."""


def valued(
    bounds: Bounds,
    measure_bounds: MeasureBounds,
    family: int,
    cycles: Ints,
    used: Ints,
    closer: CloserBound | None = None,
) -> tuple[Floats, NDArray[np.bool_]]:
    """The bounds of designs of one family.

    The designs take at least `cycles` int64[design, network] and resources `used`
    int64[design, 5]; a `closer` bound raises the cycles and the spending. Returns the values
    float64[design, objective], to be minimised, and which designs could keep the budgets,
    bool[design].
    """
    families = np.full(len(cycles), family, np.int64)
    cycles = cycles if closer is None else np.maximum(cycles, closer.cycles)
    best = measure_bounds.measures(
        bounds.space, families, cycles, used, bounds.spending(families, closer)
    )
    return measure_bounds.values(best), measure_bounds.possible(best)


def value_bound(
    bounds: Bounds, measure_bounds: MeasureBounds, numbers: Iterable[int], objective: int = 0
) -> float | None:
    """The best value, to be minimised, that any of the designs `numbers` could have in an
    objective; None if there are no such designs."""
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
