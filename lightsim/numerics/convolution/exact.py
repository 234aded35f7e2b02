"""Convolution of integers, exact: shifting and adding the terms equals multiplying by their sum."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.convolution.plain import add_exact, add_wrapping
from lightsim.numerics.dot_products.blocks import Sums, add_dots
from lightsim.numerics.filters.packed import Filters, exact_filters
from lightsim.numerics.images.window import Pair, Window
from lightsim.numerics.sums.accumulator import Accumulators, is_int32

__all__ = ["convolve"]


def convolve(
    x: NDArray[np.int16],
    weights: NDArray[np.int16] | Filters,
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
    pad_value: int = 0,
) -> None:
    """Adds the convolution of `x` [batch, in, h, w] into `out` [batch, out, rows, columns]:

    out[b, m, r, c] += sum over n, ky, kx of
        x[b, n, r * stride[0] + ky + origin[0], c * stride[1] + kx + origin[1]]
        * weights[m, n, ky, kx]

    with `weights` [out, in, kh, kw] (a dense layer's kernel is the whole image), as they are or
    packed before by `exact_filters`, and `pad_value` for positions outside `x`: -1 where 1-bit
    tensors are padded, else 0. Since it adds, a sum over channel tiles is made by calling it
    for each. An int32 `out` is computed modulo 2**32, an int64 `out` is exact. Raises
    `InputError` for shapes that do not join.
    """
    filters = weights if isinstance(weights, Filters) else exact_filters(weights)
    _check(x, filters.shape, out)
    kernel = (filters.shape[2], filters.shape[3])
    window = Window(kernel, stride, origin, out.shape[2], out.shape[3])
    if x.size == 0 or out.size == 0 or filters.empty:
        return
    if is_int32(out):
        _add(x, filters, out, window, pad_value)
        return
    exact = cast(NDArray[np.int64], out)
    if _largest(x, pad_value) * filters.largest() < 1 << 31:
        narrow = np.zeros(out.shape, np.int32)
        _add(x, filters, narrow, window, pad_value)
        exact += narrow
    else:
        add_exact(x, filters.numbers(), exact, window, pad_value)


def _check(x: NDArray[np.int16], shape: tuple[int, int, int, int], out: Accumulators) -> None:
    if x.dtype != np.int16:
        raise InputError("convolve", f"{x.dtype} by int16", "int16 by int16")
    if out.dtype not in (np.int32, np.int64):
        raise InputError("convolve", f"accumulators of type {out.dtype}", "int32 or int64")
    wanted = (x.shape[0], shape[0])
    if x.ndim != 4 or out.ndim != 4 or out.shape[:2] != wanted:
        raise InputError("convolve", f"out of shape {list(out.shape)}", f"{list(wanted)} + pixels")
    if x.shape[1] != shape[1]:
        raise InputError("convolve", f"{x.shape[1]} channels", f"{shape[1]}, as the weights have")


def _largest(x: NDArray[np.int16], pad_value: int) -> int:
    return max(abs(int(x.min())), abs(int(x.max())), abs(pad_value), 1)


def _add(
    x: NDArray[np.int16],
    filters: Filters,
    out: NDArray[np.int32],
    window: Window,
    pad_value: int,
) -> None:
    if not add_dots(x, filters, window, pad_value, Sums(out)):
        add_wrapping(x, filters.numbers(), out, window, pad_value)
