"""A codec: the code words of one scheme, the integers they mean, and their place in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import Whole, check_fields
from lightsim.errors import InputError
from lightsim.numerics.formats.meaning import Meanings, Word
from lightsim.numerics.formats.packing import pack_bits, packed_bytes, unpack_bits
from lightsim.numerics.formats.rounding import RealRounding, round_to_table, scaled
from lightsim.numerics.formats.scheme import Scheme

__all__ = ["Codec", "Codes", "Terms", "Word", "check_k_shape"]

Codes = NDArray[np.unsignedinteger[Any]]
"""Code words: uint8, or uint16 for formats of more than 8 bits."""

Terms = tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Codec:
    """The format of `scheme`: `words[code]` for every code of `code_bits` bits.

    The words may be given one by one, as a tuple; they are kept as arrays.
    """

    scheme: Scheme
    code_bits: Annotated[int, Whole(1, 16)]
    words: Meanings | tuple[Word, ...]
    meanings: Meanings = field(init=False, repr=False)
    representable: NDArray[np.int16] = field(init=False, repr=False)
    """Every integer the format can hold, ascending."""
    _code_of: NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)
        words = self.words if isinstance(self.words, Meanings) else Meanings.of(self.words)
        code_of = np.full(2 * self.scheme.largest + 1, -1, np.int32)
        codes = np.flatnonzero(words.canonical)
        code_of[words.values[codes].astype(np.int64) + self.scheme.largest] = codes
        object.__setattr__(self, "meanings", words)
        object.__setattr__(self, "representable", np.unique(words.values))
        object.__setattr__(self, "_code_of", code_of)

    @property
    def dtype(self) -> type[np.unsignedinteger[Any]]:
        """The type of codes."""
        return np.uint8 if self.code_bits <= 8 else np.uint16

    def encode(
        self,
        real: NDArray[np.float64],
        *,
        rounding: RealRounding = "nearest",
        rng: np.random.Generator | None = None,
        k: NDArray[np.int8] | None = None,
    ) -> Codes:
        """Codes of real weights [out, ...], the same shape; see `rounding.round_to_table`.

        `k` int8[out] may be given for a scheme whose k is fixed if it says just that. Raises
        `InputError` for NaN, infinity, or a k that the scheme does not have.
        """
        self.check_k(k, len(real))
        numbers = scaled(real, self.scheme.fraction_bits)
        return self.encode_values(round_to_table(numbers, self.representable, rounding, rng))

    def decode(self, codes: Codes) -> NDArray[np.int16]:
        """The integers of `codes`, the same shape; `InputError` for a code with too many bits."""
        return self.meanings.values[self._checked(codes)]

    def terms(self, codes: Codes) -> Terms:
        """Sign int8, exponent int8 and presence bool, each [terms, ...], of shift formats.

        The integer is the sum of sign * 2**(fraction_bits - exponent) over the terms that are
        present; an absent term has sign and exponent 0. Raises `InputError` for a format that
        is multiplied.
        """
        if not self.scheme.is_shift_add:
            raise InputError("terms", f"scheme '{self.scheme.name}' is multiplied, not shifted")
        codes, words = self._checked(codes), self.meanings
        return words.sign[:, codes], words.exponent[:, codes], words.present[:, codes]

    def term_codes(self, codes: Codes, plane: int) -> Codes:
        """The code of term `plane` of every weight, as a term-serial lane reads it, same shape.

        A format of one term a weight has one plane: its whole code.
        """
        return codes

    def encode_values(
        self, values: NDArray[np.int16], *, k: NDArray[np.int8] | None = None
    ) -> Codes:
        """The canonical codes of integers; `InputError` for one that the format cannot hold."""
        self.check_k(k, len(values))
        largest = self.scheme.largest
        wide = np.asarray(values, dtype=np.int64)
        codes = self._code_of[np.clip(wide, -largest, largest) + largest]
        wrong = (codes < 0) | (np.abs(wide) > largest)
        if wrong.any():
            raise self._not_representable(wide, wrong)
        return codes.astype(self.dtype)

    def check_k(self, k: NDArray[np.int8] | None, filters: int) -> None:
        """Raises `InputError` unless `k` is None or the k that every filter must have."""
        if k is None:
            return
        check_k_shape(k, filters)
        wrong = np.flatnonzero(k != self.scheme.max_terms)
        if wrong.size:
            raise InputError(
                f"k of filter {wrong[0]}",
                f"{k[wrong[0]]} under scheme '{self.scheme.name}'",
                f"it must be {self.scheme.max_terms}",
            )

    def pack(
        self, codes: Codes, *, word_bytes: int = 1, planes: int | None = None
    ) -> NDArray[np.uint8]:
        """The memory words of `codes`, in C order, `scheme.weight_bits` a code.

        The caller brings the axes into the order in which the array reads them: the lanes
        last. `planes` is the number of term planes of a format that has them (see
        `flightnn`); elsewhere it must be None or 1.
        """
        self._check_planes(planes)
        return pack_bits(self._checked(codes), self.scheme.weight_bits, word_bytes)

    def unpack(
        self,
        data: NDArray[np.uint8],
        shape: tuple[int, ...],
        *,
        word_bytes: int = 1,
        planes: int | None = None,
    ) -> Codes:
        """The codes of `shape` that `pack` laid into `data`."""
        self._check_planes(planes)
        return self._checked(unpack_bits(data, shape, self.scheme.weight_bits, word_bytes))

    def packed_bytes(self, count: int, *, word_bytes: int = 1, planes: int | None = None) -> int:
        """The length of what `pack` makes of `count` codes."""
        self._check_planes(planes)
        return packed_bytes(count, self.scheme.weight_bits, word_bytes)

    def _check_planes(self, planes: int | None) -> None:
        if planes not in (None, 1):
            raise InputError("planes", f"{planes} under scheme '{self.scheme.name}'", "1")

    def _checked(self, codes: Codes) -> Codes:
        codes = np.asarray(codes)
        if codes.dtype != self.dtype:
            raise InputError("codes", f"of type {codes.dtype}", self.dtype.__name__)
        if codes.size and int(codes.max()) >= len(self.meanings):
            raise InputError(
                "codes",
                f"{int(codes.max())} under scheme '{self.scheme.name}'",
                f"0 to {len(self.meanings) - 1}",
            )
        return codes

    def _not_representable(self, values: NDArray[np.int64], wrong: NDArray[np.bool_]) -> InputError:
        where = tuple(int(index) for index in np.argwhere(wrong)[0])
        value = int(values[where])
        table = self.representable.astype(np.int64)
        near = int(table[np.argmin(np.abs(table - value))])
        return InputError(
            f"weights{list(where)}",
            f"{value} is not a value of scheme '{self.scheme.name}'",
            f"the nearest is {near}",
        )


def check_k_shape(k: NDArray[np.int8], filters: int) -> None:
    """Raises `InputError` unless `k` is int8[filters]."""
    if k.shape != (filters,):
        raise InputError("k", f"of shape {list(k.shape)}", f"one for each of {filters} filters")
