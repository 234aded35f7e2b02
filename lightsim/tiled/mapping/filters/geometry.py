"""The shapes of the accelerator's words and buffers, which mappings, parameters and data share."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.hardware.pe_kinds import PeKind, pe_kind
from lightsim.network.tensor import field_bits
from lightsim.numerics.formats.scheme import Scheme, scheme
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import row_kinds
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
        row = self.scheme
        groups = self.accelerator.array.groups
        return sum(group.rows * pe_kind(group.pe).code_bits(row) for group in groups)

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

    @property
    def input_memories(self) -> int:
        """Port words in a line of the input buffer: a group of columns of the widest fields."""
        acc = self.accelerator
        return max(1, acc.array.columns * acc.field_bits // acc.port_bits)

    def input_parts(self, bits: int) -> int:
        """Column groups of `bits`-bit channels in a line of the input buffer."""
        line = self.input_memories * self.accelerator.port_bits
        return line // (field_bits(bits) * self.accelerator.array.columns)

    def input_bytes(self, pixels: int, blocks: int) -> int:
        """Bytes of the input buffer that a box takes: whole lines for each of its pixels."""
        memories = self.input_memories
        return pixels * ceil_div(blocks, memories) * memories * self.accelerator.word_bytes

    def weight_bytes(self, parameters: int, codes: int, narrow: bool) -> int:
        """Bytes of the weight buffer that a weight tile takes, by the bytes it has in memory.

        A depthwise tile's words are `narrow`, and each begins a line of the buffer or shares it
        with as many as share a port word; the rest of the line stays unused.
        """
        if not narrow:
            return parameters + codes
        word = self.accelerator.word_bytes
        lines = ceil_div(codes, self.memories_for(self.narrow_bits) * word)
        return parameters + lines * self.memories_for(self.weight_bits) * word
