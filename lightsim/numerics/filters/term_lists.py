"""The terms of filters as lists, a few channels together: what plain loops walk over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.formats.codec import Terms

__all__ = ["LISTED_CHANNELS", "TermLists", "list_terms"]

LISTED_CHANNELS = 8  # channels whose shifted planes are made at a time


@dataclass(frozen=True, slots=True, eq=False)
class TermLists:
    """Lists of terms: for filter m and chunk c of channels, those added, then those taken away.

    planes  int32[count]: channel in its chunk * 8 + exponent
    taps    int32[count]: which tap, ky * kw + kx
    ends    int64[out * chunks * 2 + 1]: where list (m * chunks + c) * 2 + (0 or 1) begins, and
            where the last ends
    """

    planes: NDArray[np.int32]
    taps: NDArray[np.int32]
    ends: NDArray[np.int64]


def list_terms(terms: Terms) -> TermLists:
    """The lists of `terms` [terms, out, in, kh, kw], as `Codec.terms` gives them."""
    sign, exponent, present = terms
    factors = np.where(present, sign, 0).astype(np.int8)
    shape = (*factors.shape[:3], factors.shape[3] * factors.shape[4])
    factors = np.ascontiguousarray(factors).reshape(shape)
    exponent = np.ascontiguousarray(exponent).reshape(shape)
    planes = np.empty(int(np.count_nonzero(factors)) + 1, np.int32)
    taps = np.empty(planes.size, np.int32)
    chunks = -(-shape[2] // LISTED_CHANNELS)
    ends = np.zeros(shape[1] * chunks * 2 + 1, np.int64)
    _list(factors, exponent, planes, taps, ends)
    return TermLists(planes, taps, ends)


@compiled(
    "void(Array(int8, 4, 'C', True), Array(int8, 4, 'C', True), int32[::1], int32[::1], int64[::1])"
)
def _list(
    factors: NDArray[np.int8],
    exponent: NDArray[np.int8],
    planes: NDArray[np.int32],
    taps: NDArray[np.int32],
    ends: NDArray[np.int64],
) -> None:
    terms, filters, channels, count = factors.shape
    chunks, at = -(-channels // LISTED_CHANNELS), 0
    for job in range(filters * chunks * 2):
        m, rest = divmod(job, chunks * 2)
        first, sign = rest // 2 * LISTED_CHANNELS, 1 - rest % 2 * 2
        for t in range(terms):
            for n in range(first, min(first + LISTED_CHANNELS, channels)):
                for tap in range(count):
                    # A term of the other sign, or none, is overwritten by the next.
                    planes[at] = (n - first) * 8 + exponent[t, m, n, tap]
                    taps[at] = tap
                    at += factors[t, m, n, tap] == sign
        ends[job + 1] = at
