"""Dot products of every filter with every pixel's window: where the multiply-adds happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled

__all__ = ["Vectors", "dot_exact", "dot_wrapping"]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors in one flat buffer, each of `segments` runs of `length` numbers.

    Run s of vector v begins at `begin[v] + s * step`.
    """

    buffer: NDArray[np.int16]
    begin: NDArray[np.int64]
    segments: int
    step: int
    length: int


def dot_wrapping(pixels: Vectors, filters: Vectors, out: NDArray[np.int32]) -> None:
    """out[b, m, r, c] += dot(pixel b, r, c, filter m), modulo 2**32.

    Pixels are numbered b, r, c in C order. Four filters by four pixels are summed together so
    that every number loaded is used four times; LLVM makes paired 16-bit multiply-adds of it.
    """
    x, w = pixels, filters
    _dot_wrapping(x.buffer, x.begin, x.step, w.buffer, w.begin, w.step, x.segments, x.length, out)


def dot_exact(pixels: Vectors, filters: Vectors, out: NDArray[np.int64]) -> None:
    """As `dot_wrapping`, with 64-bit sums for any int16 numbers; slower."""
    x, w = pixels, filters
    _dot_exact(x.buffer, x.begin, x.step, w.buffer, w.begin, w.step, x.segments, x.length, out)


_SIGNATURE = (
    "void(Array(int16, 1, 'C', True), int64[::1], int64, Array(int16, 1, 'C', True), "
    "int64[::1], int64, int64, int64, {}[:, :, :, :])"
)


@compiled(_SIGNATURE.format("int32"))
def _dot_wrapping(
    x: NDArray[np.int16],
    x_begin: NDArray[np.int64],
    x_step: int,
    w: NDArray[np.int16],
    w_begin: NDArray[np.int64],
    w_step: int,
    segments: int,
    length: int,
    out: NDArray[np.int32],
) -> None:
    filters, rows, columns = out.shape[1], out.shape[2], out.shape[3]
    pixels = x_begin.size
    sums = np.empty((4, 4), np.int32)
    # As many filters at a time as keep their weights in the second-level cache.
    group = max(4, 131072 // (segments * length) // 4 * 4)
    for m_first in range(0, filters, group):
        for p in range(0, pixels, 4):
            # A block at the edge repeats its last pixel or filter and drops the result.
            p0, p1 = x_begin[p], x_begin[min(p + 1, pixels - 1)]
            p2, p3 = x_begin[min(p + 2, pixels - 1)], x_begin[min(p + 3, pixels - 1)]
            for m in range(m_first, min(m_first + group, filters), 4):
                m0, m1 = w_begin[m], w_begin[min(m + 1, filters - 1)]
                m2, m3 = w_begin[min(m + 2, filters - 1)], w_begin[min(m + 3, filters - 1)]
                s00 = s01 = s02 = s03 = s10 = s11 = s12 = s13 = np.int32(0)
                s20 = s21 = s22 = s23 = s30 = s31 = s32 = s33 = np.int32(0)
                for segment in range(segments):
                    i, j = segment * x_step, segment * w_step
                    x0, x1 = x[p0 + i : p0 + i + length], x[p1 + i : p1 + i + length]
                    x2, x3 = x[p2 + i : p2 + i + length], x[p3 + i : p3 + i + length]
                    w0, w1 = w[m0 + j : m0 + j + length], w[m1 + j : m1 + j + length]
                    w2, w3 = w[m2 + j : m2 + j + length], w[m3 + j : m3 + j + length]
                    for k in range(length):
                        a0, a1 = np.int32(w0[k]), np.int32(w1[k])
                        a2, a3 = np.int32(w2[k]), np.int32(w3[k])
                        b0, b1 = np.int32(x0[k]), np.int32(x1[k])
                        b2, b3 = np.int32(x2[k]), np.int32(x3[k])
                        s00 = np.int32(s00 + np.int32(a0 * b0))
                        s01 = np.int32(s01 + np.int32(a0 * b1))
                        s02 = np.int32(s02 + np.int32(a0 * b2))
                        s03 = np.int32(s03 + np.int32(a0 * b3))
                        s10 = np.int32(s10 + np.int32(a1 * b0))
                        s11 = np.int32(s11 + np.int32(a1 * b1))
                        s12 = np.int32(s12 + np.int32(a1 * b2))
                        s13 = np.int32(s13 + np.int32(a1 * b3))
                        s20 = np.int32(s20 + np.int32(a2 * b0))
                        s21 = np.int32(s21 + np.int32(a2 * b1))
                        s22 = np.int32(s22 + np.int32(a2 * b2))
                        s23 = np.int32(s23 + np.int32(a2 * b3))
                        s30 = np.int32(s30 + np.int32(a3 * b0))
                        s31 = np.int32(s31 + np.int32(a3 * b1))
                        s32 = np.int32(s32 + np.int32(a3 * b2))
                        s33 = np.int32(s33 + np.int32(a3 * b3))
                sums[0, 0], sums[0, 1], sums[0, 2], sums[0, 3] = s00, s01, s02, s03
                sums[1, 0], sums[1, 1], sums[1, 2], sums[1, 3] = s10, s11, s12, s13
                sums[2, 0], sums[2, 1], sums[2, 2], sums[2, 3] = s20, s21, s22, s23
                sums[3, 0], sums[3, 1], sums[3, 2], sums[3, 3] = s30, s31, s32, s33
                for j in range(min(4, pixels - p)):
                    image, place = divmod(p + j, rows * columns)
                    r, c = divmod(place, columns)
                    for i in range(min(4, filters - m)):
                        out[image, m + i, r, c] += sums[i, j]


@compiled(_SIGNATURE.format("int64"))
def _dot_exact(
    x: NDArray[np.int16],
    x_begin: NDArray[np.int64],
    x_step: int,
    w: NDArray[np.int16],
    w_begin: NDArray[np.int64],
    w_step: int,
    segments: int,
    length: int,
    out: NDArray[np.int64],
) -> None:
    rows, columns = out.shape[2], out.shape[3]
    for p in range(x_begin.size):
        image, place = divmod(p, rows * columns)
        r, c = divmod(place, columns)
        for m in range(out.shape[1]):
            total = np.int64(0)
            for segment in range(segments):
                i, j = x_begin[p] + segment * x_step, w_begin[m] + segment * w_step
                for k in range(length):
                    total += np.int64(x[i + k]) * np.int64(w[j + k])
            out[image, m, r, c] += total
