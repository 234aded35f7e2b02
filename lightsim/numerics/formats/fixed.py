"""The fixed-point formats: two's complement of 8 and of 4 bits, multiplied and not shifted."""

from __future__ import annotations

from lightsim.numerics.formats.codec import Codec, Word
from lightsim.numerics.formats.scheme import SCHEMES

__all__ = ["FIXED4", "FIXED8"]


def _fixed(name: str, bits: int) -> Codec:
    half = 1 << (bits - 1)
    words = tuple(Word(code - 2 * half if code >= half else code, ()) for code in range(2 * half))
    return Codec(SCHEMES[name], bits, words)


FIXED8 = _fixed("fixed8", 8)
FIXED4 = _fixed("fixed4", 4)
