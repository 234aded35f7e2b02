"""Binary by binary convolution: XNOR of packed signs and a count of the ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.kernels.compiled import compiled
from lightsim.numerics.dot_products.blocks import Sums, add_dots
from lightsim.numerics.filters.packed import Filters, sign_filters
from lightsim.numerics.images.planes import Planes, split
from lightsim.numerics.images.window import Pair, Window
from lightsim.numerics.sums.accumulator import Accumulators, is_int32

__all__ = ["convolve_xnor", "convolve_xnor_packed", "pack_signs"]


def convolve_xnor(
    x: NDArray[np.int16],
    weights: NDArray[np.int16] | Filters,
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
) -> None:
    """As `convolve` for `x` and `weights` of -1 and +1 alone, padded with -1.

    Only signs are looked at: a number above zero counts as +1, any other as -1. `weights` may
    be packed before by `sign_filters`.
    """
    filters = weights if isinstance(weights, Filters) else sign_filters(weights)
    if x.shape[1] != filters.shape[1]:
        raise InputError("convolve_xnor", f"{x.shape[1]} channels", f"{filters.shape[1]}")
    if out.size == 0 or filters.empty:
        return
    window = Window((filters.shape[2], filters.shape[3]), stride, origin, *out.shape[2:])
    sums = out if is_int32(out) else np.zeros(out.shape, np.int32)
    if x.size and add_dots(x, filters, window, -1, Sums(sums)):
        if sums is not out:
            np.add(out, sums, out=out)
        return
    words = pack_signs(x), pack_signs(filters.numbers())
    convolve_xnor_packed(*words, x.shape[1], out, stride, origin)


def pack_signs(x: NDArray[np.int16]) -> NDArray[np.uint64]:
    """uint64[first, ceil(channels / 64), h, w] of `x` [first, channels, h, w].

    Bit n % 64 of word n // 64 is 1 where channel n is +1; the bits left over are 0.
    """
    words = np.zeros((x.shape[0], -(-x.shape[1] // 64), *x.shape[2:]), np.uint64)
    _pack_signs(x, words)
    return words


def convolve_xnor_packed(
    x: NDArray[np.uint64],
    weights: NDArray[np.uint64],
    channels: int,
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
) -> None:
    """As `convolve_xnor`, of what `pack_signs` makes of `channels` channels:

    out[b, m, r, c] += channels * kh * kw - 2 * popcount(window XOR filter)
    """
    words = -(-channels // 64)
    if not words == x.shape[1] == weights.shape[1] or out.shape[:2] != (len(x), len(weights)):
        raise InputError(
            "convolve_xnor",
            f"x {list(x.shape)}, weights {list(weights.shape)}, out {list(out.shape)}",
            f"{words} words for {channels} channels",
        )
    window = Window(
        (weights.shape[2], weights.shape[3]), stride, origin, out.shape[2], out.shape[3]
    )
    if out.size == 0 or channels == 0:
        return
    rows = max(1, 4096 // window.columns)
    for r in range(0, window.rows, rows):
        part = out[:, :, r : r + rows]
        planes = Planes(window.strip(r, part.shape[2]))
        image = split(x, planes, 0).reshape(len(x), words, planes.channel)
        ones = np.zeros((*part.shape[:2], planes.outputs), np.uint64)
        _count_ones(image, weights, planes.taps, planes.run, ones)
        differing = ones.view(np.int64).reshape(*part.shape[:3], planes.wide)
        part += np.int64(weights[0].size // words * channels) - 2 * differing[..., : window.columns]


@compiled("void(Array(int16, 4, 'A', True), uint64[:, :, :, ::1])")
def _pack_signs(x: NDArray[np.int16], words: NDArray[np.uint64]) -> None:
    for b in range(x.shape[0]):
        for n in range(x.shape[1]):
            place = np.uint64(n % 64)
            for i in range(x.shape[2]):
                for j in range(x.shape[3]):
                    words[b, n // 64, i, j] |= np.uint64(x[b, n, i, j] > 0) << place


@compiled(
    "void(uint64[:, :, ::1], Array(uint64, 4, 'A', True), int64[:, ::1], int64, uint64[:, :, ::1])"
)
def _count_ones(
    image: NDArray[np.uint64],
    weights: NDArray[np.uint64],
    taps: NDArray[np.int64],
    run: int,
    ones: NDArray[np.uint64],
) -> None:
    # Typed constants: numba would make a float of uint64 with a signed number.
    odd, pair = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
    nibble, byte = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
    by1, by2, by4, by56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
    for b in range(ones.shape[0]):
        for m in range(ones.shape[1]):
            to = ones[b, m, :run]
            for g in range(weights.shape[1]):
                for ky in range(weights.shape[2]):
                    for kx in range(weights.shape[3]):
                        word = weights[m, g, ky, kx]
                        seen = image[b, g, taps[ky, kx] : taps[ky, kx] + run]
                        for p in range(run):
                            # LLVM knows this for a population count, and vectorises it.
                            v = seen[p] ^ word
                            v = v - ((v >> by1) & odd)
                            v = (v & pair) + ((v >> by2) & pair)
                            v = (v + (v >> by4)) & nibble
                            to[p] += (v * byte) >> by56
