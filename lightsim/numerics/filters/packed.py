"""A layer's filters, packed once for every instruction that multiplies with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.kernels.compiled import compiled
from lightsim.numerics.filters.term_lists import TermLists, list_terms
from lightsim.numerics.filters.tile_words import PackedTiles, fit_tiles, pack_tiles
from lightsim.numerics.filters.words import Packed, pack
from lightsim.numerics.formats.codec import Terms
from lightsim.numerics.vectors.instruction import Instruction

__all__ = ["Filters", "exact_filters", "sign_filters", "truncating_filters"]

_SHIFTS = 8  # a truncating filter sees each channel shifted by 0..7


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """Filters [out, in, kh, kw] to convolve with: what `exact_filters` and the others return.

    Each channel of the image is present `shifts` times (shifted by 0, 1, ..) and multiplied with
    `numbers()` int16[out, in * shifts, kh, kw]. Packed forms are made when first needed and
    kept: about a byte a number.
    """

    kind: Literal["exact", "truncating", "signs"]
    shape: tuple[int, int, int, int]
    shifts: int
    numbers: Callable[[], NDArray[np.int16]]
    terms: Callable[[], Terms] | None = None
    _packed: dict[str, Packed] = field(default_factory=dict)
    _tiles: dict[str, PackedTiles] = field(default_factory=dict)
    _known: dict[str, Any] = field(default_factory=dict)
    layouts: dict[Any, Any] = field(default_factory=dict, repr=False)  # see `dots`

    @property
    def empty(self) -> bool:
        """Whether there is nothing to multiply with."""
        return 0 in self.shape

    def packed(self, row: Instruction) -> Packed:
        """The filters for one instruction."""
        found = self._packed.get(row.name)
        if found is None:
            # Two threads may both make it: they make the same.
            found = self._packed[row.name] = pack(self.numbers(), row)
        return found

    def packed_tiles(self, row: Instruction) -> PackedTiles:
        """The filters for the tiles of one instruction."""
        found = self._tiles.get(row.name)
        if found is None:
            found = self._tiles[row.name] = pack_tiles(self.numbers(), row)
        return found

    def fit_tiles(self, row: Instruction) -> bool:
        """Whether the instruction has tiles, and these filters are made for them."""
        if not row.tiles or row.product != "bytes":
            return row.tiles
        found: bool | None = self._known.get("fit_tiles")
        if found is None:
            found = self._known["fit_tiles"] = fit_tiles(self.numbers())
        return found

    def fit_bytes(self) -> bool:
        """Whether every number is two signed bytes, 256 * high + low."""
        found: bool | None = self._known.get("fit_bytes")
        if found is None:
            largest = int(self.numbers().max(initial=0))
            found = self._known["fit_bytes"] = largest <= 127 * 256 + 127
        return found

    def sums(self) -> NDArray[np.int32]:
        """int32[out], modulo 2**32: the sum of each filter's numbers."""
        return self._summary()[0]

    def largest(self) -> int:
        """The largest sum of a filter's magnitudes."""
        return self._summary()[1]

    def _summary(self) -> tuple[NDArray[np.int32], int]:
        found: tuple[NDArray[np.int32], int] | None = self._known.get("summary")
        if found is None:
            numbers = self.numbers()
            wide = numbers.reshape(len(numbers), -1)
            sums = wide.sum(axis=1, dtype=np.int64).astype(np.int32)
            largest = np.abs(wide, dtype=np.int32).sum(axis=1, dtype=np.int64).max(initial=0)
            found = self._known["summary"] = sums, int(largest)
        return found

    def listed(self) -> TermLists:
        """The terms as lists, eight bytes a term; raises `ValueError` for filters without terms."""
        if self.terms is None:
            raise ValueError(f"{self.kind} filters have no terms")
        found: TermLists | None = self._known.get("listed")
        if found is None:
            found = self._known["listed"] = list_terms(self.terms())
        return found

    def flattened(self) -> Filters:
        """The same filters for images laid out as channels of one pixel: [out, in * kh * kw]."""
        found: Filters | None = self._known.get("flattened")
        if found is None:
            out, channels, high, wide = self.shape

            def numbers() -> NDArray[np.int16]:
                split = self.numbers().reshape(out, channels, self.shifts, high, wide)
                return split.transpose(0, 1, 3, 4, 2).reshape(out, -1, 1, 1)

            shape = (out, channels * high * wide, 1, 1)
            found = self._known["flattened"] = Filters(self.kind, shape, self.shifts, numbers)
        return found


def exact_filters(weights: NDArray[np.int16]) -> Filters:
    """For `weights` int16[out, in, kh, kw]; raises `InputError` for another type or shape."""
    if weights.dtype != np.int16 or weights.ndim != 4:
        raise InputError(
            "weights", f"{weights.dtype} of shape {list(weights.shape)}", "int16 [out, in, kh, kw]"
        )
    return Filters("exact", _four(weights.shape), 1, lambda: weights)


def sign_filters(weights: NDArray[np.int16]) -> Filters:
    """For `weights` of -1 and +1: a number above zero counts as +1, any other as -1."""
    return replace(exact_filters(weights), kind="signs")


def truncating_filters(shape: tuple[int, int, int, int], terms: Callable[[], Terms]) -> Filters:
    """For filters [out, in, kh, kw] = `shape` whose terms [terms, *shape] `terms` gives.

    They are as `Codec.terms` gives them: a term that is present is sign * (x >> exponent). They
    are asked for again when another packed form is needed, so that only packed forms, eight
    bytes a weight, are kept. Raises `InputError`, then, for other shapes or an exponent above 7.
    """

    def numbers() -> NDArray[np.int16]:
        sign, exponent, present = terms()
        same = sign.shape == exponent.shape == present.shape
        if not same or sign.shape[1:] != shape:
            raise InputError("terms", f"of shape {list(sign.shape)}", f"[terms, {shape}]")
        if exponent.size and not 0 <= int(exponent.min()) <= int(exponent.max()) <= 7:
            raise InputError("exponent", f"{exponent.min()} to {exponent.max()}", "0 to 7")
        out, channels, high, wide = shape
        found = np.zeros((out, channels, _SHIFTS, high, wide), np.int16)
        _add_terms(sign, exponent, present, found)
        return found.reshape(out, channels * _SHIFTS, high, wide)

    return Filters("truncating", shape, _SHIFTS, numbers, terms)


def _four(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b, c, d = shape
    return a, b, c, d


@compiled(
    "void(Array(int8, 5, 'A', True), Array(int8, 5, 'A', True), Array(boolean, 5, 'A', True), "
    "int16[:, :, :, :, ::1])"
)
def _add_terms(
    sign: NDArray[np.int8],
    exponent: NDArray[np.int8],
    present: NDArray[np.bool_],
    numbers: NDArray[np.int16],
) -> None:
    for t in range(sign.shape[0]):
        for m in range(sign.shape[1]):
            for n in range(sign.shape[2]):
                for i in range(sign.shape[3]):
                    for j in range(sign.shape[4]):
                        if present[t, m, n, i, j]:
                            numbers[m, n, exponent[t, m, n, i, j], i, j] += sign[t, m, n, i, j]
