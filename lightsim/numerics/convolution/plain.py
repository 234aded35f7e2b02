"""Exact convolution in plain compiled loops, for any processor and any 16-bit numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.dot_products.plain import Vectors, dot_exact, dot_wrapping
from lightsim.numerics.images.gather import channels_last, filters_channels_last, patches
from lightsim.numerics.images.window import Window

__all__ = ["add_exact", "add_wrapping"]

_STRIP_VALUES = 1 << 18  # int16 values of gathered input at a time: half a megabyte
_VECTOR = 32  # a run is a whole number of vectors where it is cheap to make it so


def add_wrapping(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    out: NDArray[np.int32],
    window: Window,
    pad_value: int,
) -> None:
    """Adds the convolution of `convolution.convolve` into `out`, modulo 2**32."""
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


def add_exact(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    out: NDArray[np.int64],
    window: Window,
    pad_value: int,
) -> None:
    """As `add_wrapping`, with 64-bit sums of any numbers; slower."""
    filters = _filters_as_given(weights)
    dot_exact(_patches(x, window, pad_value, filters.length), filters, out)


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
