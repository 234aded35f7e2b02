"""Convolution of integers, exact: shifting and adding the terms equals multiplying by their sum."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.accumulator import Accumulators, is_int32
from lightsim.numerics.dot import Vectors, dot_exact, dot_wrapping
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
        filters = _filters_as_given(weights)
        dot_exact(_patches(x, window, pad_value, filters.length), filters, exact)


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
    # Few channels make short runs, and a lone output has no neighbour to share its row with.
    if channels * window.kernel[1] < 2 * _VECTOR or window.rows * window.columns == 1:
        filters, row_values = _filters_as_given(weights), window.columns * weights[0].size
        gather = _patches
    else:
        filters = _filters_channels_last(weights)
        row_values = window.stride[0] * window.span[1] * channels
        gather = _image_channels_last
    rows = min(window.rows, max(1, _STRIP_VALUES // row_values))
    images = max(1, _STRIP_VALUES // (row_values * window.rows)) if rows == window.rows else 1
    for b in range(0, len(x), images):
        for r in range(0, window.rows, rows):
            part = out[b : b + images, :, r : r + rows]
            strip = window.strip(r, part.shape[2])
            pixels = gather(x[b : b + images], strip, pad_value, filters.length)
            dot_wrapping(pixels, filters, part)


def _image_channels_last(
    x: NDArray[np.int16], window: Window, pad_value: int, length: int
) -> Vectors:
    """A row of a window is one run of kw * in neighbouring numbers of the padded image."""
    batch, channels = x.shape[:2]
    high, wide = window.span
    image = np.empty((batch, high, wide, channels), np.int16)
    channels_last(x, window.origin[0], window.origin[1], pad_value, image)
    begin = (
        np.arange(batch)[:, None, None] * (high * wide * channels)
        + np.arange(window.rows)[:, None] * (window.stride[0] * wide * channels)
        + np.arange(window.columns) * (window.stride[1] * channels)
    )
    segments = window.kernel[0]
    return Vectors(image.reshape(-1), begin.reshape(-1), segments, wide * channels, length)


def _filters_channels_last(weights: NDArray[np.int16]) -> Vectors:
    """The filters to go with `_image_channels_last`."""
    filters, channels, kh, kw = weights.shape
    if kh == kw == 1:
        return _rows(weights.reshape(filters, channels))
    turned = np.empty((filters, kh, kw, channels), np.int16)
    filters_channels_last(weights, turned)
    length = kw * channels
    return Vectors(turned.reshape(-1), np.arange(filters) * (kh * length), kh, length, length)


def _patches(x: NDArray[np.int16], window: Window, pad_value: int, length: int) -> Vectors:
    """Every window by itself, one run in the weights' own order, zeros up to `length`."""
    whole = x.shape[2:] == window.span == window.kernel and window.origin == (0, 0)
    if whole and length == x[0].size:
        return _rows(x.reshape(len(x), length))
    shape = (window.rows, window.columns)
    rows = np.empty((len(x) * window.rows * window.columns, length), np.int16)
    patches(x, window.kernel, window.stride, window.origin, shape, pad_value, rows)
    return _rows(rows)


def _filters_as_given(weights: NDArray[np.int16]) -> Vectors:
    """The filters to go with `_patches`: short ones filled up to whole vectors."""
    filters, length = len(weights), weights[0].size
    if length >= 16 * _VECTOR or length % _VECTOR == 0:
        return _rows(weights.reshape(filters, length))
    filled = np.zeros((filters, -(-length // _VECTOR) * _VECTOR), np.int16)
    filled[:, :length] = weights.reshape(filters, length)
    return _rows(filled)


def _rows(matrix: NDArray[np.int16]) -> Vectors:
    """The rows of a matrix as vectors, without a copy where their numbers are neighbours."""
    high, wide = matrix.shape
    step, rest = divmod(matrix.strides[0], matrix.itemsize)
    if matrix.strides[1] != matrix.itemsize or rest or step < 0:
        matrix, step = np.ascontiguousarray(matrix), wide
    flat = np.lib.stride_tricks.as_strided(
        matrix, ((high - 1) * step + wide,), (matrix.itemsize,), writeable=False
    )
    return Vectors(flat, np.arange(high) * step, 1, 0, wide)
