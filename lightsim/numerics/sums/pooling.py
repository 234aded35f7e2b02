"""Pooling: the largest value of a window, and its sum for average and global pooling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.kernels.compiled import compiled
from lightsim.numerics.images.window import Pair, Window

__all__ = ["max_pool", "sum_pool"]


def max_pool(
    x: NDArray[np.int16], kernel: Pair, stride: Pair, origin: Pair, out_shape: Pair
) -> NDArray[np.int16]:
    """int16[batch, channels, *out_shape]: the largest x[b, n, ...] of every window.

    Padding never wins. Raises `InputError` if a window holds nothing but padding.
    """
    window = Window(kernel, stride, origin, *out_shape)
    for axis, name in ((0, "row"), (1, "column")):
        begin = np.arange(out_shape[axis]) * stride[axis] + origin[axis]
        empty = np.flatnonzero((begin + kernel[axis] <= 0) | (begin >= x.shape[2 + axis]))
        if empty.size:
            raise InputError("max_pool", f"output {name} {empty[0]} sees padding only")
    out = np.empty((*x.shape[:2], *out_shape), np.int16)
    if x.shape[2:] == window.span and kernel == stride == (2, 2) and origin == (0, 0):
        _max_of_four(np.ascontiguousarray(x).reshape(-1), out_shape[1], out.reshape(-1))
        return out
    line = np.empty(window.span[1], np.int16)
    flat, size = np.ascontiguousarray(x).reshape(-1), (out.shape[0] * out.shape[1], *x.shape[2:])
    moves = (*window.kernel, *window.stride, *window.origin)
    _max_pool(flat, size, moves, out_shape, line, out.reshape(-1))
    return out


def sum_pool(
    x: NDArray[np.int16], kernel: Pair, stride: Pair, origin: Pair, out_shape: Pair
) -> NDArray[np.int32]:
    """int32[batch, channels, *out_shape]: the sum of every window, padding counted as 0.

    Requantised, it is average pooling; with the whole image as kernel, global pooling.
    """
    window = Window(kernel, stride, origin, *out_shape)
    out = np.empty((*x.shape[:2], *out_shape), np.int32)
    _sum_pool(x, window.kernel, window.stride, window.origin, out)
    return out


@compiled(
    "void(Array(int16, 1, 'C', True), UniTuple(int64, 3), UniTuple(int64, 6), UniTuple(int64, 2), "
    "int16[::1], int16[::1])"
)
def _max_pool(
    x: NDArray[np.int16],
    size: tuple[int, int, int],
    moves: tuple[int, int, int, int, int, int],
    shape: tuple[int, int],
    line: NDArray[np.int16],
    out: NDArray[np.int16],
) -> None:
    """The largest of each column of a window in `line`, then the largest of each window there.

    Flat arrays and indices without a sign, for the reasons given in `planes._split`.
    """
    kernel_y, kernel_x, stride_y, stride_x, top, left = moves
    word = np.uint64
    first = min(max(0, -left), line.size)
    last = max(first, min(line.size, size[2] - left))
    for n in range(size[0]):
        for r in range(shape[0]):
            begin = r * stride_y + top
            for j in range(line.size):
                line[j] = -32768
            for i in range(max(0, begin), min(size[1], begin + kernel_y)):
                seen = word((n * size[1] + i) * size[2] + first + left)
                to = word(first)
                for j in range(word(last - first)):
                    line[to + j] = max(line[to + j], x[seen + j])
            at = word((n * shape[0] + r) * shape[1])
            for c in range(word(shape[1])):
                out[at + c] = line[c * word(stride_x)]
            for kx in range(word(1), word(kernel_x)):
                for c in range(word(shape[1])):
                    out[at + c] = max(out[at + c], line[c * word(stride_x) + kx])


@compiled("void(Array(int16, 1, 'C', True), int64, int16[::1])")
def _max_of_four(x: NDArray[np.int16], columns: int, out: NDArray[np.int16]) -> None:
    """Two by two pixels of images with an even number of rows of 2 * `columns` pixels.

    First the pairs of all lines in one loop, because lines are short.
    """
    word = np.uint64
    pairs = np.empty(x.size // 2, np.int16)
    for i in range(word(pairs.size)):
        pairs[i] = max(x[i * word(2)], x[i * word(2) + word(1)])
    for r in range(word(out.size // max(columns, 1))):
        to, above = r * word(columns), r * word(2 * columns)
        below = above + word(columns)
        for c in range(word(columns)):
            out[to + c] = max(pairs[above + c], pairs[below + c])


@compiled(
    "void(Array(int16, 4, 'A', True), UniTuple(int64, 2), UniTuple(int64, 2), "
    "UniTuple(int64, 2), int32[:, :, :, ::1])"
)
def _sum_pool(
    x: NDArray[np.int16], kernel: Pair, stride: Pair, origin: Pair, out: NDArray[np.int32]
) -> None:
    for b in range(out.shape[0]):
        for n in range(out.shape[1]):
            for r in range(out.shape[2]):
                top = r * stride[0] + origin[0]
                for c in range(out.shape[3]):
                    left = c * stride[1] + origin[1]
                    total = np.int64(0)
                    begin, end = max(0, left), max(0, min(x.shape[3], left + kernel[1]))
                    for i in range(max(0, top), min(x.shape[2], top + kernel[0])):
                        seen = x[b, n, i, begin:end]
                        for j in range(seen.size):
                            total += seen[j]
                    out[b, n, r, c] = total
