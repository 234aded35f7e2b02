"""Filters as 32-bit words for tiles: thirty-two filters a row, what exceeds a byte kept apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.filter_words import positions, rows_of
from lightsim.numerics.instruction import Instruction

__all__ = ["TILE_FILTERS", "PackedTiles", "Rows", "fit_tiles", "pack_tiles"]

TILE_FILTERS = 32  # two vectors of sixteen lanes

# A row of 32 filters by 4 channels is often negated because it has +128, which is no signed byte,
# but may have -128 as well. What is left over of such numbers, and of larger ones, is added by
# itself, at about twenty times the price a number.
_SHARE_BEYOND = 0.03
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
    if -128 <= least and most <= 127:
        return True
    if least < -128 - _LEFT_OVER or most > 127 + _LEFT_OVER:
        return False
    beyond = int(np.count_nonzero((numbers < -128) | (numbers > 127)))
    return beyond <= _SHARE_BEYOND * numbers.size


def pack_tiles(numbers: NDArray[np.int16], row: Instruction) -> PackedTiles:
    """`numbers` int16[out, channels, kh, kw] for the tiles of the instruction `row`."""
    filters, kernel = len(numbers), numbers.shape[2:]
    taps, negated = kernel[0] * kernel[1], None
    beyond = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    if row.product == "bytes" and (numbers.min(initial=0) < -128 or numbers.max(initial=0) > 127):
        numbers, negated, beyond = _in_bytes(numbers, row.numbers)
    words, sort, position = rows_of(numbers, row, TILE_FILTERS)
    blocks = len(sort)
    kept = np.ones_like(sort, np.bool_) if row.product == "signs" else sort != 0
    negated = np.zeros_like(kept) if negated is None else negated.reshape(kept.shape)
    # [block, phase, q, ky, kx] becomes [block, phase, kx, ky, q].
    phases = np.stack([kept & negated, kept & ~negated], axis=1).reshape(blocks, 2, -1, *kernel)
    phases = phases.transpose(0, 1, 4, 3, 2).reshape(blocks, 2, taps, -1)
    ends = np.zeros((blocks, 2 * taps + 1), np.int64)
    ends[:, 1:] = phases.sum(axis=3).cumsum().reshape(blocks, 2 * taps)
    ends[1:, 0] = ends[:-1, -1]
    first = (ends[:, taps] == ends[:, 0]).astype(np.int64)
    block, _, tap, q = np.nonzero(phases)
    kx, ky = np.divmod(tap, kernel[0])
    rows = Rows(words[0][block, q * taps + ky * kernel[1] + kx], _narrow(tap), _narrow(q))
    place, parts = beyond
    m, n, ky, kx = np.unravel_index(place, numbers.shape)
    bits = (n % row.numbers * 8).astype(np.uint32)
    over = Rows(parts << bits, _narrow(kx * kernel[0] + ky), _narrow(n // row.numbers))
    over_ends = np.searchsorted(m, np.arange(filters + 1))
    return PackedTiles(rows, ends, first, position, over, over_ends)


def _in_bytes(
    numbers: NDArray[np.int16], count: int
) -> tuple[NDArray[np.int16], NDArray[np.bool_], tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """`numbers` as signed bytes, bool[blocks, q, kh, kw]: which rows are negated, and the rest."""
    filters, channels, *kernel = numbers.shape
    position = positions(numbers, TILE_FILTERS)
    blocks, words = len(position) // TILE_FILTERS, -(-channels // count)
    held, rest = np.empty_like(numbers), np.empty_like(numbers)
    negated = np.zeros((blocks, words, *kernel), np.bool_)
    for k in range(blocks):
        chosen = position[k * TILE_FILTERS : (k + 1) * TILE_FILTERS]
        chosen = chosen[chosen >= 0]
        here = np.zeros((len(chosen), words * count, *kernel), np.int16)
        here[:, :channels] = numbers[chosen]
        grouped = here.reshape(len(chosen), words, count, *kernel)
        plain = np.count_nonzero((grouped < -128) | (grouped > 127), axis=(0, 2))
        turned = np.count_nonzero((grouped < -127) | (grouped > 128), axis=(0, 2))
        negated[k] = turned < plain
        sign = np.where(negated[k], np.int16(-1), np.int16(1)).repeat(count, axis=0)[:channels]
        held[chosen] = (numbers[chosen] * sign).clip(-128, 127)
        rest[chosen] = numbers[chosen] - held[chosen] * sign
    return held, negated, _beyond(rest)


def _beyond(rest: NDArray[np.int16]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Places and signed bytes, up to two of a place, that make up `rest`."""
    flat = rest.reshape(-1)
    place = np.flatnonzero(flat)
    first = flat[place].clip(-127, 127)
    second = flat[place] - first
    both = np.concatenate([place, place[second != 0]])
    parts = np.concatenate([first, second[second != 0]])
    order = np.argsort(both, kind="stable")
    return both[order], (parts[order] & 255).astype(np.uint32)


def _narrow(numbers: NDArray[np.int64]) -> NDArray[np.int32]:
    return numbers.astype(np.int32)
