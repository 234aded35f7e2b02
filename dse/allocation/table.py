"""The choice table of an allocation: for every layer its choice points, each a loss and cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError

__all__ = ["ChoiceTable", "Solution"]

Ints = NDArray[np.int64]

_LARGEST_TOTAL = 1 << 52  # sums stay exact where a solver holds them as doubles


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceTable:
    """A table in which exactly one point of every row is chosen.

    In the row of the layer `names[i]`, point c has the loss `losses[i][c]` and takes
    `cycles[i][c]` cycles; both are integers from 0, int64[point], in any unit. Raises
    `InputError` for an empty row, rows of different lengths, negative numbers and totals above
    2**52.
    """

    names: tuple[str, ...]
    losses: tuple[Ints, ...]
    cycles: tuple[Ints, ...]

    def __post_init__(self) -> None:
        for name, losses, cycles in zip(self.names, self.losses, self.cycles, strict=True):
            if losses.ndim != 1 or losses.shape != cycles.shape or not losses.size:
                shapes = f"losses of shape {list(losses.shape)}, cycles {list(cycles.shape)}"
                raise InputError(f"choices of '{name}'", shapes, "one loss and cycles a point")
            if min(int(losses.min()), int(cycles.min())) < 0:
                raise InputError(f"choices of '{name}'", "a negative number", "integers from 0")
        for what, rows in (("losses", self.losses), ("cycles", self.cycles)):
            if (total := sum(int(row.max()) for row in rows)) > _LARGEST_TOTAL:
                raise InputError(what, f"they reach {total}", f"totals up to {_LARGEST_TOTAL}")

    def loss(self, points: tuple[int, ...]) -> int:
        """The total loss of a choice: `points` has one place in every row."""
        return sum(int(row[at]) for row, at in zip(self.losses, points, strict=True))

    def total_cycles(self, points: tuple[int, ...]) -> int:
        """The total cycles of a choice: `points` has one place in every row."""
        return sum(int(row[at]) for row, at in zip(self.cycles, points, strict=True))


@dataclass(frozen=True, slots=True)
class Solution:
    """The best choice: its `points`, its `loss` and its `cycles`.

    `bound` is a bound on the minimised quantity, by the linear relaxation in exact arithmetic: no
    choice within the limit has less.
    """

    points: tuple[int, ...]
    loss: int
    cycles: int
    bound: int
