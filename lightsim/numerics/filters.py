"""A layer's filters, packed once for every instruction that multiplies with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.codec import Terms
from lightsim.numerics.compiled import compiled
from lightsim.numerics.instruction import Instruction

__all__ = ["Filters", "Packed", "exact_filters", "sign_filters", "truncating_filters"]

_SHIFTS = 8  # a truncating filter sees each channel shifted by 0..7


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


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """Filters [out, in, kh, kw] to convolve with: what `exact_filters` and the others return.

    Each channel of the image is present `shifts` times (shifted by 0, 1, ..) and multiplied with
    `numbers()` int16[out, in * shifts, kh, kw]. Packed forms are made when first needed and
    kept: about a byte a number.
    """

    kind: Literal["exact", "truncating", "signs"]
    shape: tuple[int, int, int, int]
    shifts: int
    numbers: Callable[[], NDArray[np.int16]]
    terms: Callable[[], Terms] | None = None
    _packed: dict[str, Packed] = field(default_factory=dict)
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to multiply with."""
        return 0 in self.shape

    def packed(self, row: Instruction) -> Packed:
        """The filters for one instruction."""
        found = self._packed.get(row.name)
        if found is None:
            # Two threads may both make it: they make the same.
            found = self._packed[row.name] = _pack(self.numbers(), row)
        return found

    def fit_bytes(self) -> bool:
        """Whether every number is two signed bytes, 256 * high + low."""
        return self._summary()[0] <= 127 * 256 + 127

    def sums(self) -> NDArray[np.int32]:
        """int32[out], modulo 2**32: the sum of each filter's numbers."""
        return self._summary()[1]

    def largest(self) -> int:
        """The largest sum of a filter's magnitudes."""
        return self._summary()[2]

    def _summary(self) -> tuple[int, NDArray[np.int32], int]:
        found: tuple[int, NDArray[np.int32], int] | None = self._known.get("summary")
        if found is None:
            numbers = self.numbers()
            wide = numbers.reshape(len(numbers), -1)
            sums = wide.sum(axis=1, dtype=np.int64).astype(np.int32)
            largest = np.abs(wide, dtype=np.int32).sum(axis=1, dtype=np.int64).max(initial=0)
            found = self._known["summary"] = int(wide.max(initial=0)), sums, int(largest)
        return found

    def flattened(self) -> Filters:
        """The same filters for images laid out as channels of one pixel: [out, in * kh * kw]."""
        found: Filters | None = self._known.get("flattened")
        if found is None:
            out, channels, high, wide = self.shape

            def numbers() -> NDArray[np.int16]:
                split = self.numbers().reshape(out, channels, self.shifts, high, wide)
                return split.transpose(0, 1, 3, 4, 2).reshape(out, -1, 1, 1)

            shape = (out, channels * high * wide, 1, 1)
            found = self._known["flattened"] = Filters(self.kind, shape, self.shifts, numbers)
        return found


def exact_filters(weights: NDArray[np.int16]) -> Filters:
    """For `weights` int16[out, in, kh, kw]; raises `InputError` for another type or shape."""
    if weights.dtype != np.int16 or weights.ndim != 4:
        raise InputError(
            "weights", f"{weights.dtype} of shape {list(weights.shape)}", "int16 [out, in, kh, kw]"
        )
    return Filters("exact", _four(weights.shape), 1, lambda: weights)


def sign_filters(weights: NDArray[np.int16]) -> Filters:
    """For `weights` of -1 and +1: a number above zero counts as +1, any other as -1."""
    return replace(exact_filters(weights), kind="signs")


def truncating_filters(shape: tuple[int, int, int, int], terms: Callable[[], Terms]) -> Filters:
    """For filters [out, in, kh, kw] = `shape` whose terms [terms, *shape] `terms` gives.

    They are as `Codec.terms` gives them: a term that is present is sign * (x >> exponent). They
    are asked for again when another packed form is needed, so that only packed forms, eight
    bytes a weight, are kept. Raises `InputError`, then, for other shapes or an exponent above 7.
    """

    def numbers() -> NDArray[np.int16]:
        sign, exponent, present = terms()
        same = sign.shape == exponent.shape == present.shape
        if not same or sign.shape[1:] != shape:
            raise InputError("terms", f"of shape {list(sign.shape)}", f"[terms, {shape}]")
        if exponent.size and not 0 <= int(exponent.min()) <= int(exponent.max()) <= 7:
            raise InputError("exponent", f"{exponent.min()} to {exponent.max()}", "0 to 7")
        out, channels, high, wide = shape
        found = np.zeros((out, channels, _SHIFTS, high, wide), np.int16)
        _add_terms(sign, exponent, present, found)
        return found.reshape(out, channels * _SHIFTS, high, wide)

    return Filters("truncating", shape, _SHIFTS, numbers, terms)


def _four(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b, c, d = shape
    return a, b, c, d


def _pack(numbers: NDArray[np.int16], row: Instruction) -> Packed:
    filters, channels, high, wide = numbers.shape
    used = numbers.reshape(filters, -1).any(axis=1)
    # Pruned filters come last, so that whole blocks of them have no work.
    order = np.argsort(~used, kind="stable")
    blocks = -(-filters // row.filters)
    position = np.full(blocks * row.filters, -1, np.int64)
    position[:filters] = order
    places = -(-channels // row.numbers) * high * wide
    bits = 1 if row.product == "signs" else 32 // row.numbers
    words = np.empty((2 if bits == 8 else 1, blocks, places, row.filters), np.uint32)
    sort = np.zeros((blocks, places), np.int8)
    beyond = np.zeros((blocks, places // (high * wide)), np.bool_)
    flat = np.ascontiguousarray(numbers).reshape(-1)
    shape = (channels, high * wide, row.numbers, bits)
    _simple_words(flat, shape, position, words[0], sort, beyond)
    if beyond.any():
        _beyond_bytes(numbers, position, row.numbers, beyond, words, sort)
    if (sort == _PLAIN).all() or row.product == "signs":
        ends = np.arange(1, blocks + 1) * places
        index = np.tile(np.arange(places, dtype=np.int32), blocks)
        spans = np.stack([ends - places, ends - places, ends - places, ends], axis=1)
        return Packed(words[0].reshape(-1, row.filters), index, spans, position)
    # The rows in their order: high digits, negated, numbers and low digits; empty ones are left.
    plain = (sort == _PLAIN) | (sort == _DIGITS)
    kept = np.stack([sort == _DIGITS, sort == _NEGATED, plain], axis=1)
    ends = kept.sum(axis=2).cumsum().reshape(blocks, 3)
    spans = np.concatenate([np.append(0, ends[:-1, 2])[:, None], ends], axis=1)
    block, phase, place = np.nonzero(kept)
    rows = words[(phase == 0).astype(np.int8), block, place]
    return Packed(rows, place.astype(np.int32), spans.astype(np.int64), position)


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


@compiled(
    "void(Array(int8, 5, 'A', True), Array(int8, 5, 'A', True), Array(boolean, 5, 'A', True), "
    "int16[:, :, :, :, ::1])"
)
def _add_terms(
    sign: NDArray[np.int8],
    exponent: NDArray[np.int8],
    present: NDArray[np.bool_],
    numbers: NDArray[np.int16],
) -> None:
    for t in range(sign.shape[0]):
        for m in range(sign.shape[1]):
            for n in range(sign.shape[2]):
                for i in range(sign.shape[3]):
                    for j in range(sign.shape[4]):
                        if present[t, m, n, i, j]:
                            numbers[m, n, exponent[t, m, n, i, j], i, j] += sign[t, m, n, i, j]
