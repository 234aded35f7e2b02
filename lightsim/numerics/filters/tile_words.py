"""Filters as 32-bit words for tiles: thirty-two filters a row, what exceeds a byte kept apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.filters.byte_words import NEGATED, PLAIN, byte_words
from lightsim.numerics.filters.words import positions, rows_of
from lightsim.numerics.vectors.instruction import Instruction

__all__ = ["TILE_FILTERS", "PackedTiles", "Rows", "fit_tiles", "pack_tiles"]

TILE_FILTERS = 32  # two vectors of sixteen lanes

# A row of 32 filters by 4 channels is often negated because it has +128, which is no signed byte,
# but may have -128 as well. What is left over of such numbers, and of larger ones, is added by
# itself, at about twenty times the price a number.
_SHARE_BEYOND = 0.1
_LEFT_OVER = 127 + 127


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Words uint32[count, ...] with the tap and the word of channels, int32[count], of each."""

    words: NDArray[np.uint32]
    taps: NDArray[np.int32]
    q: NDArray[np.int32]
    _offsets: dict[Any, NDArray[np.int32]] = field(default_factory=dict)

    def offsets(self, taps: NDArray[np.int32], step: int) -> NDArray[np.int32]:
        """int32[count]: which word of an image each row is multiplied with.

        `taps` says where a tap begins, `step` how far one word of channels is from the next.
        """
        key = (taps.tobytes(), step)
        found = self._offsets.get(key)
        if found is None:
            found = self._offsets[key] = taps[self.taps] + self.q * np.int32(step)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class PackedTiles:
    """Filters in blocks of `TILE_FILTERS` for one instruction.

    rows      words [count, filters] of a block: first those that are negated, then the others,
              tap by tap, the taps going down the columns of the kernel; zeros are left out
    ends      int64[blocks, 2 * taps + 1]: where each tap's rows begin, and where the last end
    first     int64[blocks]: 0 if there are negated rows, else 1
    position  int64[blocks * filters]: which filter a column is, -1 for none
    over      words [count] of what a byte does not hold, filter by filter
    over_ends int64[out + 1]: where each filter's begin, and where the last end
    """

    rows: Rows
    ends: NDArray[np.int64]
    first: NDArray[np.int64]
    position: NDArray[np.int64]
    over: Rows
    over_ends: NDArray[np.int64]


def fit_tiles(numbers: NDArray[np.int16]) -> bool:
    """Whether few enough numbers are no signed bytes, and none by far."""
    least, most = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    if least >= -128 and most <= 127:
        return True
    if least < -128 - _LEFT_OVER or most > 127 + _LEFT_OVER:
        return False
    beyond = int(np.count_nonzero((numbers < -128) | (numbers > 127)))
    return beyond <= _SHARE_BEYOND * numbers.size


def pack_tiles(numbers: NDArray[np.int16], row: Instruction) -> PackedTiles:
    """`numbers` int16[out, channels, kh, kw] for the tiles of the instruction `row`."""
    filters, channels, *kernel = numbers.shape
    taps, words_deep = kernel[0] * kernel[1], -(-channels // row.numbers)
    over = np.zeros((4, 0), np.int32)
    if row.product == "bytes":
        position = positions(numbers, TILE_FILTERS)
        blocks = len(position) // TILE_FILTERS
        words = np.empty((blocks, taps, words_deep, TILE_FILTERS), np.uint32)
        sort = np.zeros((blocks, taps, words_deep), np.int8)
        # A number makes three words at most.
        room = np.empty((4, int(3 * _SHARE_BEYOND * numbers.size) + 8), np.int32)
        flat = np.ascontiguousarray(numbers).reshape(-1)
        over = room[:, : byte_words(flat, (channels, *kernel), position, words, sort, room)]
        over = np.ascontiguousarray(over[:, np.argsort(over[0], kind="stable")])
    else:
        found, places, position = rows_of(numbers, row, TILE_FILTERS)
        blocks = len(places)
        # [block, q, ky, kx] becomes [block, kx, ky, q].
        words = found[0].reshape(blocks, -1, *kernel, TILE_FILTERS).transpose(0, 3, 2, 1, 4)
        words = words.reshape(blocks, taps, -1, TILE_FILTERS)
        sort = places.reshape(blocks, -1, *kernel).transpose(0, 3, 2, 1)
        sort = (sort != 0).astype(np.int8).reshape(blocks, taps, -1)
        if row.product == "signs":
            sort[...] = PLAIN
    phases = np.stack([sort == NEGATED, sort == PLAIN], axis=1)
    ends = np.zeros((blocks, 2 * taps + 1), np.int64)
    ends[:, 1:] = phases.sum(axis=3).cumsum().reshape(blocks, 2 * taps)
    ends[1:, 0] = ends[:-1, -1]
    block, _, tap, q = np.nonzero(phases)
    kept = words.reshape(-1, TILE_FILTERS)
    if len(block) < len(kept) or (sort == NEGATED).any():
        kept = kept[(block * taps + tap) * words_deep + q]
    return PackedTiles(
        Rows(np.ascontiguousarray(kept), tap.astype(np.int32), q.astype(np.int32)), ends,
        (ends[:, taps] == ends[:, 0]).astype(np.int64), position,
        Rows(over[3].view(np.uint32), over[1], over[2]),
        np.searchsorted(over[0], np.arange(filters + 1)),
    )  # fmt: skip
