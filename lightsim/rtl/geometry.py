"""The shapes of the accelerator's memories and words, which its parameters and its data share."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pe_kinds import PeKind
from lightsim.mapping.filters import row_kinds
from lightsim.numerics.scheme import Scheme, scheme
from lightsim.units import ceil_div

__all__ = ["Geometry"]


@dataclass(frozen=True, slots=True)
class Geometry:
    """How an accelerator's words and buffers are built.

    A weight word holds the codes of all rows, row after row, a row's columns side by side;
    `narrow_bits` are those of one column, which depthwise layers read.
    """

    accelerator: Accelerator

    @property
    def scheme(self) -> Scheme:
        """The scheme the lanes are built for."""
        return scheme(self.accelerator.scheme)

    @property
    def kinds(self) -> tuple[PeKind, ...]:
        """The PE kind of every row."""
        return row_kinds(self.accelerator)

    @property
    def narrow_bits(self) -> int:
        """Code bits of all rows for one column."""
        return sum(kind.code_bits(self.scheme) for kind in self.kinds)

    @property
    def weight_bits(self) -> int:
        """Code bits of all rows and columns."""
        return self.narrow_bits * self.accelerator.array.columns

    def memories_for(self, weight_bits: int) -> int:
        """Port words that a weight word of `weight_bits` takes."""
        return ceil_div(weight_bits, self.accelerator.port_bits)

    def sharing(self, weight_bits: int) -> int:
        """Weight words of `weight_bits` that share a port word (1 if none do)."""
        return max(1, self.accelerator.port_bits // weight_bits)

    def input_memories(self, bits: int) -> int:
        """Port words of `bits`-bit channels that a column group takes."""
        return max(1, self.accelerator.array.columns * bits // self.accelerator.port_bits)

    def input_parts(self, bits: int) -> int:
        """Column groups of `bits`-bit channels in a port word (1 if it takes several)."""
        return max(1, self.accelerator.port_bits // (bits * self.accelerator.array.columns))
