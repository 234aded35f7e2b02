"""The data that a bank holds, and how a unit reads a bank that may hold other data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.filters.packed import (
    Filters,
    exact_filters,
    sign_filters,
    truncating_filters,
)

__all__ = ["Activations", "TermPlanes", "WeightTile", "as_addressed"]

Activations = NDArray[np.int16] | NDArray[np.int32]
_Kind = Literal["exact", "truncating", "signs"]


@dataclass(frozen=True, slots=True, eq=False)
class TermPlanes:
    """The terms of weights, each array [term, filter, channel, kernel row, kernel column]."""

    sign: NDArray[np.int8]
    exponent: NDArray[np.int8]
    present: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class WeightTile:
    """A weight tile as stored in the buffer, with the filters in the order of the array's rows.

    `weights` int16[rows, channels, kernel height, kernel width]; `bias` and `multiplier`
    int32[rows]; `position` int64[rows] is the place of each row's filter in the output tile, which
    restores the original order. `thresholds` int64[rows, levels] of a layer with thresholds.
    """

    weights: NDArray[np.int16]
    planes: TermPlanes | None
    bias: NDArray[np.int32]
    multiplier: NDArray[np.int32]
    position: NDArray[np.int64]
    thresholds: NDArray[np.int64] | None = None
    packed: dict[tuple[str, int, int, int], Filters] = field(default_factory=dict, repr=False)

    def filters(self, kind: _Kind, rows: slice, taps: tuple[slice, slice]) -> Filters:
        """The taps `taps` of the filters of `rows` in the form that the kernels take; kept for
        reuse.
        """
        key = kind, rows.start or 0, taps[0].start, taps[1].start
        found = self.packed.get(key)
        if found is None:
            found = self.packed[key] = self._pack(kind, rows, taps)
        return found

    def _pack(self, kind: _Kind, rows: slice, taps: tuple[slice, slice]) -> Filters:
        down, across = taps
        codes, planes = self.weights[rows, :, down, across], self.planes
        if kind == "exact":
            return exact_filters(codes)
        if kind == "signs" or planes is None:
            return sign_filters(codes)
        out, channels, high, wide = codes.shape
        terms = (
            np.ascontiguousarray(planes.sign[:, rows, :, down, across]),
            np.ascontiguousarray(planes.exponent[:, rows, :, down, across]),
            np.ascontiguousarray(planes.present[:, rows, :, down, across]),
        )
        return truncating_filters((out, channels, high, wide), lambda: terms)


def as_addressed(held: Activations | None, shape: tuple[int, ...]) -> Activations:
    """The data that a reader of `shape` finds in a bank.

    In a correct schedule the bank holds data of this shape. After a scheduling fault the bank holds
    another tile, or nothing. The reader then gets the values at its addresses, and zeros beyond the
    stored data.
    """
    if held is not None and held.shape == shape:
        return held
    found = np.zeros(shape, np.int16 if held is None else held.dtype)
    if held is not None:
        box = tuple(slice(0, min(a, b)) for a, b in zip(held.shape, shape, strict=True))
        found[box] = held[box]
    return found
