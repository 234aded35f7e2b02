"""The fixed-point formats: two's complement of 2 to 8 bits, multiplied and not shifted."""

from __future__ import annotations

from lightsim.numerics.formats.codec import Codec
from lightsim.numerics.formats.meaning import Meanings, Word
from lightsim.numerics.formats.scheme import Scheme

__all__ = ["fixed_codec"]


def fixed_codec(scheme: Scheme) -> Codec:
    """The codec of a member `fixedN`."""
    bits = scheme.weight_bits
    half = 1 << (bits - 1)
    words = (Word(code - 2 * half if code >= half else code, ()) for code in range(2 * half))
    return Codec(scheme, bits, Meanings.of(tuple(words)))
