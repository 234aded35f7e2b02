"""DSP blocks, and which of them form two products at a time.

Two pixels share a weight w: their activations x0 and x1 form one operand x1 * 2^pitch + x0. An
activation of 8 bits, signed or not, lies in -128..255. A product is therefore at most 255 * max|w|
in size and fits a signed number of `pitch` bits. The adder behind the multiplier adds half of
2^pitch, so a negative low product does not borrow from the high product. No LUT is needed to
separate the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Text, Whole, check_fields
from lightsim.numerics.formats.scheme import Scheme
from lightsim.source import Source

__all__ = [
    "DSP_BLOCKS",
    "PAIRING",
    "DspBlock",
    "most_products",
    "pair_bits",
    "pair_pitch",
]

_LARGEST_ACTIVATION = 255
_ACTIVATION_BITS = 9
# The widest operand of a pair that is built: the width of a DSP48E1. Two-term weights (`lightnn2`,
# `flightnn`) would need 26 bits. Newer blocks have 26 bits, but the LUTs of such lanes are not
# calibrated.
_MOST_PAIR_BITS = 25


PAIRING = Source(
    "measured",
    "two neighbouring pixels share a weight where their joint operand (the bits of a product and 9 "
    "more, at most 25) fits and an adder follows: Yosys 0.70 infers ceil(pixels / 2) blocks a row "
    "and column of lane_rows.sv, DSP48E1 for xc7 and DSP48E2 for xcup; DSP58 not tried",
)


@dataclass(frozen=True, slots=True)
class DspBlock:
    """A DSP block with the widths of its signed operands; `adds` says that an adder follows."""

    name: Annotated[str, Text()]
    operand_bits: Annotated[int, Whole(1, 64)]
    weight_bits: Annotated[int, Whole(1, 64)]
    adds: bool
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)

    def products(self, scheme: Scheme) -> int:
        """Products of `scheme` that the block forms at a time: 2, or 1 if a pair is too wide."""
        fits = pair_bits(scheme) <= self.operand_bits and self.adds
        return most_products(scheme) if fits else 1


DSP_BLOCKS: dict[str, DspBlock] = {
    row.name: row
    for row in (
        DspBlock("DSP48E1", 25, 18, True, Source("recalled", "AMD UG479: 25 x 18, 48-bit adder")),
        DspBlock("DSP48E2", 27, 18, True, Source("recalled", "AMD UG579: 27 x 18, 48-bit adder")),
        DspBlock("DSP58", 27, 24, True, Source("recalled", "AMD AM004: 27 x 24, 58-bit adder")),
        DspBlock("MULT18X18D", 18, 18, False, Source("recalled", "Lattice ECP5: 18 x 18")),
        DspBlock("MAC16", 16, 16, True, Source("recalled", "Lattice iCE40: 16 x 16, 32-bit adder")),
    )
}


def pair_pitch(scheme: Scheme) -> int:
    """Bits of the signed product of an 8-bit activation and a weight: the pitch of a pair."""
    return (_LARGEST_ACTIVATION * scheme.largest).bit_length() + 1


def pair_bits(scheme: Scheme) -> int:
    """Bits of the operand that holds two activations."""
    return pair_pitch(scheme) + _ACTIVATION_BITS


def most_products(scheme: Scheme) -> int:
    """The most products of `scheme` that an accelerator may form on one DSP block."""
    return 2 if pair_bits(scheme) <= _MOST_PAIR_BITS else 1
