"""What the buffers cost: the words each delivers in a cycle, their depth, and the blocks."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.estimation.memories import GEOMETRY, memory_resources
from lightsim.estimation.part import Part
from lightsim.hardware.accelerator import Accelerator, Array
from lightsim.hardware.device import Resources
from lightsim.hardware.pe_kinds import pe_kind
from lightsim.hardware.pipeline import PARAMETER_BYTES, PARAMETER_SLOTS
from lightsim.numerics.scheme import Scheme
from lightsim.units import ceil_div

__all__ = [
    "Memory",
    "input_word_bits",
    "memories",
    "psum_word_bits",
    "storage_parts",
    "weight_word_bits",
]


@dataclass(frozen=True, slots=True)
class Memory:
    """`copies` times `banks` equal memories of `depth` words of `width_bits`; depth 0 is none."""

    name: str
    width_bits: int
    depth: int
    banks: int
    copies: int = 1

    def resources(self, has_uram: bool) -> Resources:
        """Blocks, and half a LUT a bit where one of several banks is read."""
        if self.depth == 0:
            return Resources()
        count = self.banks * self.copies
        blocks = memory_resources(self.width_bits, self.depth, count, has_uram=has_uram)
        select = ceil_div(self.width_bits * self.copies * (self.banks - 1), 2)
        return blocks + Resources(lut=select)


def weight_word_bits(array: Array, scheme: Scheme) -> int:
    """Bits of the word that feeds every row and column of the array in one step."""
    codes = sum(group.rows * pe_kind(group.pe).code_bits(scheme) for group in array.groups)
    return array.columns * codes


def input_word_bits(array: Array, port_bits: int) -> int:
    """Bits that one copy of the input buffer delivers: all columns, at least a port word."""
    return max(array.columns * 8, port_bits)


def psum_word_bits(array: Array, accumulator_bits: int) -> int:
    """Bits of the partial sums of all rows and pixels."""
    return array.rows * array.pixels * accumulator_bits


def memories(acc: Accelerator, scheme: Scheme) -> tuple[Memory, ...]:
    """Every on-chip memory of `acc` but the ports' FIFOs."""
    activations = input_word_bits(acc.array, acc.port_bits)
    weights = weight_word_bits(acc.array, scheme)
    psums = psum_word_bits(acc.array, acc.accumulator.bits)
    word = acc.port_bits
    return (
        _memory("input", activations, acc.input.bytes_per_bank, acc.input.banks, acc.array.pixels),
        _memory("weight", weights, acc.weight.bytes_per_bank, acc.weight.banks),
        _memory("residual", word, acc.residual.bytes_per_bank, acc.residual.banks),
        _memory("output", word, acc.output.bytes_per_bank, acc.output.banks),
        _memory("partial sums", psums, acc.psum_bytes, 1),
        Memory("parameters", 8 * PARAMETER_BYTES, PARAMETER_SLOTS, 2),
    )


def storage_parts(acc: Accelerator, scheme: Scheme, has_uram: bool) -> tuple[Part, ...]:
    """The buffers as parts."""
    return tuple(
        Part(f"buffer: {memory.name}", memory.resources(has_uram), GEOMETRY)
        for memory in memories(acc, scheme)
    )


def _memory(name: str, width_bits: int, nbytes: int, banks: int, copies: int = 1) -> Memory:
    return Memory(name, width_bits, ceil_div(8 * nbytes, width_bits), banks, copies)
