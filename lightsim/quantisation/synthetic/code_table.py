"""Gaussian weights without Gaussian numbers: a table from 16 random bits to a scheme's value."""

from __future__ import annotations

from functools import lru_cache
from math import log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec

__all__ = ["code_table"]

_ENTRIES = 1 << 16


def code_table(scheme: Scheme, k: int, size: int) -> NDArray[np.int16]:
    """`int16[65536]`: the values of equally likely Gaussian weights, rounded by the codec.

    `size` is the number of weights of a filter. The standard deviation is 1 / sqrt(2 ln size),
    the first-order extreme value of so many normal numbers, so that a filter's largest weight
    is near 1. Looking up 16 random bits is several times faster than drawing a normal number
    and rounding it.
    """
    deviation = 1 / sqrt(2 * log(max(size, 4)))
    real = (_normal_quantiles() * deviation)[None]
    # Formats without a k of their own only accept the k that they always have.
    terms = np.array([k], np.int8) if scheme.is_shift_add else None
    numbers = codec(scheme.name)
    values: NDArray[np.int16] = numbers.decode(numbers.encode(real, k=terms))[0]
    return values


@lru_cache(maxsize=1)
def _normal_quantiles() -> NDArray[np.float64]:
    inverse = NormalDist().inv_cdf
    upper = [inverse((_ENTRIES / 2 + entry + 0.5) / _ENTRIES) for entry in range(_ENTRIES // 2)]
    # Mirrored rather than computed, so that both signs are exactly as likely.
    return np.concatenate((-np.array(upper[::-1]), np.array(upper)))
