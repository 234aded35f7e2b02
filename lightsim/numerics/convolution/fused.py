"""Convolution and requantisation in one pass: the sums never leave the cache."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.truncation import convolve_shifted
from lightsim.numerics.convolution.xnor import convolve_xnor
from lightsim.numerics.dot_products.blocks import Requantisation, add_dots
from lightsim.numerics.filters.packed import Filters
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.requantise import Rescaling, check_rule, requantise, rounding_rule

__all__ = ["add_products", "convolve_requantised"]


def convolve_requantised(
    x: NDArray[np.int16],
    filters: Filters,
    bias: NDArray[np.int32],
    rescaling: Rescaling,
    window: Window,
    pad_value: int = 0,
) -> NDArray[np.int16]:
    """int16[batch, out, rows, columns]: `requantise` of `bias` int32[out] plus the convolution.

    The sums are added in an int32 accumulator, modulo 2**32. The kind of `filters` says which
    convolution is computed. Raises `InputError` as `convolve` and `requantise` do.
    """
    shape = (len(x), filters.shape[0], window.rows, window.columns)
    if x.ndim != 4 or x.dtype != np.int16 or x.shape[1] != filters.shape[1]:
        raise InputError(
            "convolve", f"{x.dtype}{list(x.shape)}", f"int16 of {filters.shape[1]} channels"
        )
    check_rule(*rescaling[1:])
    out = np.empty(shape, np.int16)
    if x.size and out.size and not filters.empty:
        factors = rescaling.multiplier
        if factors.shape != shape[1:2] or not factors.flags.c_contiguous:
            factors = np.ascontiguousarray(np.broadcast_to(factors, shape[1:2]), np.int32)
        rule = rounding_rule(*rescaling[1:])
        end = Requantisation(out, bias, factors, rule)
        if add_dots(x, filters, window, pad_value, end):
            return out
    sums = np.empty(shape, np.int32)
    sums[...] = bias[:, None, None]
    add_products(x, filters, sums, window, pad_value)
    return requantise(sums, *rescaling)


def add_products(
    x: NDArray[np.int16],
    filters: Filters,
    out: NDArray[np.int32] | NDArray[np.int64],
    window: Window,
    pad_value: int = 0,
) -> None:
    """Adds the convolution that the kind of `filters` says: exact, truncating or of signs."""
    if filters.kind == "signs":
        convolve_xnor(x, filters, out, window.stride, window.origin)
    elif filters.kind == "truncating":
        convolve_shifted(x, filters, out, window.stride, window.origin, pad_value)
    else:
        convolve(x, filters, out, window.stride, window.origin, pad_value)
