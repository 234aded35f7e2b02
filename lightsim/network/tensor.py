"""What flows between layers: the shape and integer type of one image's activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Positive, Whole, check_fields

__all__ = ["ElementType", "TensorShape", "field_bits"]


def field_bits(bits: int) -> int:
    """Bits of the field that a value of so many bits lies in: the next power of two.

    Fields of powers of two fill every memory word and feed whole groups of the array's columns.
    """
    return 1 << (bits - 1).bit_length()


@dataclass(frozen=True, slots=True)
class ElementType:
    """The integer type of an activation: 1 to 8 bits, or 32.

    A 1-bit element means -1 or +1 (stored as 0 or 1); 32-bit elements are raw accumulators.
    """

    bits: Annotated[int, Whole(1, 32)]
    signed: bool

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def is_sign(self) -> bool:
        """Whether it is -1 or +1 and nothing else."""
        return self.bits == 1

    @property
    def is_raw(self) -> bool:
        """Whether it is a sum as the accumulator has it, which nothing has rounded."""
        return self.bits == 32

    @property
    def is_requantised(self) -> bool:
        """Whether it is a sum that was scaled, rounded and clamped."""
        return not self.is_sign and not self.is_raw

    @property
    def name(self) -> str:
        """How reports call it: `uint4`, `int8`, `sign`, or `raw` of a whole sum."""
        if self.is_sign:
            return "sign"
        return "raw" if self.is_raw else f"{'int' if self.signed else 'uint'}{self.bits}"

    @property
    def field_bits(self) -> int:
        """Bits of the field that holds it in a memory word."""
        return field_bits(self.bits)

    @property
    def lowest(self) -> int:
        """The smallest value."""
        if self.bits == 1:
            return -1
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def outside(self) -> int:
        """What padding counts as: 0, or -1 where there is no 0."""
        return -1 if self.bits == 1 else 0

    @property
    def highest(self) -> int:
        """The largest value."""
        if self.bits == 1:
            return 1
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1


@dataclass(frozen=True, slots=True)
class TensorShape:
    """Channels, height and width of one image's activations."""

    channels: Positive
    height: Positive
    width: Positive

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def elements(self) -> int:
        """The number of values."""
        return self.channels * self.height * self.width

    def __str__(self) -> str:
        return f"{self.channels}x{self.height}x{self.width}"
