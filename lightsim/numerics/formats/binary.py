"""The binary format: one bit, 1 for +1 and 0 for -1; a real zero rounds to +1."""

from __future__ import annotations

from lightsim.numerics.formats.codec import Codec, Word
from lightsim.numerics.formats.scheme import SCHEMES

__all__ = ["BINARY"]

BINARY = Codec(SCHEMES["binary"], 1, (Word(-1, ((-1, 0),)), Word(1, ((1, 0),))))
