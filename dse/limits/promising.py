"""The families of a space that are worth a look, all of them or as many as memory holds.

A space may have more families than can be kept. Families are bounded block by block; of the
families that could keep every budget the most promising are held. Of the other families only the
best bound is remembered. When that bound is the next to be looked at, all families are bounded
again, except those already seen.
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
    """The families that are held, and a bound of the others.

    `numbers` int64[family]; `values` float64[family, objective] are bounds, to be minimised;
    `cycles` int64[family] are the least cycles of the slowest network. `dropped`
    float64[objective] is the best bound of the families that are not held (infinite if all are).
    """

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
    """The families that could keep every budget.

    Left out are the families `known` int64[family] (sorted) and the families whose bounds are no
    better than a row of `beaten_by` float64[row, objective]. Whenever more than `most` families
    are gathered, only the `most // 2` with the best bounds in `objective` are kept.
    """
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
    """Which rows of `values` [design, objective] are beaten: bool[design], true where some row of
    `rows` [row, objective] is at least as good in every objective."""
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
    # The kept families stay in the order of their numbers, whatever the blocks were. Among equal
    # values the lowest number is kept.
    order = np.argsort(families.values[:, objective], kind="stable")
    kept = np.sort(order[: most // 2])
    left = families.values[order[most // 2 :]].min(axis=0)
    dropped = np.minimum(families.dropped, left)
    return Families(families.numbers[kept], families.values[kept], families.cycles[kept], dropped)
