"""Convolution by shifted terms in plain compiled loops, for any processor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.filters.term_lists import LISTED_CHANNELS, TermLists
from lightsim.numerics.images.planes import Planes, split
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.accumulator import Accumulators, is_int32

__all__ = ["add_truncating"]

_STRIP_OUTPUTS = 4096  # a strip's shifted planes of a few channels stay in the cache
_VECTOR = 64  # numbers of a pass through a compiled loop


def add_truncating(
    x: NDArray[np.int16], terms: TermLists, out: Accumulators, window: Window, pad_value: int
) -> None:
    """What `truncation.convolve_truncating` adds: int32 modulo 2**32, int64 exact."""
    largest = max(abs(int(x.min(initial=0))), abs(int(x.max(initial=0))), abs(pad_value), 1)
    rows = max(1, _STRIP_OUTPUTS // window.columns)
    for r in range(0, window.rows, rows):
        part = out[:, :, r : r + rows]
        planes = Planes(window.strip(r, part.shape[2]))
        if is_int32(part) and largest * 8 <= 32767:
            _add(x, terms, planes, pad_value, 32767 // largest, part)
        else:
            wide = np.zeros(part.shape, np.int64)
            _add(x, terms, planes, pad_value, 0x7FFFFFFF // largest, wide)
            part += wide.astype(part.dtype)


def _add(
    x: NDArray[np.int16],
    terms: TermLists,
    planes: Planes,
    pad_value: int,
    limit: int,
    out: Accumulators,
) -> None:
    """`limit` terms at most fit the running sums: 16 bits for int32 `out`, 32 for int64."""
    totals: Accumulators = np.zeros((*out.shape[:2], planes.outputs), out.dtype)
    taps, chunks = planes.taps.reshape(-1), -(-x.shape[1] // LISTED_CHANNELS)
    # Runs of whole vectors: what a compiled loop does for the rest takes longer.
    run = -(-planes.run // _VECTOR) * _VECTOR
    for chunk in range(chunks):
        n = chunk * LISTED_CHANNELS
        image = split(x[:, n : n + LISTED_CHANNELS], planes, pad_value).reshape(len(x), -1)
        # [batch, channels * 8 * numbers + run]: each channel shifted by every exponent, then zeros.
        shifted = np.zeros((len(x), 8 * image.shape[1] + run), np.int16)
        shifts = np.arange(8, dtype=np.int16)[:, None]
        grouped = image.reshape(len(x), -1, 1, planes.channel)
        shifted[:, :-run].reshape(*grouped.shape[:2], 8, -1)[...] = grouped >> shifts
        what = (terms.planes, terms.taps, terms.ends, planes.channel, taps, (chunk, chunks), limit)
        if is_int32(totals):
            _terms_fast(shifted, *what, np.empty(run, np.int16), totals)
        else:
            _terms_wide(shifted, *what, np.empty(run, np.int32), totals)
    out += totals.reshape(*out.shape[:3], planes.wide)[..., : out.shape[3]]


def _terms(
    shifted: NDArray[np.int16],
    listed_planes: NDArray[np.int32],
    listed_taps: NDArray[np.int32],
    ends: NDArray[np.int64],
    numbers: int,
    taps: NDArray[np.int64],
    place: tuple[int, int],
    limit: int,
    sums: NDArray[np.int16] | NDArray[np.int32],
    totals: Accumulators,
) -> None:
    """`numbers` of a plane; four terms a pass, those that are added before those taken away."""
    chunk, chunks = place
    run, number, word = sums.size, sums.dtype.type, np.uint64
    zeros, kept = shifted.shape[1] - run, min(run, totals.shape[2])
    step = limit // 4 * 4
    begins = np.empty(step + 4, np.int64)
    for job in range(totals.shape[0] * totals.shape[1]):
        b, m = divmod(job, totals.shape[1])
        flat, to = shifted[b], totals[b, m, :kept]
        for away in range(2):
            at = (m * chunks + chunk) * 2 + away
            for done in range(ends[at], ends[at + 1], step):
                count = min(step, ends[at + 1] - done)
                for i in range(word(count)):
                    t = word(done) + i
                    begins[i] = listed_planes[t] * numbers + taps[word(listed_taps[t])]
                # The last pass is filled up with zeros.
                begins[count : count + 3] = zeros
                sums[:] = 0
                for i in range(word(0), word(count), word(4)):
                    x0, x1 = word(begins[i]), word(begins[i + word(1)])
                    x2, x3 = word(begins[i + word(2)]), word(begins[i + word(3)])
                    for p in range(word(run)):
                        # Cast at every step, or the sum is made in 64 bits.
                        left = number(number(flat[x0 + p]) + number(flat[x1 + p]))
                        right = number(number(flat[x2 + p]) + number(flat[x3 + p]))
                        sums[p] = number(sums[p] + number(left + right))
                if away:
                    for p in range(kept):
                        to[p] -= sums[p]
                else:
                    for p in range(kept):
                        to[p] += sums[p]


_SIGNATURE = (
    "void(int16[:, ::1], Array(int32, 1, 'C', True), Array(int32, 1, 'C', True), "
    "Array(int64, 1, 'C', True), int64, int64[::1], UniTuple(int64, 2), int64, {}[::1], "
    "{}[:, :, ::1])"
)
_terms_fast = compiled(_SIGNATURE.format("int16", "int32"))(_terms)
_terms_wide = compiled(_SIGNATURE.format("int32", "int64"))(_terms)
