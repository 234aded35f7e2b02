"""Pooling: the largest value of a window, and its sum for average and global pooling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.compiled import compiled
from lightsim.numerics.window import Pair, Window

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
    _max_pool(x, window.kernel, window.stride, window.origin, out)
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


_SIGNATURE = (
    "void(Array(int16, 4, 'A', True), UniTuple(int64, 2), UniTuple(int64, 2), "
    "UniTuple(int64, 2), {}[:, :, :, ::1])"
)


@compiled(_SIGNATURE.format("int16"))
def _max_pool(
    x: NDArray[np.int16], kernel: Pair, stride: Pair, origin: Pair, out: NDArray[np.int16]
) -> None:
    for b in range(out.shape[0]):
        for n in range(out.shape[1]):
            for r in range(out.shape[2]):
                top = r * stride[0] + origin[0]
                for c in range(out.shape[3]):
                    left = c * stride[1] + origin[1]
                    best = np.int64(-32768)
                    begin, end = max(0, left), max(0, min(x.shape[3], left + kernel[1]))
                    for i in range(max(0, top), min(x.shape[2], top + kernel[0])):
                        seen = x[b, n, i, begin:end]
                        for j in range(seen.size):
                            best = max(best, np.int64(seen[j]))
                    out[b, n, r, c] = best


@compiled(_SIGNATURE.format("int32"))
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
