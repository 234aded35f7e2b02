"""What a convolution of one shape needs besides its numbers, looked up once and kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.dot_products.tile_plan import TilePlan, tile_plan
from lightsim.numerics.filters.packed import Filters
from lightsim.numerics.images.lanes import Lanes, lanes_of
from lightsim.numerics.images.window import Pair, Window
from lightsim.numerics.vectors.instruction import Instruction

__all__ = ["Form", "form_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How images of one shape become words, and what the kernel is given beside them.

    fill(x, *words, image) makes the words, of which there are `room`; then
    kernel(*head, image, *tail, .. what belongs to the output) is called. `scale` times the dot
    products and `constant` are the sums; `sums` numbers hold what the kernel has not finished.
    """

    fill: Any
    words: tuple[Any, ...]
    room: int
    kernel: Any
    head: tuple[Any, ...]
    tail: tuple[Any, ...]
    sums: int
    scale: int
    constant: NDArray[np.int32]


def form_of(
    row: Instruction,
    shape: tuple[int, ...],
    filters: Filters,
    window: Window,
    pad_value: int,
    offset: int,
) -> Form:
    """For `x` of `shape` moved up by `offset`, by the instruction `row`; packs the filters."""
    from lightsim.numerics.dot_products.emitted import KERNELS
    from lightsim.numerics.dot_products.emitted_tiles import TILE_KERNELS, TILE_LINES
    from lightsim.numerics.images.words import number_words, sign_words

    batch, channels, high, wide = shape
    words = -(-channels * filters.shifts // row.numbers)
    blank = row.product != "signs" and pad_value + offset == 0
    layout = _layout(row, filters, window, words, (high, wide), blank)
    size = (batch, words, *layout.phases, layout.high, layout.wide)
    fill: Any = sign_words if row.product == "signs" else number_words
    how = () if row.product == "signs" else ((row.numbers, filters.shifts, offset, pad_value),)
    strides = channels * high * wide, high * wide, wide
    given = strides, shape, (*window.stride, *window.origin), *how, size, layout.steps
    # Room behind for a line of pixels, and for vectors that read on.
    room = batch * layout.image + layout.wide * window.stride[1] + row.vectors * row.lanes
    scale, constant = 1, np.zeros(filters.shape[0], np.int32)
    if row.product == "signs":
        # Numbers that agree count 1, others -1: all of them less twice those that differ.
        scale, constant = -2, np.full(len(constant), math.prod(filters.shape[1:]), np.int32)
    elif offset:
        constant = filters.sums() * np.int32(-offset)
    if isinstance(layout, TilePlan):
        tiles = filters.packed_tiles(row)
        rows, over = (
            (part.words, part.offsets(layout.taps, layout.step))
            for part in (tiles.rows, tiles.over)
        )
        head: tuple[Any, ...] = (*rows, tiles.ends, tiles.first, tiles.position, *over)
        head = (*head, tiles.over_ends, layout.pieces, layout.begins, layout.ranges)
        tail: tuple[Any, ...] = ((batch, layout.image, layout.line, window.rows),)
        room += TILE_LINES * layout.line
        return Form(fill, given, room, TILE_KERNELS[row.name], head, tail, 0, scale, constant)
    packed = filters.packed(row)
    head = packed.words, packed.index, packed.blocks, packed.position, layout.table
    tail = (batch, layout.image), layout.begins, layout.segments, layout.chunks
    sums = row.filters * layout.largest * row.lanes
    return Form(fill, given, room, KERNELS[row.name], head, tail, sums, scale, constant)


def _layout(
    row: Instruction, filters: Filters, window: Window, words: int, size: Pair, blank: bool
) -> Lanes | TilePlan:
    """Whichever of the two takes fewer steps; `blank` is whether padding is words of zeros."""
    lanes = lanes_of(window.at_origin, words, row.lanes)
    if not filters.fit_tiles(row):
        return lanes
    plan = tile_plan(window, words, size, blank)
    tiled = -(-filters.shape[0] // row.lanes) * plan.cost * window.rows
    in_blocks = -(-filters.shape[0] // row.filters) * row.filters * len(lanes.begins)
    return plan if tiled <= in_blocks else lanes
