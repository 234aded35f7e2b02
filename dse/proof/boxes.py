"""Boxes of designs: for every axis of the space, a first and a last index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Boxes"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """`low` and `high` int32[box, axis], both inclusive, and `bound` float64[box].

    `bound` is a number that the value of no design in the box is below.
    """

    low: Ints
    high: Ints
    bound: Floats

    @classmethod
    def whole(cls, sizes: tuple[int, ...]) -> Boxes:
        """One box with every design of axes of these lengths."""
        high = np.array([sizes], np.int32) - 1
        return cls(np.zeros_like(high), high, np.full(1, -np.inf))

    @classmethod
    def none(cls, axes: int) -> Boxes:
        """No boxes."""
        empty = np.zeros((0, axes), np.int32)
        return cls(empty, empty, np.zeros(0))

    def __len__(self) -> int:
        return len(self.bound)

    @property
    def widths(self) -> Ints:
        """How many values each box has on each axis, int32[box, axis]."""
        return self.high - self.low + 1

    def designs(self) -> int:
        """How many designs the boxes hold together."""
        return sum(int(np.prod(row, dtype=object)) for row in self.widths.tolist())

    def take(self, at: Any) -> Boxes:
        """The boxes at these places (an index array or a mask)."""
        return Boxes(self.low[at], self.high[at], self.bound[at])

    def joined(self, other: Boxes) -> Boxes:
        """These boxes and the others."""
        return Boxes(
            np.concatenate([self.low, other.low]),
            np.concatenate([self.high, other.high]),
            np.concatenate([self.bound, other.bound]),
        )

    def halves(self, axis: NDArray[np.intp]) -> tuple[Boxes, Boxes]:
        """Every box cut in the middle of its axis `axis[box]`, which has several values.

        The halves keep the bound of the whole.
        """
        rows = np.arange(len(self))
        middle = (self.low[rows, axis] + self.high[rows, axis]) // 2
        below, above = self.high.copy(), self.low.copy()
        below[rows, axis] = middle
        above[rows, axis] = middle + 1
        return Boxes(self.low, below, self.bound), Boxes(above, self.high, self.bound)
