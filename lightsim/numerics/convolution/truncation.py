"""Convolution by shifted terms whose dropped bits are lost, as the cheapest hardware does it."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.convolution.plain_truncation import add_truncating
from lightsim.numerics.dot_products.blocks import Sums, add_dots
from lightsim.numerics.filters.packed import Filters, truncating_filters
from lightsim.numerics.images.window import Pair, Window
from lightsim.numerics.sums.accumulator import Accumulators, is_int32

__all__ = ["convolve_shifted", "convolve_truncating"]


def convolve_truncating(
    x: NDArray[np.int16],
    sign: NDArray[np.int8],
    exponent: NDArray[np.int8],
    present: NDArray[np.bool_],
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
    pad_value: int = 0,
) -> None:
    """Adds into `out` [batch, out, rows, columns], for every term that is present:

    out[b, m, r, c] += sum over t, n, ky, kx of sign[t, m, n, ky, kx]
        * (x[b, n, r * stride[0] + ky + origin[0], c * stride[1] + kx + origin[1]]
           >> exponent[t, m, n, ky, kx])

    `sign`, `exponent` (0..7) and `present` are [terms, out, in, kh, kw], as `Codec.terms` gives
    them. The shift is arithmetic, towards minus infinity, and is done before the sign, so
    -(x >> m) and (-x) >> m may differ. A sum has the unit of `x` itself, 2**0, and not the
    2**-7 of exact accumulation: its requantisation shifts by 7 less. int32 is modulo 2**32,
    int64 exact. Raises `InputError` for shapes that do not join.
    """
    if not sign.shape == exponent.shape == present.shape or sign.ndim != 5:
        raise InputError("terms", f"of shape {list(sign.shape)}", "[terms, out, in, kh, kw]")
    _, filters_out, channels, high, wide = sign.shape
    shape = (filters_out, channels, high, wide)
    filters = truncating_filters(shape, lambda: (sign, exponent, present))
    convolve_shifted(x, filters, out, stride, origin, pad_value)


def convolve_shifted(
    x: NDArray[np.int16],
    filters: Filters,
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
    pad_value: int = 0,
) -> None:
    """As `convolve_truncating`, of terms packed before by `truncating_filters`.

    A channel shifted by 0, 1, .. 7 is eight channels, of which a term multiplies one by its
    sign: truncation is an exact convolution with eight times as many, small numbers.
    """
    _, channels, high, wide = filters.shape
    if x.shape[1] != channels or out.shape[:2] != (len(x), filters.shape[0]):
        raise InputError(
            "convolve_truncating",
            f"x {list(x.shape)}, terms {list(filters.shape)}, out {list(out.shape)}",
            "terms [terms, out, in, kh, kw]",
        )
    if out.size == 0 or filters.empty:
        return
    if filters.terms is None:
        raise ValueError(f"{filters.kind} filters have no terms")
    window = Window((high, wide), stride, origin, out.shape[2], out.shape[3])
    if is_int32(out):
        if not (x.size and add_dots(x, filters, window, pad_value, Sums(out))):
            add_truncating(x, filters.listed(), out, window, pad_value)
        return
    exact = cast(NDArray[np.int64], out)
    largest = max(abs(int(x.min(initial=pad_value))), abs(int(x.max(initial=pad_value))))
    narrow = np.zeros(out.shape, np.int32)
    fits = x.size and largest * filters.largest() < 1 << 31
    if fits and add_dots(x, filters, window, pad_value, Sums(narrow)):
        exact += narrow
    else:
        add_truncating(x, filters.listed(), out, window, pad_value)
