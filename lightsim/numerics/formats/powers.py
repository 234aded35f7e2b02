"""The LightNN formats: +-2^-m, and +-(2^-m1 + 2^-m2) with one shared sign (GLSVLSI 2017).

    lightnn1   bit 3 sign, bits 2..0 m            integer +-2^(7-m)
    lightnn2   bit 6 sign, bits 5..3 m1, 2..0 m2  integer +-(2^(7-m1) + 2^(7-m2))

Neither has a zero. In `lightnn2` every word means something; m1 = m2 is allowed (so +-256 is
reached), and of two words with the same value the one with m1 <= m2 is canonical. It is stored
as a byte whose bit 7 is zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.codec import Codec, Word
from lightsim.numerics.formats.scheme import SCHEMES

__all__ = ["LIGHTNN1", "LIGHTNN2"]


def _one_term(code: int) -> Word:
    sign, m = -1 if code & 8 else 1, code & 7
    return Word(sign << (7 - m), ((sign, m),))


def _two_terms(code: int) -> Word:
    sign, m1, m2 = -1 if code & 64 else 1, code >> 3 & 7, code & 7
    value = sign * ((1 << (7 - m1)) + (1 << (7 - m2)))
    return Word(value, ((sign, m1), (sign, m2)), canonical=m1 <= m2)


class SharedSignCodec(Codec):
    """The codec of `lightnn2`: both terms have the weight's sign."""

    __slots__ = ()

    def term_codes(self, codes: NDArray[np.uint8], plane: int) -> NDArray[np.uint8]:
        """Term m1 is plane 0, m2 plane 1: the sign in bit 3, the exponent below it."""
        exponents = codes >> np.uint8(3 if plane == 0 else 0) & np.uint8(7)
        return codes >> np.uint8(6) << np.uint8(3) | exponents


LIGHTNN1 = Codec(SCHEMES["lightnn1"], 4, tuple(map(_one_term, range(16))))
LIGHTNN2 = SharedSignCodec(SCHEMES["lightnn2"], 7, tuple(map(_two_terms, range(128))))
