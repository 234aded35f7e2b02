"""What designs could reach at best, run or not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dse.limits.bounds import Bounds
from dse.limits.exact_bounds import Look
from dse.limits.measure_bounds import MeasureBounds

__all__ = ["LARGE", "value_bound", "valued"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LARGE = 50_000
"""Cycles above which a closer look is not worth its time: latencies do not count there."""


def valued(
    bounds: Bounds,
    measure_bounds: MeasureBounds,
    core: int,
    cycles: Ints,
    used: Ints,
    look: Look | None = None,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Values float64[design, objective] of designs of a core that take at least `cycles` int64
    [design, network] and resources `used` int64[design, 5], and what a closer `look` says of them;
    and which could keep the budgets."""
    cores = np.full(len(cycles), core, np.int64)
    cycles = cycles if look is None else np.maximum(cycles, look.cycles)
    best = measure_bounds.measures(bounds.space, cores, cycles, used, bounds.spending(cores, look))
    return measure_bounds.values(best), measure_bounds.possible(best)


def value_bound(
    bounds: Bounds, measure_bounds: MeasureBounds, numbers: Iterable[int], objective: int = 0
) -> float | None:
    """The best value that any of these designs could have in an objective; None for no designs."""
    found = [np.inf]
    for number in numbers:
        core = number // bounds.space.variants
        listed = bounds.listed(core)
        at = np.flatnonzero(listed.numbers == number)
        if not at.size:
            continue
        cycles, used = listed.cycles[at], listed.used[at]
        look = bounds.tilings_bound(number) if cycles.max() <= LARGE else None
        found.append(
            float(valued(bounds, measure_bounds, core, cycles, used, look)[0][0, objective])
        )
    return min(found) if len(found) > 1 else None
