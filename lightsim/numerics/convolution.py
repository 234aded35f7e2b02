"""Convolution of integers, exact: shifting and adding the terms equals multiplying by their sum."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.accumulator import Accumulators, is_int32
from lightsim.numerics.dot import Operand, dot_exact, dot_wrapping
from lightsim.numerics.gather import channels_last, filters_channels_last, patches
from lightsim.numerics.window import Pair, Window

__all__ = ["convolve", "convolve_groups"]

_STRIP_VALUES = 1 << 18  # int16 values of gathered input at a time: half a megabyte
_VECTOR = 32  # a run is a whole number of vectors where it is cheap to make it so


def convolve(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
    pad_value: int = 0,
) -> None:
    """Adds the convolution of `x` [batch, in, h, w] into `out` [batch, out, rows, columns]:

    out[b, m, r, c] += sum over n, ky, kx of
        x[b, n, r * stride[0] + ky + origin[0], c * stride[1] + kx + origin[1]]
        * weights[m, n, ky, kx]

    with `weights` [out, in, kh, kw] (a dense layer's kernel is the whole image) and
    `pad_value` for positions outside `x`: -1 where 1-bit tensors are padded, else 0. Since it
    adds, a sum over channel tiles is made by calling it for each. An int32 `out` is computed
    modulo 2**32, an int64 `out` is exact. Raises `InputError` for shapes that do not join.
    """
    _check(x, weights, out)
    window = Window(
        (weights.shape[2], weights.shape[3]), stride, origin, out.shape[2], out.shape[3]
    )
    if x.size == 0 or out.size == 0 or weights.size == 0:
        return
    if is_int32(out):
        _add_wrapping(x, weights, out, window, pad_value)
        return
    exact = cast(NDArray[np.int64], out)
    if _largest(x, pad_value) * _largest(weights, 0) * weights[0].size < 1 << 31:
        narrow = np.zeros(out.shape, np.int32)
        _add_wrapping(x, weights, narrow, window, pad_value)
        exact += narrow
    else:
        pixels, filters, segments, length = _patch_operands(x, weights, window, pad_value)
        dot_exact(pixels, filters, segments, length, exact)


def convolve_groups(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    out: Accumulators,
    groups: int,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
    pad_value: int = 0,
) -> None:
    """As `convolve`, with `weights` [out, in / groups, kh, kw]: group g's filters see group g's
    channels only.
    """
    if groups < 1 or x.shape[1] % groups or out.shape[1] % groups:
        raise InputError(
            "groups", f"{groups} for {x.shape[1]} and {out.shape[1]} channels", "a divisor of both"
        )
    inner, outer = x.shape[1] // groups, out.shape[1] // groups
    for g in range(groups):
        convolve(
            x[:, g * inner : (g + 1) * inner],
            weights[g * outer : (g + 1) * outer],
            out[:, g * outer : (g + 1) * outer],
            stride,
            origin,
            pad_value,
        )


def _check(x: NDArray[np.int16], weights: NDArray[np.int16], out: Accumulators) -> None:
    if x.dtype != np.int16 or weights.dtype != np.int16:
        raise InputError("convolve", f"{x.dtype} by {weights.dtype}", "int16 by int16")
    if out.dtype not in (np.int32, np.int64):
        raise InputError("convolve", f"accumulators of type {out.dtype}", "int32 or int64")
    wanted = (x.shape[0], weights.shape[0])
    if x.ndim != 4 or weights.ndim != 4 or out.ndim != 4 or out.shape[:2] != wanted:
        raise InputError("convolve", f"out of shape {list(out.shape)}", f"{list(wanted)} + pixels")
    if x.shape[1] != weights.shape[1]:
        raise InputError(
            "convolve", f"{x.shape[1]} channels", f"{weights.shape[1]}, as the weights have"
        )


def _largest(numbers: NDArray[np.int16], pad_value: int) -> int:
    return max(abs(int(numbers.min())), abs(int(numbers.max())), abs(pad_value), 1)


def _add_wrapping(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    out: NDArray[np.int32],
    window: Window,
    pad_value: int,
) -> None:
    channels = x.shape[1]
    narrow = channels * window.kernel[1] < 2 * _VECTOR
    if narrow or window.rows * window.columns == 1:
        operands, row_values = _patch_operands, window.columns * weights[0].size
    else:
        operands, row_values = _image_operands, window.stride[0] * window.span[1] * channels
    rows = min(window.rows, max(1, _STRIP_VALUES // row_values))
    images = max(1, _STRIP_VALUES // (row_values * window.rows)) if rows == window.rows else 1
    for b in range(0, len(x), images):
        for r in range(0, window.rows, rows):
            part = out[b : b + images, :, r : r + rows]
            strip = window.strip(r, part.shape[2])
            pixels, filters, segments, length = operands(
                x[b : b + images], weights, strip, pad_value
            )
            dot_wrapping(pixels, filters, segments, length, part)


def _image_operands(
    x: NDArray[np.int16], weights: NDArray[np.int16], window: Window, pad_value: int
) -> tuple[Operand, Operand, int, int]:
    """Channels last: a row of a window is one run of kw * in neighbouring numbers."""
    batch, channels = x.shape[:2]
    high, wide = window.span
    image = np.empty((batch, high, wide, channels), np.int16)
    channels_last(x, window.origin[0], window.origin[1], pad_value, image)
    begin = (
        np.arange(batch)[:, None, None] * (high * wide * channels)
        + np.arange(window.rows)[:, None] * (window.stride[0] * wide * channels)
        + np.arange(window.columns) * (window.stride[1] * channels)
    )
    pixels = Operand(image.reshape(-1), begin.reshape(-1), wide * channels)
    kh, kw = window.kernel
    if kh == kw == 1:
        return pixels, _rows(weights.reshape(len(weights), channels)), 1, channels
    turned = np.empty((len(weights), kh, kw, channels), np.int16)
    filters_channels_last(weights, turned)
    length = kw * channels
    filters = Operand(turned.reshape(-1), np.arange(len(weights)) * (kh * length), length)
    return pixels, filters, kh, length


def _patch_operands(
    x: NDArray[np.int16], weights: NDArray[np.int16], window: Window, pad_value: int
) -> tuple[Operand, Operand, int, int]:
    """Every window by itself, one run in the weights' own order."""
    length = weights[0].size
    padded = -(-length // _VECTOR) * _VECTOR if length < 16 * _VECTOR else length
    if padded == length:
        filters = _rows(weights.reshape(len(weights), length))
    else:
        filled = np.zeros((len(weights), padded), np.int16)
        filled[:, :length] = weights.reshape(len(weights), length)
        filters = _rows(filled)
    if x.shape[2:] == window.span == window.kernel and window.origin == (0, 0) and padded == length:
        return _rows(x.reshape(len(x), length)), filters, 1, length
    shape = (window.rows, window.columns)
    rows = np.empty((len(x) * shape[0] * shape[1], padded), np.int16)
    patches(x, window.kernel, window.stride, window.origin, shape, pad_value, rows)
    return _rows(rows), filters, 1, padded


def _rows(matrix: NDArray[np.int16]) -> Operand:
    """The rows of a matrix as vectors, without a copy where their numbers are neighbours."""
    high, wide = matrix.shape
    step, rest = divmod(matrix.strides[0], matrix.itemsize)
    if matrix.strides[1] != matrix.itemsize or rest or step < 0:
        matrix, step = np.ascontiguousarray(matrix), wide
    flat = np.lib.stride_tricks.as_strided(
        matrix, ((high - 1) * step + wide,), (matrix.itemsize,), writeable=False
    )
    return Operand(flat, np.arange(high) * step, 0)
