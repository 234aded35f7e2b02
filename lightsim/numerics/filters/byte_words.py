"""Filters as words of four signed bytes for tiles, and what signed bytes do not hold of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled

__all__ = ["NEGATED", "PLAIN", "byte_words"]

_LEAST, _MOST = np.int64(-128), np.int64(127)
_EMPTY, PLAIN, NEGATED = range(3)
_BYTES = tuple(np.uint32(8 * place) for place in range(4))


@compiled(
    "int64(Array(int16, 1, 'C', True), UniTuple(int64, 3), int64[::1], uint32[:, :, :, ::1], "
    "int8[:, :, ::1], int32[:, ::1])"
)
def byte_words(
    numbers: NDArray[np.int16],
    shape: tuple[int, int, int],
    position: NDArray[np.int64],
    words: NDArray[np.uint32],
    sort: NDArray[np.int8],
    over: NDArray[np.int32],
) -> int:
    """words[block, kx * kh + ky, q, f] = numbers 4 * q .. of filter f of a block.

    `numbers` is flat, [out, channels, kh, kw], `shape` its last three, `position` as in
    `filter_words.Packed`. A row is negated where that leaves fewer numbers that are no signed
    bytes; those are brought to the nearest that is. `sort` comes as zeros and becomes `PLAIN` or
    `NEGATED` where a row is not all zeros. What is left of them fills columns of `over`: filter,
    tap, q, and the word that has it as a byte. Returns the number of columns.
    """
    channels, high, wide = shape
    taps, found = high * wide, 0
    filters, word_of = words.shape[3], np.uint64
    for k in range(words.shape[0]):
        for q in range(words.shape[2]):
            here, outside = min(4, channels - q * 4), np.int64(0)
            for f in range(filters):
                m = position[k * filters + f]
                if m < 0:
                    words[k, :, q, f] = 0
                    continue
                begin = word_of((m * channels + q * 4) * taps)
                step = word_of(taps)
                for kx in range(wide):
                    for ky in range(high):
                        at, place = begin + word_of(ky * wide + kx), word_of(kx * high + ky)
                        n0, n1, n2, n3 = numbers[at], np.int16(0), np.int16(0), np.int16(0)
                        if here > 1:
                            n1 = numbers[at + step]
                        if here > 2:
                            n2 = numbers[at + step + step]
                        if here > 3:
                            n3 = numbers[at + step + step + step]
                        outside |= (n0 + 128) | (n1 + 128) | (n2 + 128) | (n3 + 128)
                        low = np.uint32(n0 & 255) | np.uint32(np.uint32(n1 & 255) << _BYTES[1])
                        upper = np.uint32(np.uint32(n2 & 255) << _BYTES[2])
                        word = low | upper | np.uint32(np.uint32(n3 & 255) << _BYTES[3])
                        words[k, place, word_of(q), word_of(f)] = word
                        sort[k, place, word_of(q)] |= word != 0
            for tap in range(taps if outside & ~255 else 0):
                kx, ky = divmod(tap, high)
                plain = turned = 0
                for f in range(filters):
                    m = position[k * filters + f]
                    for v in range(here if m >= 0 else 0):
                        number = numbers[((m * channels + q * 4 + v) * high + ky) * wide + kx]
                        plain += (number < -128) | (number > 127)
                        turned += (number < -127) | (number > 128)
                if plain == 0:
                    continue
                sign = np.int64(-1 if turned < plain else 1)
                sort[k, tap, q] = NEGATED if sign < 0 else PLAIN
                for f in range(filters):
                    m = position[k * filters + f]
                    word = np.uint32(0)
                    for v in range(here if m >= 0 else 0):
                        number = np.int64(
                            numbers[((m * channels + q * 4 + v) * high + ky) * wide + kx]
                        )
                        held = min(max(number * sign, _LEAST), _MOST)
                        word |= np.uint32(np.uint32(held & 255) << np.uint32(8 * v))
                        rest = number - held * sign
                        while rest != 0:
                            part = min(max(rest, -_MOST), _MOST)
                            rest -= part
                            over[0, found], over[1, found], over[2, found] = m, tap, q
                            over[3, found] = np.int32(
                                np.uint32(np.uint32(part & 255) << np.uint32(8 * v))
                            )
                            found += 1
                    words[k, tap, q, f] = word
    return found
