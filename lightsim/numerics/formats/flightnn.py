"""The FLightNN format: a sum of k signed powers of two, k in {0, 1, 2} for each filter.

    a term      bit 3 sign, bits 2..0 m: m = 0..6 is +-2^(7-m), m = 7 is "no term"
    a code      term 0 in bits 3..0, term 1 in bits 7..4

Seven exponents and an absent word are our choice: with 4 bits a term and filters of different
k (FLightNN, DAC 2019), one of the sixteen words must say "absent", and giving up the smallest
exponent under both signs keeps the format symmetric. The canonical absent word is 0b0111, and
the canonical code of a value is the one that the greedy rounding makes of it.

`nearest` is FLightNN's greedy rounding (as recalled from the paper): with r = w, each term in
turn is R(r) = sign(r) * 2^round(log2 |r|), kept between the smallest and the largest term, and
r loses it; a term is absent where r is nearer to zero than to the smallest term (a tie is
present: both choices are ours).
Every sum of two terms is its own greedy sum, but the greedy sum is not always the nearest:
integer 87 becomes 64 + 32 = 96 although 64 + 16 = 80 is nearer. `nearest_values` gives that.
`stochastic` chooses between the neighbours that k terms can reach.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.formats.codec import Codec, Word, check_k_shape
from lightsim.numerics.formats.packing import pack_bits, packed_bytes, unpack_bits
from lightsim.numerics.formats.rounding import RealRounding, round_to_table, scaled
from lightsim.numerics.formats.scheme import SCHEMES

__all__ = ["FLIGHTNN", "FlightnnCodec"]

_ABSENT = 7
_SQRT_HALF = math.sqrt(0.5)


class FlightnnCodec(Codec):
    """The codec of `flightnn`, where `k` int8[out] gives each filter's number of terms."""

    __slots__ = ()

    def encode(
        self,
        real: NDArray[np.float64],
        *,
        rounding: RealRounding = "nearest",
        rng: np.random.Generator | None = None,
        k: NDArray[np.int8] | None = None,
    ) -> NDArray[np.uint8]:
        """Codes of real weights [out, ...]; without `k` every filter has two terms."""
        self.check_k(k, len(real))
        numbers = scaled(real, self.scheme.fraction_bits)
        if rounding == "nearest":
            return greedy_codes(numbers, _per_weight(k, numbers))
        return greedy_codes(self._rounded(numbers, rounding, rng, k), np.int8(2))

    def nearest_values(
        self, real: NDArray[np.float64], *, k: NDArray[np.int8] | None = None
    ) -> NDArray[np.int16]:
        """The nearest integers of at most k terms, which the greedy `encode` may miss."""
        self.check_k(k, len(real))
        numbers = scaled(real, self.scheme.fraction_bits)
        return self._rounded(numbers, "nearest", None, k).astype(np.int16)

    def encode_values(
        self, values: NDArray[np.int16], *, k: NDArray[np.int8] | None = None
    ) -> NDArray[np.uint8]:
        """Canonical codes of integers; `InputError` if one needs more terms than its filter's k."""
        codes = Codec.encode_values(self, values)
        if k is None:
            return codes
        self.check_k(k, len(codes))
        used = self.terms_used(codes)
        over = np.flatnonzero(used.astype(np.int64) - k > 0)
        if over.size:
            first = int(over[0])
            raise InputError(
                f"weights[{first}]",
                f"needs {used[first]} terms but k is {k[first]}",
                "encode real weights to round to k terms",
            )
        return codes

    def term_codes(self, codes: NDArray[np.uint8], plane: int) -> NDArray[np.uint8]:
        """Term `plane` of every code: the sign in bit 3, the exponent below it, 7 if absent."""
        return codes >> np.uint8(4 * plane) & np.uint8(15)

    def terms_used(self, codes: NDArray[np.uint8]) -> NDArray[np.int8]:
        """The planes that each filter of `codes` [out, ...] needs: int8[out], 0 to 2."""
        count = self.terms(codes)[2].reshape(2, len(codes), -1).sum(axis=2)
        return np.where(count[1] > 0, 2, count[0] > 0).astype(np.int8)

    def check_k(self, k: NDArray[np.int8] | None, filters: int) -> None:
        """Raises `InputError` unless `k` is None or 0, 1 or 2 for every filter."""
        if k is None:
            return
        check_k_shape(k, filters)
        wrong = np.flatnonzero((k < 0) | (k > self.scheme.max_terms))
        if wrong.size:
            first = int(wrong[0])
            raise InputError(
                f"k of filter {first}", f"{k[first]} under scheme 'flightnn'", "0 to 2"
            )

    def pack(
        self, codes: NDArray[np.uint8], *, word_bytes: int = 1, planes: int | None = None
    ) -> NDArray[np.uint8]:
        """The memory words of `codes`: plane after plane, plane j the codes' terms j in C order.

        A serial lane reads plane j in its pass j, so a tile stores only as many planes as its
        largest k (2 if not given); every plane begins at a word. Raises `InputError` if a term
        would be left out.
        """
        count = self._plane_count(planes)
        codes = self._checked(codes)
        if codes.size and int(self.terms_used(codes).max()) > count:
            raise InputError("planes", f"{count}, but a filter has more terms", "at most 2")
        rows = [pack_bits(self.term_codes(codes, j), 4, word_bytes) for j in range(count)]
        return np.concatenate([np.zeros(0, np.uint8), *rows])

    def unpack(
        self,
        data: NDArray[np.uint8],
        shape: tuple[int, ...],
        *,
        word_bytes: int = 1,
        planes: int | None = None,
    ) -> NDArray[np.uint8]:
        """The codes of `shape` that `pack` laid into `data`; terms without a plane are absent."""
        count = self._plane_count(planes)
        size = packed_bytes(int(np.prod(shape, dtype=np.int64)), 4, word_bytes)
        if data.size != count * size:
            raise InputError("packed codes", f"{data.size} bytes", f"{count} planes of {size}")
        codes = np.full(shape, _ABSENT | _ABSENT << 4, np.uint8)
        for j in range(count):
            plane = unpack_bits(data[j * size : (j + 1) * size], shape, 4, word_bytes)
            codes ^= (plane ^ np.uint8(_ABSENT)) << np.uint8(4 * j)
        return codes

    def packed_bytes(self, count: int, *, word_bytes: int = 1, planes: int | None = None) -> int:
        """The length of what `pack` makes of `count` codes."""
        return self._plane_count(planes) * packed_bytes(count, 4, word_bytes)

    def _plane_count(self, planes: int | None) -> int:
        count = 2 if planes is None else planes
        if not 0 <= count <= 2:
            raise InputError("planes", f"{planes} under scheme 'flightnn'", "0 to 2")
        return count

    def _rounded(
        self,
        numbers: NDArray[np.float64],
        rounding: RealRounding,
        rng: np.random.Generator | None,
        k: NDArray[np.int8] | None,
    ) -> NDArray[np.float64]:
        rounded = np.zeros_like(numbers)
        for count in (0, 1, 2):
            filters = np.full(len(numbers), count == 2) if k is None else k == count
            if filters.any():
                table = _reachable(self, count)
                rounded[filters] = round_to_table(numbers[filters], table, rounding, rng)
        return rounded


def greedy_codes(numbers: NDArray[np.float64], k: NDArray[np.int8] | np.int8) -> NDArray[np.uint8]:
    """The greedy code of numbers in units of 2**-7, with `k` terms (broadcast against them)."""
    residual = np.clip(numbers, -1024.0, 1024.0)  # beyond that every term is the largest
    codes = np.zeros(residual.shape, np.uint8)
    for j in range(2):
        # round(log2 |r|) without a logarithm: r = f * 2^e, and f decides exactly, because
        # no float lies between sqrt(1/2) and the float next above it.
        fraction, exponent = np.frexp(np.abs(residual))
        power = np.clip(exponent - (fraction < _SQRT_HALF), 1, 7)
        present = (np.abs(residual) >= 1) & (k > j)
        word = np.where(present, (residual < 0) * 8 + (7 - power), _ABSENT)
        codes |= (word << 4 * j).astype(np.uint8)
        residual -= np.where(present, np.sign(residual) * np.exp2(power), 0)
    return codes


def _per_weight(k: NDArray[np.int8] | None, numbers: NDArray[np.float64]) -> NDArray[np.int8]:
    if k is None:
        return np.full(numbers.shape, 2, np.int8)
    return np.asarray(k, np.int8).reshape((-1,) + (1,) * (numbers.ndim - 1))


def _reachable(codec: Codec, count: int) -> NDArray[np.int16]:
    return np.unique(
        [word.value for word in codec.words if sum(t is not None for t in word.terms) <= count]
    ).astype(np.int16)


def _term(code: int) -> tuple[int, int] | None:
    return None if code & 7 == _ABSENT else (-1 if code & 8 else 1, code & 7)


def _words() -> tuple[Word, ...]:
    rows = []
    for code in range(256):
        terms = (_term(code & 15), _term(code >> 4))
        value = sum(term[0] << (7 - term[1]) for term in terms if term is not None)
        canonical = int(greedy_codes(np.array([float(value)]), np.int8(2))[0]) == code
        rows.append(Word(value, terms, canonical))
    return tuple(rows)


FLIGHTNN = FlightnnCodec(SCHEMES["flightnn"], 8, _words())
