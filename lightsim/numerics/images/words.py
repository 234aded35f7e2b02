"""Images as 32-bit words of neighbouring channels, padding filled in: what a dot product reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.images.lines import join_bytes, join_numbers, join_signs

__all__ = ["number_words", "sign_words"]

_FLAT_IMAGE = (
    "Array(int16, 1, 'C', True), UniTuple(int64, 3), UniTuple(int64, 4), UniTuple(int64, 4), "
)


@compiled(
    f"boolean({_FLAT_IMAGE} UniTuple(int64, 4), UniTuple(int64, 6), UniTuple(int64, 5), "
    "uint32[::1])"
)
def number_words(
    x: NDArray[np.int16],
    strides: tuple[int, int, int],
    size: tuple[int, int, int, int],
    window: tuple[int, int, int, int],
    how: tuple[int, int, int, int],
    shape: tuple[int, int, int, int, int, int],
    steps: tuple[int, int, int, int, int],
    out: NDArray[np.uint32],
) -> bool:
    """out[b, q, p, o, i, j] = numbers v = `numbers` * q .. of pixel (i, j) of phase (p, o).

    `x` is flat, [batch, channels, h, w] = `size` lying at multiples of `strides` and 1; `window`
    is (stride y, x, origin y, x), `how` (numbers, shifts, offset, pad value). Number v is
    (x[b, v // shifts, i * stride y + p + origin y, ...] >> v % shifts) + offset, the pad value
    standing for what lies outside `x`. A word holds 4 numbers of 8 or 2 of 16 bits, the first
    lowest; there may be fewer in the last. `out` is flat, b, q, p, o, i, j
    below `shape` lying at multiples of `steps` and 1, with room behind for wide * stride x words.
    Returns whether 8 bits were enough where they had to be; if not, `out` is unfinished.
    """
    stride_y, stride_x, top, left = window
    numbers, shifts, offset, pad_value = how
    bits, count = 32 // numbers, size[1] * shifts
    batch, words, phases_y, phases_x, high, wide = shape
    of_b, of_q, of_p, of_o, of_i = steps
    span, room = wide * stride_x, batch * words * phases_y * phases_x * high * wide
    first = min(max(0, -left), span)
    last = max(first, min(span, size[3] - left))
    beyond = np.int32(-256 if numbers == 4 else 0)
    # [number]: where its channel begins, its shift, what is kept of it.
    begin, by, mask = np.zeros(4, np.int64), np.zeros(4, np.int64), np.zeros(4, np.int64)
    for b in range(batch):
        for q in range(words):
            outside = np.uint32(0)
            for lane in range(numbers):
                v = min(q * numbers + lane, count - 1)
                begin[lane], by[lane] = b * strides[0] + v // shifts * strides[1], v % shifts
                mask[lane] = (1 << bits) - 1 if v == q * numbers + lane else 0
                padded = ((pad_value >> by[lane]) + offset) & mask[lane]
                outside |= np.uint32(padded << (lane * bits))
            for p in range(phases_y):
                for i in range(high):
                    row = i * stride_y + p + top
                    inside = (first, last) if 0 <= row < size[2] else (0, 0)
                    to = b * of_b + q * of_q + p * of_p + i * of_i
                    line = to if stride_x == 1 else room
                    at = row * strides[2] + left
                    if shifts == 1 and numbers == 4 and q * 4 + 4 <= count:
                        bad = join_bytes(
                            x, begin[0] + at, strides[1], offset, outside, out, line, inside, span
                        )
                    else:
                        bad = join_numbers(
                            x, (begin[0] + at, begin[1] + at, begin[2] + at, begin[3] + at),
                            (by[0], by[1], by[2], by[3]), (mask[0], mask[1], mask[2], mask[3]),
                            (0, bits, 16, 24), offset, outside, out, line, inside, span,
                        )  # fmt: skip
                    if bad & beyond != 0:
                        return False
                    if stride_x > 1:
                        for o in range(phases_x):
                            # Without signs: an index that might be negative costs a branch.
                            phase, begin_o = np.uint64(to + o * of_o), np.uint64(line + o)
                            for j in range(np.uint64(wide)):
                                out[phase + j] = out[begin_o + j * np.uint64(stride_x)]
    return True


@compiled(f"boolean({_FLAT_IMAGE} UniTuple(int64, 6), UniTuple(int64, 5), uint32[::1])")
def sign_words(
    x: NDArray[np.int16],
    strides: tuple[int, int, int],
    size: tuple[int, int, int, int],
    window: tuple[int, int, int, int],
    shape: tuple[int, int, int, int, int, int],
    steps: tuple[int, int, int, int, int],
    out: NDArray[np.uint32],
) -> bool:
    """As `number_words`: bit n % 32 of word n // 32 is 1 where channel n is above zero.
    A sign always fits."""
    stride_y, stride_x, top, left = window
    batch, words, phases_y, phases_x, high, wide = shape
    of_b, of_q, of_p, of_o, of_i = steps
    span, room = wide * stride_x, batch * words * phases_y * phases_x * high * wide
    first = min(max(0, -left), span)
    last = max(first, min(span, size[3] - left))
    for b in range(batch):
        for q in range(words):
            for p in range(phases_y):
                for i in range(high):
                    row = i * stride_y + p + top
                    inside = (first, last) if 0 <= row < size[2] else (0, 0)
                    to = b * of_b + q * of_q + p * of_p + i * of_i
                    line = to if stride_x == 1 else room
                    at = b * strides[0] + q * 32 * strides[1] + row * strides[2] + left
                    channels = min(32, size[1] - q * 32)
                    join_signs(x, at, strides[1], channels, out, line, inside, span)
                    if stride_x > 1:
                        for o in range(phases_x):
                            # Without signs: an index that might be negative costs a branch.
                            phase, begin_o = np.uint64(to + o * of_o), np.uint64(line + o)
                            for j in range(np.uint64(wide)):
                                out[phase + j] = out[begin_o + j * np.uint64(stride_x)]
    return True
