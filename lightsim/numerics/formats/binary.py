"""The formats of signs: +1 or -1 in a bit, and -1, 0 or +1 in two.

binary      1 is +1 and 0 is -1; a real zero rounds to +1
ternary     bit 0: there is a weight; bit 1: it is negative. 0b10 is another zero
"""

from __future__ import annotations

from lightsim.numerics.formats.codec import Codec
from lightsim.numerics.formats.meaning import Meanings, Word
from lightsim.numerics.formats.scheme import Scheme

__all__ = ["binary_codec", "ternary_codec"]

_TERNARY = (
    Word(0, (None,)),
    Word(1, ((1, 0),)),
    Word(0, (None,), canonical=False),
    Word(-1, ((-1, 0),)),
)


def binary_codec(scheme: Scheme) -> Codec:
    """The codec of `binary`."""
    return Codec(scheme, 1, Meanings.of((Word(-1, ((-1, 0),)), Word(1, ((1, 0),)))))


def ternary_codec(scheme: Scheme) -> Codec:
    """The codec of `ternary`."""
    return Codec(scheme, 2, Meanings.of(_TERNARY))
