"""The FLightNN formats: a sum of k signed powers of two, k = 0..K for each filter.

    a term      the sign above an exponent word of E bits: m = least + word, or "no term"
    a code      term 0 in the lowest bits, term 1 above it, and so on

    flightnn    K = 2, E = 3: words 0..6 are +-2^(7-m), word 7 is "no term"

Seven exponents and an absent word are our choice: with 4 bits a term and filters of different
k (FLightNN, DAC 2019), one of the sixteen words must say "absent", and giving up the smallest
exponent under both signs keeps the format symmetric. The canonical absent word is all ones below a
plus, and the canonical code of a value is the one that the greedy rounding makes of it, or where
that misses it the one of the fewest terms.

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
from lightsim.numerics.formats.codec import Codec, Codes, check_k_shape
from lightsim.numerics.formats.family import Member
from lightsim.numerics.formats.meaning import Meanings, term_values
from lightsim.numerics.formats.packing import pack_bits, packed_bytes, unpack_bits
from lightsim.numerics.formats.powers import member_of, read_word
from lightsim.numerics.formats.rounding import RealRounding, round_to_table, scaled
from lightsim.numerics.formats.scheme import SCHEMES, Scheme

__all__ = ["FLIGHTNN", "FlightnnCodec", "flightnn_codec"]

_SQRT_HALF = math.sqrt(0.5)


class FlightnnCodec(Codec):
    """The codec of `flightnnK`, where `k` int8[out] gives each filter's number of terms."""

    __slots__ = ()

    def encode(
        self,
        real: NDArray[np.float64],
        *,
        rounding: RealRounding = "nearest",
        rng: np.random.Generator | None = None,
        k: NDArray[np.int8] | None = None,
    ) -> Codes:
        """Codes of real weights [out, ...]; without `k` every filter has K terms."""
        self.check_k(k, len(real))
        numbers = scaled(real, self.scheme.fraction_bits)
        if rounding == "nearest":
            return greedy_codes(numbers, self._per_weight(k, numbers), self._member)
        return self.encode_values(self._rounded(numbers, rounding, rng, k).astype(np.int16))

    def nearest_values(
        self, real: NDArray[np.float64], *, k: NDArray[np.int8] | None = None
    ) -> NDArray[np.int16]:
        """The nearest integers of at most k terms, which the greedy `encode` may miss."""
        self.check_k(k, len(real))
        numbers = scaled(real, self.scheme.fraction_bits)
        return self._rounded(numbers, "nearest", None, k).astype(np.int16)

    def encode_values(
        self, values: NDArray[np.int16], *, k: NDArray[np.int8] | None = None
    ) -> Codes:
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

    def term_codes(self, codes: Codes, plane: int) -> Codes:
        """Term `plane` of every code: the sign above the exponent word, all ones if absent."""
        bits = self.scheme.term_bits
        return np.asarray(codes >> bits * plane & (1 << bits) - 1, self.dtype)

    def terms_used(self, codes: Codes) -> NDArray[np.int8]:
        """The planes that each filter of `codes` [out, ...] needs: int8[out], 0 to K."""
        here = self.terms(codes)[2].reshape(self.scheme.max_terms, len(codes), -1).any(axis=2)
        planes = np.arange(1, self.scheme.max_terms + 1, dtype=np.int8)[:, None]
        found: NDArray[np.int8] = np.where(here, planes, np.int8(0)).max(axis=0)
        return found

    def check_k(self, k: NDArray[np.int8] | None, filters: int) -> None:
        """Raises `InputError` unless `k` is None or 0 to K for every filter."""
        if k is None:
            return
        check_k_shape(k, filters)
        wrong = np.flatnonzero((k < 0) | (k > self.scheme.max_terms))
        if wrong.size:
            first = int(wrong[0])
            problem = f"{k[first]} under scheme '{self.scheme.name}'"
            raise InputError(f"k of filter {first}", problem, f"0 to {self.scheme.max_terms}")

    def pack(
        self, codes: Codes, *, word_bytes: int = 1, planes: int | None = None
    ) -> NDArray[np.uint8]:
        """The memory words of `codes`: plane after plane, plane j the codes' terms j in C order.

        A serial lane reads plane j in its pass j, so a tile stores only as many planes as its
        largest k (K if not given); every plane begins at a word. Raises `InputError` if a term
        would be left out.
        """
        count = self._plane_count(planes)
        codes = self._checked(codes)
        if codes.size and int(self.terms_used(codes).max()) > count:
            accepted = f"at most {self.scheme.max_terms}"
            raise InputError("planes", f"{count}, but a filter has more terms", accepted)
        bits = self.scheme.term_bits
        rows = [pack_bits(self.term_codes(codes, j), bits, word_bytes) for j in range(count)]
        return np.concatenate([np.zeros(0, np.uint8), *rows])

    def unpack(
        self,
        data: NDArray[np.uint8],
        shape: tuple[int, ...],
        *,
        word_bytes: int = 1,
        planes: int | None = None,
    ) -> Codes:
        """The codes of `shape` that `pack` laid into `data`; terms without a plane are absent."""
        count = self._plane_count(planes)
        bits = self.scheme.term_bits
        size = packed_bytes(int(np.prod(shape, dtype=np.int64)), bits, word_bytes)
        if data.size != count * size:
            raise InputError("packed codes", f"{data.size} bytes", f"{count} planes of {size}")
        absent = _absent(self._member)
        codes = np.zeros(shape, self.dtype)
        for j in range(self.scheme.max_terms):
            plane = data[j * size : (j + 1) * size]
            own = unpack_bits(plane, shape, bits, word_bytes) if j < count else absent
            codes |= np.asarray(own, self.dtype) << bits * j
        return codes

    def packed_bytes(self, count: int, *, word_bytes: int = 1, planes: int | None = None) -> int:
        """The length of what `pack` makes of `count` codes."""
        return self._plane_count(planes) * packed_bytes(count, self.scheme.term_bits, word_bytes)

    @property
    def _member(self) -> Member:
        return member_of(self.scheme)

    def _per_weight(
        self, k: NDArray[np.int8] | None, numbers: NDArray[np.float64]
    ) -> NDArray[np.int8]:
        if k is None:
            return np.full(numbers.shape, self.scheme.max_terms, np.int8)
        return np.asarray(k, np.int8).reshape((-1,) + (1,) * (numbers.ndim - 1))

    def _plane_count(self, planes: int | None) -> int:
        most = self.scheme.max_terms
        count = most if planes is None else planes
        if not 0 <= count <= most:
            raise InputError(
                "planes", f"{planes} under scheme '{self.scheme.name}'", f"0 to {most}"
            )
        return count

    def _rounded(
        self,
        numbers: NDArray[np.float64],
        rounding: RealRounding,
        rng: np.random.Generator | None,
        k: NDArray[np.int8] | None,
    ) -> NDArray[np.float64]:
        rounded = np.zeros_like(numbers)
        most = self.scheme.max_terms
        for count in range(most + 1):
            filters = np.full(len(numbers), count == most) if k is None else k == count
            if filters.any():
                here = self.meanings.present.sum(axis=0) <= count
                table = np.unique(self.meanings.values[here])
                rounded[filters] = round_to_table(numbers[filters], table, rounding, rng)
        return rounded


def greedy_codes(
    numbers: NDArray[np.float64], k: NDArray[np.int8] | np.int8, member: Member
) -> Codes:
    """The greedy code of numbers in units of 2**-7, with `k` terms (broadcast against them)."""
    residual = np.clip(numbers, -1024.0, 1024.0)  # beyond that every term is the largest
    (low, high), bits = member.exponents, member.exponent_bits
    most, least = 7 - low, 7 - high
    codes = np.zeros(residual.shape, np.uint8 if member.code_bits <= 8 else np.uint16)
    for j in range(member.terms):
        # round(log2 |r|) without a logarithm: r = f * 2^e, and f decides exactly, because
        # no float lies between sqrt(1/2) and the float next above it.
        fraction, exponent = np.frexp(np.abs(residual))
        power = np.clip(exponent - (fraction < _SQRT_HALF), least, most)
        present = (np.abs(residual) >= 2.0 ** (least - 1)) & (k > j)
        word = np.where(present, (residual < 0) * (1 << bits) + (most - power), _absent(member))
        codes |= (word << (1 + bits) * j).astype(codes.dtype)
        residual -= np.where(present, np.sign(residual) * np.exp2(power), 0)
    return codes


def flightnn_codec(scheme: Scheme) -> FlightnnCodec:
    """The codec of a member `flightnnK`."""
    member = member_of(scheme)
    bits = member.exponent_bits
    codes = np.arange(1 << member.code_bits)
    words = [codes >> (1 + bits) * plane for plane in range(member.terms)]
    read = [read_word(word & (1 << bits) - 1, member) for word in words]
    exponent, present = (np.stack(part) for part in zip(*read, strict=True))
    minus = np.stack([word >> bits & 1 for word in words])
    sign = np.where(present, np.where(minus, -1, 1), 0).astype(np.int8)
    values = term_values(sign, exponent, present, scheme.fraction_bits)
    canonical = _canonical(codes, values, present, member)
    meanings = Meanings(values.astype(np.int16), canonical, sign, exponent, present)
    return FlightnnCodec(scheme, member.code_bits, meanings)


def _canonical(
    codes: NDArray[np.int64],
    values: NDArray[np.int64],
    present: NDArray[np.bool_],
    member: Member,
) -> NDArray[np.bool_]:
    """Which code is that of its value: the greedy one, or the first of the fewest terms."""
    greedy = greedy_codes(values.astype(np.float64), np.int8(member.terms), member) == codes
    missed = np.setdiff1d(values, values[greedy])
    found: NDArray[np.bool_] = greedy
    if missed.size:
        order = np.lexsort((codes, present.sum(axis=0)))
        first = order[np.unique(values[order], return_index=True)[1]]
        found[first[np.isin(values[first], missed)]] = True
    return found


def _absent(member: Member) -> int:
    return (1 << member.exponent_bits) - 1


FLIGHTNN = flightnn_codec(SCHEMES["flightnn"])
