"""How a window's outputs are cut into tiles of neighbouring pixels, and what each tile may skip.

An image of words is split by stride phase, the words of a line of pixels lying together:
[phase y, line, word, phase x, column], so that what a tile reads stays in the first-level cache.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.images.window import Pair, Window
from lightsim.numerics.vectors.instruction import PIXELS

__all__ = ["FIRST_COLUMN", "PIXELS_OF", "TilePlan", "tile_plan"]

_ALL, _NOT_FIRST, _NOT_LAST, _NONE = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class TilePlan:
    """`phases`, `high` and `wide` as in `lanes.Lanes`.

    taps   int32[taps]: how far a tap lies behind the first one, in words; taps go down the
           columns of the kernel
    pieces int64[pieces, 2]: first column and number of columns
    begins int64[rows * pieces + 1]: where the ranges of a tile begin
    ranges int64[ranges, 3]: from and to which tap, and which pixels see more than padding there:
           0 all (as far as is known), 1 all but the first, 2 all but the last
    line   words of a line of outputs
    step   words from a word of channels to the next
    image  words of an image
    cost   pixels of a row, small pieces counted as what they cost
    """

    phases: Pair
    high: int
    wide: int
    taps: NDArray[np.int32]
    pieces: NDArray[np.int64]
    begins: NDArray[np.int64]
    ranges: NDArray[np.int64]
    line: int
    step: int
    image: int
    cost: int

    @property
    def steps(self) -> tuple[int, int, int, int, int]:
        """From an image, a word, a phase y, a phase x, a line to the next."""
        return self.image, self.step, self.high * self.line, self.wide, self.line


@functools.lru_cache(maxsize=1024)
def tile_plan(window: Window, words: int, size: Pair, skip: bool) -> TilePlan:
    """For images of `size` pixels of `words` words; `skip` says whether padding is all zeros."""
    (kh, kw), (sy, sx) = window.kernel, window.stride
    phases = min(kh, sy), min(kw, sx)
    high, wide = window.rows + (kh - 1) // sy, window.columns + (kw - 1) // sx
    line = words * phases[1] * wide
    ky, kx = np.arange(kh), np.arange(kw)
    taps = ((ky % sy * high + ky // sy) * line)[:, None] + kx % sx * wide + kx // sx
    pieces = np.array(_pieces(window.columns), np.int64).reshape(-1, 2)
    rows = np.arange(window.rows)[:, None] * sy + ky + window.origin[0]
    first = pieces[:, :1] * sx + kx + window.origin[1]
    last = (pieces.sum(axis=1, keepdims=True) - 1) * sx + kx + window.origin[1]
    edge = np.where(last >= size[1], _NOT_LAST, _ALL)
    edge = np.where(first < 0, _NOT_FIRST, edge)
    edge = np.where((last < 0) | (first >= size[1]), _NONE, edge)
    outside = (rows < 0) | (rows >= size[0])
    modes = np.where(outside[:, None, None, :], _NONE, edge[None, :, :, None])
    if not skip:
        modes[...] = _ALL
    begins, ranges = _ranges(modes.reshape(window.rows * len(pieces), kh * kw))
    return TilePlan(
        phases, high, wide, taps.T.reshape(-1).astype(np.int32), pieces, begins, ranges,
        line, phases[1] * wide, phases[0] * high * line,
        sum(max(_LEAST, int(pixels)) for pixels in pieces[:, PIXELS_OF]),
    )  # fmt: skip


# Columns of `TilePlan.pieces`.
FIRST_COLUMN, PIXELS_OF = range(2)
_LEAST = 5  # fewer pixels wait for their own sums


def _ranges(modes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Neighbouring taps of one mode together: where each tile's ranges begin, and all of them."""
    change = modes[:, 1:] != modes[:, :-1]
    edge = np.ones((len(modes), 1), np.bool_)
    tile, first = np.nonzero(np.hstack([edge, change]))
    _, until = np.nonzero(np.hstack([change, edge]))
    mode = modes[tile, first]
    found = np.stack([first, until + 1, mode], axis=1)[mode != _NONE]
    counts = np.bincount(tile[mode != _NONE], minlength=len(modes))
    return np.append(0, counts.cumsum()).astype(np.int64), found.astype(np.int64)


@functools.cache
def _pieces(columns: int) -> tuple[tuple[int, int], ...]:
    """Columns shared out among tiles, the cheapest way; between equals the fewest tiles."""
    best: list[tuple[float, tuple[int, ...]]] = [(0, ())]
    for end in range(1, columns + 1):
        best.append(
            min(
                (best[end - size][0] + max(size, _LEAST) + 0.5, (*best[end - size][1], size))
                for size in PIXELS
                if size <= end
            )
        )
    sizes = best[columns][1]
    return tuple((sum(sizes[:number]), size) for number, size in enumerate(sizes))
