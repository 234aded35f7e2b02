"""The LightNN formats: +-(2^-m1 + .. + 2^-mK), the terms of a weight with one shared sign.

A code is the sign and K exponent words of E bits, the first of them in the highest bits; a word w
is the exponent m = least + w. The two of GLSVLSI 2017 are, with our three bits a word:

    lightnn1   bit 3 sign, bits 2..0 m            integer +-2^(7-m)
    lightnn2   bit 6 sign, bits 5..3 m1, 2..0 m2  integer +-(2^(7-m1) + 2^(7-m2))

Neither has a zero; a member with one writes "no term" in the words behind the greatest exponent,
all ones if it can choose. In a member without one the words left over mean the greatest exponent.
Exponents may be equal (so +-256 is reached), and the least code of a value is canonical. Codes of
two and more terms are stored in an even number of bits: `lightnn2` in a byte.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.codec import Codec, Codes
from lightsim.numerics.formats.family import Member
from lightsim.numerics.formats.meaning import Meanings, term_values
from lightsim.numerics.formats.scheme import Scheme

__all__ = ["lightnn_codec", "member_of", "read_word"]


class SharedSignCodec(Codec):
    """The codec of `lightnnK`: all terms have the weight's sign."""

    __slots__ = ()

    def term_codes(self, codes: Codes, plane: int) -> Codes:
        """The sign above exponent word `plane`, the first being that in the highest bits."""
        bits, terms = self.scheme.term_bits - 1, self.scheme.max_terms
        word = codes >> (terms - 1 - plane) * bits & (1 << bits) - 1
        return np.asarray(codes >> terms * bits << bits | word, self.dtype)


def lightnn_codec(scheme: Scheme) -> Codec:
    """The codec of a member `lightnnK`."""
    member = member_of(scheme)
    bits, terms = member.exponent_bits, member.terms
    codes = np.arange(1 << member.code_bits)
    words = [codes >> (terms - 1 - plane) * bits & (1 << bits) - 1 for plane in range(terms)]
    exponent, present = (
        np.stack(part) for part in zip(*(read_word(w, member) for w in words), strict=True)
    )
    sign = np.where(present, np.where(codes >> terms * bits, -1, 1), 0).astype(np.int8)
    values = term_values(sign, exponent, present, scheme.fraction_bits)
    # The least code of a value: the first place of it.
    canonical = np.zeros(len(codes), np.bool_)
    canonical[np.unique(values, return_index=True)[1]] = True
    meanings = Meanings(values.astype(np.int16), canonical, sign, exponent, present)
    made = Codec if terms == 1 else SharedSignCodec
    return made(scheme, member.code_bits, meanings)


def read_word(
    words: NDArray[np.int64], member: Member
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """The exponents int8 (0 without a term) of exponent words, and which of them are terms."""
    low, high = member.exponents
    present = words <= high - low if member.zero else np.ones(words.shape, np.bool_)
    exponent = np.where(present, low + np.minimum(words, high - low), 0)
    return exponent.astype(np.int8), present


def member_of(scheme: Scheme) -> Member:
    """The member that a scheme is; `ValueError` for one of no family."""
    if scheme.member is None:
        raise ValueError(f"scheme '{scheme.name}' is no member of the family")
    return scheme.member
