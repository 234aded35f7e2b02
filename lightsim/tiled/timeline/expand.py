"""The tiles of every pass in order, and the transfers of every stream, made from the tables."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel
from lightsim.tiled.timeline.layout import (
    BEHIND,
    BLOCK,
    COLUMNS,
    CONVOLVES,
    EXTENTS,
    FINISHES,
    FLAGS,
    FREES_INPUT,
    FREES_WEIGHT,
    FULL_GROUP,
    GROUP_BEGIN,
    GROUP_END,
    GROUPS_AT,
    HAS_RESIDUAL,
    HAS_WEIGHTS,
    INNER,
    INPUT,
    KERNEL,
    LAST_GROUP,
    LOADS_INPUT,
    LOADS_RESIDUAL,
    LOADS_WEIGHT,
    ORDER,
    OUTER,
    OUTPUT,
    OUTPUTS,
    PADDING,
    PHASES,
    PIXELS,
    POOL,
    POST_LANES,
    RANGE_FIELDS,
    REACH,
    REPEAT,
    RESIDUAL,
    SCALE,
    SIZES,
    SOURCE_COLUMNS,
    SOURCE_ROWS,
    STRIDE,
    TILE_FIELDS,
    TILES_FROM,
    TRANSFER_FIELDS,
    WEIGHT,
    WEIGHTS_AT,
)
from lightsim.tiled.timeline.transfers import fill_box, fill_line, next_transfer

__all__ = ["Lists", "expand"]

Table = NDArray[np.int64]

_EMPTY = (0, 0)


class Lists(NamedTuple):
    """The tiles and the transfers of all passes of a program.

    `tiles` int64[tile, TILE_FIELDS]; `transfers` int64[stream, transfer, TRANSFER_FIELDS]. Pass i
    has the tiles from `ranges[i, TILES_FROM]` up to `ranges[i + 1, TILES_FROM]`. The column
    TRANSFERS_FROM + s of `ranges` gives the transfers of stream s in the same way.
    """

    tiles: Table
    transfers: Table
    ranges: Table


@njit(cache=True, error_model="numpy")
def expand(passes: Table, group_starts: Table, weights: Table, word: int) -> tuple[Table, ...]:
    """The fields of `Lists`, made from a program's tables; `word` is the port width in bytes."""
    total = 0
    for index in range(len(passes)):
        p = passes[index]
        total += _count(p, 0) * _inner_tiles(p) * _positions(p)
    tiles = np.empty((total, TILE_FIELDS), np.int64)
    transfers = np.empty((4, total, TRANSFER_FIELDS), np.int64)
    ranges = np.zeros((len(passes) + 1, RANGE_FIELDS), np.int64)
    at = np.zeros(RANGE_FIELDS, np.int64)
    loops = np.empty(3, np.int64)
    for index in range(len(passes)):
        ranges[index] = at
        _expand_pass(passes[index], group_starts, weights, word, tiles, transfers, at, loops)
    ranges[len(passes)] = at
    return tiles, transfers, ranges


@inlined
def _count(p: Table, axis: int) -> int:
    """The number of tiles along one of the five extents."""
    return int(-(-p[EXTENTS + axis] // p[SIZES + axis]))


@inlined
def _inner_tiles(p: Table) -> int:
    """The number of tiles along the input channels, which only ungrouped convolutions cut."""
    return _count(p, 1) if p[HAS_WEIGHTS] and not p[OUTER] else 1


@inlined
def _positions(p: Table) -> int:
    return _count(p, 2) * _count(p, 3) * _count(p, 4)


@inlined
def _span(p: Table, axis: int, index: int) -> tuple[int, int]:
    """The half-open span of tile `index` along an extent."""
    start = index * p[SIZES + axis]
    return start, min(start + p[SIZES + axis], p[EXTENTS + axis])


@inlined
def _input_span(p: Table, m: int, n: int) -> tuple[int, int]:
    """The half-open span of the input channels that a tile reads."""
    filters = _span(p, 0, m)
    if p[PHASES]:
        return 0, p[EXTENTS + 1]
    if not p[HAS_WEIGHTS]:
        return filters
    outer, inner = p[OUTER], p[INNER]
    if outer:
        first = filters[0] // outer * inner
        return first - first % p[BLOCK], -(-filters[1] // outer) * inner
    return _span(p, 1, n)


@inlined
def _needed(p: Table, axis: int, extent: int, span: tuple[int, int]) -> tuple[int, int]:
    """The input rows or columns that a span of positions reads, clipped to the image."""
    repeat = p[REPEAT + axis]
    if repeat > 1:
        return span[0] // repeat, -(-span[1] // repeat)
    stride, before = p[STRIDE + axis], p[PADDING + axis]
    low = max(span[0] * stride - before, 0)
    high = min((span[1] - 1) * stride - before + p[REACH + axis], extent)
    return (low, high) if low < high else _EMPTY


@kernel
def _expand_pass(
    p: Table,
    group_starts: Table,
    weights: Table,
    word: int,
    tiles: Table,
    transfers: Table,
    at: Table,
    place: Table,
) -> None:
    """List the tiles of a pass in its loop order, and mark the data that each tile loads."""
    counts = (_count(p, 0), _inner_tiles(p), _positions(p))
    has_weights = p[HAS_WEIGHTS] == 1
    tied = p[OUTER] > 0 or not has_weights
    first = at[TILES_FROM]
    before_m, before_n, before_s = -1, -1, -1
    for i in range(counts[p[ORDER]]):
        place[p[ORDER]] = i
        for j in range(counts[p[ORDER + 1]]):
            place[p[ORDER + 1]] = j
            for k in range(counts[p[ORDER + 2]]):
                place[p[ORDER + 2]] = k
                m, n, s = place[0], place[1], place[2]
                now, flags = at[TILES_FROM], 0
                if before_s != s or before_n != n or (tied and before_m != m):
                    flags |= LOADS_INPUT
                if has_weights and (before_m != m or before_n != n):
                    flags |= LOADS_WEIGHT
                if now > first:
                    frees = FREES_INPUT if flags & LOADS_INPUT else 0
                    frees |= FREES_WEIGHT if flags & LOADS_WEIGHT else 0
                    tiles[now - 1, FLAGS] |= frees
                if n == counts[1] - 1:
                    flags |= FINISHES | (LOADS_RESIDUAL if p[HAS_RESIDUAL] else 0)
                tiles[now, FLAGS] = flags | (CONVOLVES if has_weights else 0)
                _expand_tile(
                    p, group_starts, weights, word, now - first, m, n, s, tiles[now], transfers, at
                )
                at[TILES_FROM] += 1
                before_m, before_n, before_s = m, n, s
    tiles[at[TILES_FROM] - 1, FLAGS] |= (FREES_INPUT | FREES_WEIGHT) if has_weights else FREES_INPUT


@inlined
def _expand_tile(
    p: Table,
    group_starts: Table,
    weights: Table,
    word: int,
    index: int,
    m: int,
    n: int,
    s: int,
    row: Table,
    transfers: Table,
    at: Table,
) -> None:
    """List the transfers and the work of tile (m, n, s); `row` already holds its flags."""
    down, across = _count(p, 3), _count(p, 4)
    images = _span(p, 2, s // (down * across))
    rows, columns = _span(p, 3, s // across % down), _span(p, 4, s % across)
    filters, channels = _span(p, 0, m), _input_span(p, m, n)
    flags = row[FLAGS]
    if flags & LOADS_INPUT:
        high, wide = _needed(p, 0, p[SOURCE_ROWS], rows), _needed(p, 1, p[SOURCE_COLUMNS], columns)
        into = transfers[INPUT, next_transfer(at, INPUT)]
        fill_box(p, 0, word, index, images, channels, high, wide, into)
    if flags & LOADS_WEIGHT:
        tile = weights[p[WEIGHTS_AT] + m * _inner_tiles(p) + n]
        fill_line(tile, index, transfers[WEIGHT, next_transfer(at, WEIGHT)])
    if flags & LOADS_RESIDUAL:
        into = transfers[RESIDUAL, next_transfer(at, RESIDUAL)]
        fill_box(p, 1, word, index, images, filters, rows, columns, into)
    if flags & FINISHES:
        high = rows[0] // p[POOL], rows[1] // p[POOL]
        wide = columns[0] // p[POOL + 1], columns[1] // p[POOL + 1]
        into = transfers[OUTPUT, next_transfer(at, OUTPUT)]
        fill_box(p, 2, word, index, images, filters, high, wide, into)
    pixels = (images[1] - images[0]) * (rows[1] - rows[0]) * (columns[1] - columns[0])
    if flags & CONVOLVES:
        _convolution(p, group_starts, m, channels, pixels, row)
    else:
        _elementwise(p, filters, pixels, row)


@inlined
def _convolution(
    p: Table, group_starts: Table, m: int, channels: tuple[int, int], pixels: int, row: Table
) -> None:
    """Write the work of a convolution tile to `row`; `tiled.mapping.tiles.work.tile_groups`
    explains it.
    """
    width = p[PIXELS]
    columns = 1 if p[OUTER] else -(-(channels[1] - channels[0]) // p[COLUMNS])
    row[GROUP_BEGIN] = group_starts[p[GROUPS_AT] + m]
    row[GROUP_END] = group_starts[p[GROUPS_AT] + m + 1]
    row[SCALE] = p[KERNEL] * p[KERNEL + 1] * columns
    row[OUTPUTS] = -(-pixels // width)
    row[FULL_GROUP] = min(width, pixels)
    row[LAST_GROUP] = pixels - (row[OUTPUTS] - 1) * width
    row[BEHIND] = 0


@inlined
def _elementwise(p: Table, channels: tuple[int, int], pixels: int, row: Table) -> None:
    """Write the words of a pooling or addition tile to `row`, and the cycles of each word.

    The rule is a copy of `tiled.mapping.plan.words.streamed`; a test compares the two.
    """
    block, taps, count = p[BLOCK], p[KERNEL] * p[KERNEL + 1], channels[1] - channels[0]
    words = -(-channels[1] // block) - channels[0] // block
    leave = -(-min(block, count) // p[POST_LANES])
    leave_last = -(-(count - (words - 1) * block) // p[POST_LANES])
    row[GROUP_BEGIN:] = 0
    row[SCALE] = max(taps, leave)
    row[OUTPUTS] = pixels * words
    row[BEHIND] = min(taps, leave_last) - 1
