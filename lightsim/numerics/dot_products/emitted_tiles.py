"""Tiles of sums, filters in the lanes and pixels one after the other, written in LLVM's language.

A vector holds one word of sixteen filters; a pixel's word is repeated in all lanes of another.
Fourteen pixels by two vectors of sums stay in registers, so the pixels of a row need not fill
vectors, and a pixel at the edge leaves out the taps that see nothing but padding. The sums of a
tile are turned round in registers: what is written down is a line of pixels of every filter.

This file imports numba: it is itself imported by the first convolution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.dot_products.tile_code import (
    add_line,
    add_over,
    requantise_high,
    requantise_line,
    tile,
)
from lightsim.numerics.dot_products.tile_plan import FIRST_COLUMN, PIXELS_OF
from lightsim.numerics.vectors.instruction import INSTRUCTIONS

__all__ = ["TILE_KERNELS", "TILE_LINES"]

TILE_LINES = 4  # lines of narrow outputs that get what a byte does not hold together
_NARROW = 32


def _tiles(name: str) -> Callable[..., None]:
    """The kernel whose tiles are made of the row called `name`."""

    @compiled(_SIGNATURE)
    def run(
        words: NDArray[np.uint32],
        index: NDArray[np.int32],
        ends: NDArray[np.int64],
        first_phase: NDArray[np.int64],
        position: NDArray[np.int64],
        over_words: NDArray[np.uint32],
        over_index: NDArray[np.int32],
        over_ends: NDArray[np.int64],
        pieces: NDArray[np.int64],
        begins: NDArray[np.int64],
        ranges: NDArray[np.int64],
        image: NDArray[np.uint32],
        size: tuple[int, int, int, int],
        offset: NDArray[np.int32],
        scale: int,
        totals: NDArray[np.int32],
        place: tuple[int, int, int, int],
        multiplier: NDArray[np.int32],
        rule: Any,
        out: NDArray[np.int16],
    ) -> None:
        images, image_words, line, lines = size
        factor, last = np.int32(scale), pieces.shape[0] - 1
        columns = pieces[last, FIRST_COLUMN] + pieces[last, PIXELS_OF]
        group, taps = TILE_LINES if columns <= _NARROW else 1, ends.shape[1] // 2
        # Lines follow one another, as they do in the output.
        wide = columns * group + 16
        sums = np.empty(32 * wide, np.int32)
        # Where multipliers shifted by so much are 32-bit numbers, upper halves are the result.
        shift, nudge, negative, odd, lowest, highest = rule
        up = 32 - shift
        high = negative == 0 and odd == 0 and 0 <= up <= 31
        for m in range(multiplier.size if high else 0):
            high = high and 0 <= multiplier[m] <= 0x7FFFFFFF >> up
        up = up if high else 0
        high_rule = (nudge << up, lowest, highest)
        for job in range(images * ends.shape[0]):
            b, k = divmod(job, ends.shape[0])
            filters = 32 if position[k * 32 + 16] >= 0 else 16
            at, phase = k * ends.shape[1], first_phase[k]
            for row in range(0, lines, group):
                here = min(group, lines - row)
                origin = b * image_words + row * line
                for g in range(here):
                    for s in range(last + 1):
                        column, pixels, number = pieces[s, FIRST_COLUMN], pieces[s, PIXELS_OF], s
                        number += (row + g) * (last + 1)
                        begin, to = origin + g * line + column, g * columns + column
                        span = (begins[number], begins[number + 1])
                        where = (begin, at, taps, phase, span[0], span[1], to, wide)
                        if filters == 32:
                            tile(name, 2, pixels, words, index, ends, ranges, image, sums, where)
                        else:
                            tile(name, 1, pixels, words, index, ends, ranges, image, sums, where)
                for f in range(filters):
                    m = position[k * 32 + f]
                    if m < 0:
                        break
                    over = (over_ends[m], over_ends[m + 1])
                    if over[0] < over[1]:
                        for c in range(0, columns, 16):
                            where_over = (f * wide + c, columns, origin + c, line, columns - c)
                            if group == 1:
                                add_over(
                                    name, 1, over_words, over_index, image, sums, over, where_over
                                )
                            else:
                                add_over(
                                    name, 4, over_words, over_index, image, sums, over, where_over
                                )
                at_line, length = place[0] + b * place[1] + row * columns, here * columns
                for f in range(filters):
                    m = position[k * 32 + f]
                    if m < 0:
                        break
                    first, to = offset[m], at_line + m * place[2]
                    by = np.int32(multiplier[m] << up)
                    for c in range(0, length, 16):
                        lane, count = f * wide + c, length - c
                        if out.size == 0:
                            add_line(sums, lane, first, factor, count, totals, to + c)
                        elif high:
                            requantise_high(
                                sums, lane, first, factor, count, out, to + c, by, high_rule
                            )
                        else:
                            requantise_line(sums, lane, first, factor, count, out, to + c, by, rule)

    return run


_SIGNATURE = (
    "void(Array(uint32, 2, 'C', True), Array(int32, 1, 'C', True), Array(int64, 2, 'C', True), "
    "Array(int64, 1, 'C', True), Array(int64, 1, 'C', True), Array(uint32, 1, 'C', True), "
    "Array(int32, 1, 'C', True), Array(int64, 1, 'C', True), Array(int64, 2, 'C', True), "
    "Array(int64, 1, 'C', True), Array(int64, 2, 'C', True), Array(uint32, 1, 'C', True), "
    "UniTuple(int64, 4), Array(int32, 1, 'C', True), int64, int32[::1], UniTuple(int64, 4), "
    "Array(int32, 1, 'C', True), UniTuple(int64, 6), int16[::1])"
)
TILE_KERNELS = {name: _tiles(name) for name, row in INSTRUCTIONS.items() if row.tiles}
