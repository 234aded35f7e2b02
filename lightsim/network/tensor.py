"""What flows between layers: the shape and integer type of one image's activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Positive, Whole, check_fields

__all__ = ["ElementType", "TensorShape"]


@dataclass(frozen=True, slots=True)
class ElementType:
    """The integer type of an activation: 1, 8 or 32 bits.

    A 1-bit element means -1 or +1 (stored as 0 or 1); 32-bit elements are raw accumulators.
    """

    bits: Annotated[int, Whole(1, 32)]
    signed: bool

    def __post_init__(self) -> None:
        check_fields(self)

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
