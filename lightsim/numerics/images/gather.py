"""Input values copied into the order in which dot products read them, padding filled in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled

__all__ = ["channels_last", "filters_channels_last", "patches"]


@compiled(
    "void(Array(int16, 4, 'A', True), int64, int64, int64, int16[:, :, :, ::1])",
)
def channels_last(
    x: NDArray[np.int16], top: int, left: int, pad_value: int, out: NDArray[np.int16]
) -> None:
    """out[b, i, j, n] = x[b, n, i + top, j + left], or `pad_value` outside x."""
    batch, high, wide, channels = out.shape
    first, last = max(0, -left), min(wide, x.shape[3] - left)
    for b in range(batch):
        for i in range(high):
            row = i + top
            if row < 0 or row >= x.shape[2] or first >= last:
                out[b, i] = pad_value
                continue
            out[b, i, :first] = pad_value
            out[b, i, last:] = pad_value
            # Sliced first, because an index that might be negative costs a branch a number.
            seen = x[b, :, row, first + left : last + left]
            to = out[b, i, first:last]
            for j in range(last - first):
                for n in range(channels):
                    to[j, n] = seen[n, j]


@compiled("void(Array(int16, 4, 'A', True), int16[:, :, :, ::1])")
def filters_channels_last(weights: NDArray[np.int16], out: NDArray[np.int16]) -> None:
    """out[m, i, j, n] = weights[m, n, i, j]."""
    filters, high, wide, channels = out.shape
    for m in range(filters):
        for i in range(high):
            for j in range(wide):
                for n in range(channels):
                    out[m, i, j, n] = weights[m, n, i, j]


@compiled(
    "void(Array(int16, 4, 'A', True), UniTuple(int64, 2), UniTuple(int64, 2), "
    "UniTuple(int64, 2), UniTuple(int64, 2), int64, int16[:, ::1])"
)
def patches(
    x: NDArray[np.int16],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    origin: tuple[int, int],
    shape: tuple[int, int],
    pad_value: int,
    out: NDArray[np.int16],
) -> None:
    """out[pixel] = the window of x that output pixel (b, r, c) sees, in order n, ky, kx.

    `shape` is the output's rows and columns; what is left of a row of `out` becomes 0.
    """
    used = x.shape[1] * kernel[0] * kernel[1]
    columns = shape[1]
    out[:, used:] = 0
    for b in range(x.shape[0]):
        for r in range(shape[0]):
            # Along the row of outputs, tap by tap: long loops, and the rows stay in the cache.
            place = (b * shape[0] + r) * columns
            rows = out[place : place + columns]
            for tap in range(used):
                n, rest = divmod(tap, kernel[0] * kernel[1])
                ky, kx = divmod(rest, kernel[1])
                i, left = r * stride[0] + origin[0] + ky, origin[1] + kx
                if i < 0 or i >= x.shape[2]:
                    rows[:, tap] = pad_value
                    continue
                first = min(max(0, -(left // stride[1])), columns)
                last = max(first, min(columns, -((left - x.shape[3]) // stride[1])))
                rows[:first, tap] = pad_value
                rows[last:, tap] = pad_value
                seen = x[b, n, i, first * stride[1] + left :]
                to = rows[first:last, tap]
                for c in range(last - first):
                    to[c] = seen[c * stride[1]]
