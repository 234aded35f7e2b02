"""The families of a space that could be worth a look: all of them, or so many as memory holds.

A space may have more families than can be kept. They are bounded block by block, and of those that
could keep every budget the most promising are held; of the rest only the best value is known, and
when that is next, the space is gone through again without those that are known by then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.limits.measure_bounds import MeasureBounds
from dse.machine.doors import Bounds

__all__ = ["MOST_HELD", "Families", "beaten", "gather"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_HELD = 16_000_000
"""Families held at most, at some 60 bytes each."""


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """`numbers` int64[family], `values` float64[family, objective] and least `cycles`
    int64[family] (of the slowest network) of the families that are held; `dropped`
    float64[objective] is what none of the others is better than (infinite if none is)."""

    numbers: Ints
    values: Floats
    cycles: Ints
    dropped: Floats


def gather(
    bounds: Bounds,
    measure_bounds: MeasureBounds,
    *,
    objective: int = 0,
    known: Ints | None = None,
    beaten_by: Floats | None = None,
    most: int = MOST_HELD,
) -> Families:
    """The families that could keep every budget, but those `known` (sorted) and those that a design
    of the values `beaten_by` makes needless: when more than `most` are found, the half that is
    the most promising in one objective is kept."""
    rows = measure_bounds.objectives
    none = np.zeros(0, np.int64)
    found = Families(none, np.zeros((0, rows)), none, np.full(rows, np.inf))
    parts = [found]
    for numbers, cycles, used in bounds.family_blocks(fitting=True):
        best = measure_bounds.measures(
            bounds.space, numbers, cycles, used, bounds.spending(numbers)
        )
        values = measure_bounds.values(best)
        kept = measure_bounds.possible(best)
        if beaten_by is not None:
            kept &= ~beaten(values, beaten_by)
        if known is not None and known.size:
            places = np.minimum(np.searchsorted(known, numbers), known.size - 1)
            kept &= known[places] != numbers
        slowest = cycles[kept].max(axis=1)
        parts.append(Families(numbers[kept], values[kept], slowest, np.full(rows, np.inf)))
        if sum(len(part.numbers) for part in parts) > most:
            parts = [_best_half(_joined(parts), objective, most)]
    return _joined(parts)


def beaten(values: Floats, rows: Floats) -> NDArray[np.bool_]:
    """Which of `values` [design, objective] some row is at least as good as in every objective."""
    found = np.zeros(len(values), np.bool_)
    for row in rows:
        found |= (row <= values).all(axis=1)
    return found


def _joined(parts: list[Families]) -> Families:
    return Families(
        np.concatenate([part.numbers for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.cycles for part in parts]),
        np.min([part.dropped for part in parts], axis=0),
    )


def _best_half(families: Families, objective: int, most: int) -> Families:
    # In the order of their numbers, whatever the blocks were; of equals the first.
    order = np.argsort(families.values[:, objective], kind="stable")
    kept = np.sort(order[: most // 2])
    left = families.values[order[most // 2 :]].min(axis=0)
    dropped = np.minimum(families.dropped, left)
    return Families(families.numbers[kept], families.values[kept], families.cycles[kept], dropped)
