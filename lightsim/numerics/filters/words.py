"""Filters as 32-bit words, in blocks of as many as an instruction's registers hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.vectors.instruction import Instruction

__all__ = ["Packed", "pack", "positions", "rows_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Filters in blocks, their numbers in 32-bit words, for one instruction.

    words    uint32[count, filters]: a row holds the same place in every filter of a block
    index    int32[count]: which place, word number * taps + tap; places that are zero in the
             whole block are left out
    blocks   int64[blocks, 4]: from where to where rows hold high digits (number = 256 * high +
             low), numbers negated, numbers or low digits. A place has one row if all its
             numbers are signed bytes, or all are when negated, otherwise a high and a low one
    position int64[blocks * filters]: which filter a column is, -1 for none
    """

    words: NDArray[np.uint32]
    index: NDArray[np.int32]
    blocks: NDArray[np.int64]
    position: NDArray[np.int64]


def pack(numbers: NDArray[np.int16], row: Instruction) -> Packed:
    """`numbers` int16[out, channels, kh, kw] for the instruction `row`."""
    words, sort, position = rows_of(numbers, row, row.filters)
    blocks, places = sort.shape
    if (sort == _PLAIN).all() or row.product == "signs":
        ends = np.arange(1, blocks + 1) * places
        index = np.tile(np.arange(places, dtype=np.int32), blocks)
        spans = np.stack([ends - places, ends - places, ends - places, ends], axis=1)
        return Packed(words[0].reshape(-1, row.filters), index, spans, position)
    plain = (sort == _PLAIN) | (sort == _DIGITS)
    kept = np.stack([sort == _DIGITS, sort == _NEGATED, plain], axis=1)
    ends = kept.sum(axis=2).cumsum().reshape(blocks, 3)
    spans = np.concatenate([np.append(0, ends[:-1, 2])[:, None], ends], axis=1)
    block, phase, place = np.nonzero(kept)
    rows = words[(phase == 0).astype(np.int8), block, place]
    return Packed(rows, place.astype(np.int32), spans.astype(np.int64), position)


def rows_of(
    numbers: NDArray[np.int16], row: Instruction, width: int
) -> tuple[NDArray[np.uint32], NDArray[np.int8], NDArray[np.int64]]:
    """Words [2 if bytes, block, place, filter], the sort of each row, and `Packed.position`.

    A block has `width` filters. The sort of a row of zeros is 0.
    """
    channels, high, wide = numbers.shape[1:]
    position = positions(numbers, width)
    blocks = len(position) // width
    places = -(-channels // row.numbers) * high * wide
    bits = 1 if row.product == "signs" else 32 // row.numbers
    words = np.empty((2 if bits == 8 else 1, blocks, places, width), np.uint32)
    sort = np.zeros((blocks, places), np.int8)
    beyond = np.zeros((blocks, places // (high * wide)), np.bool_)
    flat = np.ascontiguousarray(numbers).reshape(-1)
    shape = (channels, high * wide, row.numbers, bits)
    _simple_words(flat, shape, position, words[0], sort, beyond)
    if beyond.any():
        _beyond_bytes(numbers, position, row.numbers, beyond, words, sort)
    return words, sort, position


def positions(numbers: NDArray[np.int16], width: int) -> NDArray[np.int64]:
    """`Packed.position` of `numbers` [out, ...] in blocks of `width` filters."""
    filters = len(numbers)
    used = numbers.reshape(filters, -1).any(axis=1)
    position = np.full(-(-filters // width) * width, -1, np.int64)
    # Pruned filters come last, so that whole blocks of them have no work.
    position[:filters] = np.argsort(~used, kind="stable")
    return position


_EMPTY, _PLAIN, _NEGATED, _DIGITS = range(4)
_BYTES = tuple(np.uint32(8 * place) for place in range(4))


@compiled(
    "void(Array(int16, 1, 'C', True), UniTuple(int64, 4), int64[::1], uint32[:, :, ::1], "
    "int8[:, ::1], boolean[:, ::1])"
)
def _simple_words(
    numbers: NDArray[np.int16],
    shape: tuple[int, int, int, int],
    position: NDArray[np.int64],
    words: NDArray[np.uint32],
    sort: NDArray[np.int8],
    beyond: NDArray[np.bool_],
) -> None:
    """words[block, q * taps + tap, f] = numbers q * count .. of the block's filter f.

    `numbers` is flat, [out, channels, taps]; `shape` is (channels, taps, count, bits), with
    `bits` 16, 8 or 1: the number, its byte, or whether it is above zero. `sort` comes as zeros
    and becomes `_PLAIN` where a row is not all zeros; `beyond` [block, q] is whether a number
    is none of 8 bits where it should be.
    """
    channels, taps, count, bits = shape
    filters, mask = words.shape[2], (1 << bits) - 1
    word_of = np.uint64  # an index without a sign cannot count from the end
    for k in range(words.shape[0]):
        for q in range(words.shape[1] // taps):
            here, outside = min(count, channels - q * count), np.int64(0)
            for f in range(filters):
                m = position[k * filters + f]
                begin = word_of((max(m, 0) * channels + q * count) * taps)
                at, step = word_of(q * taps), word_of(taps)
                if bits == 8 and here == 4 and m >= 0:  # the loop below, written out: faster
                    for tap in range(step):
                        n0, n1 = numbers[begin + tap], numbers[begin + step + tap]
                        n2 = numbers[begin + step + step + tap]
                        n3 = numbers[begin + step + step + step + tap]
                        outside |= (n0 + 128) | (n1 + 128) | (n2 + 128) | (n3 + 128)
                        low = np.uint32(n0 & 255) | np.uint32(np.uint32(n1 & 255) << _BYTES[1])
                        high = np.uint32(np.uint32(n2 & 255) << _BYTES[2])
                        word = low | high | np.uint32(np.uint32(n3 & 255) << _BYTES[3])
                        words[k, at + tap, f] = word
                        sort[k, at + tap] |= word != 0
                    continue
                for tap in range(step):
                    word = np.uint32(0)
                    for v in range(word_of(here if m >= 0 else 0)):
                        number = np.int64(numbers[begin + v * step + tap])
                        outside |= number + 128
                        number = np.int64(number > 0) if bits == 1 else number & mask
                        word |= np.uint32(np.uint32(number) << np.uint32(v * word_of(bits)))
                    words[k, at + tap, f] = word
                    sort[k, at + tap] |= word != 0
            beyond[k, q] = bits == 8 and (outside & ~255) != 0


@compiled(
    "void(Array(int16, 4, 'A', True), int64[::1], int64, boolean[:, ::1], "
    "uint32[:, :, :, ::1], int8[:, ::1])"
)
def _beyond_bytes(
    numbers: NDArray[np.int16],
    position: NDArray[np.int64],
    count: int,
    beyond: NDArray[np.bool_],
    words: NDArray[np.uint32],
    sort: NDArray[np.int8],
) -> None:
    """What `_simple_words` made of bytes, made again where numbers are beyond them.

    What `sort` becomes of a row says whether it is negated, or has high digits in words[1].
    """
    channels, high, wide = numbers.shape[1], numbers.shape[2], numbers.shape[3]
    filters = words.shape[3]
    for k in range(words.shape[1]):
        for q in range(words.shape[2] // (high * wide)):
            last = min(q * count + count, channels)
            for tap in range(high * wide if beyond[k, q] else 0):
                ky, kx = divmod(tap, wide)
                place = q * high * wide + tap
                least = most = np.int64(0)
                for f in range(filters):
                    m = position[k * filters + f]
                    for v in range(q * count, last if m >= 0 else 0):
                        number = np.int64(numbers[m, v, ky, kx])
                        least, most = min(least, number), max(most, number)
                sort[k, place] = _EMPTY if least == most else _PLAIN
                negated = least < -128 or most > 127
                digits = negated and (least < -127 or most > 128)
                if negated:
                    sort[k, place] = _DIGITS if digits else _NEGATED
                for f in range(filters):
                    m = position[k * filters + f]
                    word, above = np.uint32(0), np.uint32(0)
                    for v in range(q * count, last if m >= 0 else 0):
                        number = np.int64(numbers[m, v, ky, kx])
                        number = -number if negated and not digits else number
                        bit = np.uint32(v % count * 8)
                        word |= np.uint32(np.uint32(number & 255) << bit)
                        above |= np.uint32(np.uint32((number + 128) >> 8 & 255) << bit)
                    words[0, k, place, f] = word
                    if digits:
                        words[1, k, place, f] = above
