"""A made-up weight format: nothing, or plus or minus one or a quarter, in three bits.

    bit 2 sign, bits 1..0 the exponent and one: 1 is a whole, 3 a quarter, 0 and 2 are nothing

It is to the tests what a new file of `lightsim/numerics/formats` is to the project.
"""

from lightsim.numerics.formats.codec import Codec, Word
from lightsim.numerics.formats.scheme import SCHEMES


def _word(code):
    sign, place = -1 if code & 4 else 1, code & 3
    if place not in (1, 3):
        return Word(0, (None,), canonical=code == 0)
    return Word(sign << (3 - place), ((sign, place - 1),))


QUARTERS = Codec(SCHEMES["quarters"], 3, tuple(map(_word, range(8))))
