"""What the code words of a format mean, word by word or as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import check_fields

__all__ = ["Meanings", "Word", "term_values"]


@dataclass(frozen=True, slots=True)
class Word:
    """The meaning of a code word: its integer, and its terms as (sign, exponent) or None.

    A term is worth sign * 2**(fraction_bits - exponent). `canonical` marks the one word that
    encoding makes of the value.
    """

    value: int
    terms: tuple[tuple[int, int] | None, ...]
    canonical: bool = True

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """The meanings of all code words: `values` int16[code] and `canonical` bool[code]; of the terms
    `sign`, `exponent` int8[terms, code] and `present` bool[terms, code], 0 where there is none."""

    values: NDArray[np.int16]
    canonical: NDArray[np.bool_]
    sign: NDArray[np.int8]
    exponent: NDArray[np.int8]
    present: NDArray[np.bool_]

    def __post_init__(self) -> None:
        check_fields(self)

    @classmethod
    def of(cls, words: Sequence[Word]) -> Meanings:
        """The meanings of words in the order of their codes, all with as many terms."""
        rows = np.array([[term or (0, 0) for term in word.terms] for word in words], np.int8)
        rows = rows.reshape(len(words), -1, 2)
        present = np.array([[term is not None for term in word.terms] for word in words], np.bool_)
        # Contiguous tables, or arrays taken from them would have the term axis last in memory.
        sign, exponent = (np.ascontiguousarray(rows[..., part].T) for part in (0, 1))
        return cls(
            np.array([word.value for word in words], np.int16),
            np.array([word.canonical for word in words], np.bool_),
            sign,
            exponent,
            np.ascontiguousarray(present.T),
        )

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, code: int) -> Word:
        terms = zip(self.sign[:, code], self.exponent[:, code], self.present[:, code], strict=True)
        own = tuple((int(s), int(m)) if there else None for s, m, there in terms)
        return Word(int(self.values[code]), own, bool(self.canonical[code]))

    def __iter__(self) -> Iterator[Word]:
        return (self[code] for code in range(len(self)))


def term_values(
    sign: NDArray[np.int8], exponent: NDArray[np.int8], present: NDArray[np.bool_], unit: int
) -> NDArray[np.int64]:
    """The sums of terms [terms, ...], each worth sign * 2**(unit - exponent)."""
    sizes = np.where(present, sign.astype(np.int64) << (unit - exponent.astype(np.int64)), 0)
    found: NDArray[np.int64] = sizes.sum(axis=0)
    return found
