"""Convolution by shifted terms in plain compiled loops, for any processor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.accumulator import Accumulators, is_int32
from lightsim.numerics.codec import Terms
from lightsim.numerics.compiled import compiled
from lightsim.numerics.planes import Planes, split
from lightsim.numerics.window import Window

__all__ = ["add_truncating"]

_STRIP_OUTPUTS = 4096  # a strip's shifted planes of a few channels stay in the cache
_CHANNELS = 8  # channels whose shifted planes are made at a time


def add_truncating(
    x: NDArray[np.int16], terms: Terms, out: Accumulators, window: Window, pad_value: int
) -> None:
    """What `truncation.convolve_truncating` adds: int32 modulo 2**32, int64 exact."""
    sign, exponent, present = terms
    factors = np.where(present, sign, 0).astype(np.int8)
    largest = max(abs(int(x.min(initial=0))), abs(int(x.max(initial=0))), abs(pad_value), 1)
    rows = max(1, _STRIP_OUTPUTS // window.columns)
    for r in range(0, window.rows, rows):
        part = out[:, :, r : r + rows]
        planes = Planes(window.strip(r, part.shape[2]))
        if is_int32(part) and largest * 8 <= 32767:
            _add(x, factors, exponent, planes, pad_value, 32767 // largest, part)
        else:
            wide = np.zeros(part.shape, np.int64)
            _add(x, factors, exponent, planes, pad_value, 0x7FFFFFFF // largest, wide)
            part += wide.astype(part.dtype)


def _add(
    x: NDArray[np.int16],
    factors: NDArray[np.int8],
    exponent: NDArray[np.int8],
    planes: Planes,
    pad_value: int,
    limit: int,
    out: Accumulators,
) -> None:
    """`limit` terms at most fit the running sums: 16 bits for int32 `out`, 32 for int64."""
    shape = (*out.shape[:2], planes.outputs)
    totals: Accumulators = np.zeros(shape, out.dtype)
    taps = planes.taps.reshape(-1)
    flat = (*factors.shape[:3], taps.size)
    factors = np.ascontiguousarray(factors).reshape(flat)
    exponent = np.ascontiguousarray(exponent).reshape(flat)
    for n in range(0, x.shape[1], _CHANNELS):
        image = split(x[:, n : n + _CHANNELS], planes, pad_value)
        # [batch, 8, channels, numbers]: the image shifted by every exponent.
        image = image.reshape(len(x), 1, -1, planes.channel)
        shifted = image >> np.arange(8, dtype=np.int16)[:, None, None]
        if is_int32(totals):
            sums = np.empty(planes.run, np.int16)
            _terms_fast(shifted, factors, exponent, taps, n, limit, sums, totals)
        else:
            wide = np.empty(planes.run, np.int32)
            _terms_wide(shifted, factors, exponent, taps, n, limit, wide, totals)
    out += totals.reshape(*out.shape[:3], planes.wide)[..., : out.shape[3]]


def _terms(
    shifted: NDArray[np.int16],
    factors: NDArray[np.int8],
    exponent: NDArray[np.int8],
    taps: NDArray[np.int64],
    first: int,
    limit: int,
    sums: NDArray[np.int16] | NDArray[np.int32],
    totals: Accumulators,
) -> None:
    terms, filters, tap_count = factors.shape[0], factors.shape[1], taps.size
    channels, numbers = shifted.shape[2], shifted.shape[3]
    run = sums.size
    number = sums.dtype.type
    begins = np.zeros(terms * channels * tap_count + 4, np.int64)
    signs = np.zeros(begins.size, sums.dtype)
    for b in range(totals.shape[0]):
        flat = shifted[b].reshape(-1)
        for m in range(filters):
            count = 0
            for t in range(terms):
                for n in range(channels):
                    sign, shift = factors[t, m, first + n], exponent[t, m, first + n]
                    for tap in range(tap_count):
                        # An absent term is overwritten by the next: no branch to guess.
                        begins[count] = (shift[tap] * channels + n) * numbers + taps[tap]
                        signs[count] = sign[tap]
                        count += sign[tap] != 0
            # Four terms a pass; the last pass is filled up with terms of sign 0.
            signs[count : count + 3] = 0
            begins[count : count + 3] = 0
            done = 0
            while done < count:
                until = min(count, done + limit // 4 * 4)
                sums[:] = 0
                for i in range(done, until, 4):
                    s0, s1, s2, s3 = signs[i], signs[i + 1], signs[i + 2], signs[i + 3]
                    x0 = flat[begins[i] : begins[i] + run]
                    x1 = flat[begins[i + 1] : begins[i + 1] + run]
                    x2 = flat[begins[i + 2] : begins[i + 2] + run]
                    x3 = flat[begins[i + 3] : begins[i + 3] + run]
                    for p in range(run):
                        # Cast at every step, or the sum is made in 64 bits.
                        total = sums[p]
                        total = number(total + number(s0 * x0[p]))
                        total = number(total + number(s1 * x1[p]))
                        total = number(total + number(s2 * x2[p]))
                        total = number(total + number(s3 * x3[p]))
                        sums[p] = total
                to = totals[b, m, :run]
                for p in range(run):
                    to[p] += sums[p]
                done = until


_SIGNATURE = (
    "void(int16[:, :, :, ::1], int8[:, :, :, ::1], Array(int8, 4, 'C', True), "
    "int64[::1], int64, int64, {}[::1], {}[:, :, ::1])"
)
_terms_fast = compiled(_SIGNATURE.format("int16", "int32"))(_terms)
_terms_wide = compiled(_SIGNATURE.format("int32", "int64"))(_terms)
