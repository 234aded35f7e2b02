"""How the axes of a foreign tensor stand for batch, channels, rows and columns of a layer's output.

Reshapes, transposes, flattenings and squeezes move no number here: they are written down as axes,
and whoever reads the tensor says whether it can read it so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.network.tensor import TensorShape

__all__ = ["BATCH", "CHANNELS", "COLUMNS", "ROWS", "Atom", "Axes", "axes_of", "positions",
           "reshaped", "sizes"]  # fmt: skip

BATCH, CHANNELS, ROWS, COLUMNS = range(4)


@dataclass(frozen=True, slots=True)
class Atom:
    """`size` neighbouring steps of `step` along dimension `dimension` of a layer's output."""

    dimension: int
    step: int
    size: int


Axes = tuple[tuple[Atom, ...], ...]
"""For each axis of a tensor the atoms that it runs over, the first the slowest; none: size 1."""


def axes_of(batch: int, shape: TensorShape) -> Axes:
    """Axes batch, channels, rows, columns."""
    sides = (batch, shape.channels, shape.height, shape.width)
    return tuple(
        (Atom(dimension, 1, size),) if size > 1 else () for dimension, size in enumerate(sides)
    )


def sizes(axes: Axes) -> tuple[int, ...]:
    """The shape of a tensor with these axes."""
    return tuple(math.prod(atom.size for atom in axis) for axis in axes)


def reshaped(axes: Axes, shape: tuple[int, ...]) -> Axes | None:
    """The same numbers in the same order as a tensor of `shape`; None where no axes say that."""
    left = [atom for axis in axes for atom in axis]
    result = []
    for size in shape:
        axis: list[Atom] = []
        while size > 1:
            if not left:
                return None
            atom = left.pop(0)
            if size % atom.size == 0:
                axis.append(atom)
                size //= atom.size
            elif atom.size % size == 0:
                inner = atom.size // size
                axis.append(Atom(atom.dimension, atom.step * inner, size))
                left.insert(0, Atom(atom.dimension, atom.step, inner))
                size = 1
            else:
                return None
        result.append(_joined(axis))
    return None if left else tuple(result)


def positions(axis: tuple[Atom, ...], shape: TensorShape) -> NDArray[np.int64] | None:
    """Where each element of an axis lies in an image that is laid out by channel, row, column.

    int64[size of the axis]; None where the axis runs over the batch.
    """
    strides = {CHANNELS: shape.height * shape.width, ROWS: shape.width, COLUMNS: 1}
    found = np.zeros(1, np.int64)
    for atom in axis:
        if atom.dimension == BATCH:
            return None
        moves = np.arange(atom.size) * atom.step * strides[atom.dimension]
        found = (found[:, None] + moves).reshape(-1)
    return found


def _joined(axis: list[Atom]) -> tuple[Atom, ...]:
    """Neighbours that make up one longer atom are one."""
    found: list[Atom] = []
    for atom in axis:
        last = found[-1] if found else None
        if last and (last.dimension, last.step) == (atom.dimension, atom.step * atom.size):
            found[-1] = Atom(atom.dimension, atom.step, last.size * atom.size)
        else:
            found.append(atom)
    return tuple(found)
