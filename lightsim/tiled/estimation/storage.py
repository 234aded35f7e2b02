"""The widths of the words that buffers deliver to the array in a cycle."""

from __future__ import annotations

from lightsim.hardware.pe_kinds import pe_kind
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import Array

__all__ = ["input_word_bits", "psum_word_bits", "weight_word_bits"]


def weight_word_bits(array: Array, scheme: Scheme) -> int:
    """Bits of the word that feeds every row and column of the array in one step."""
    codes = sum(group.rows * pe_kind(group.pe).code_bits(scheme) for group in array.groups)
    return array.columns * codes


def input_word_bits(array: Array, port_bits: int, field_bits: int = 8) -> int:
    """Bits that one copy of the input buffer delivers: all columns, at least a port word."""
    return max(array.columns * field_bits, port_bits)


def psum_word_bits(array: Array, accumulator_bits: int) -> int:
    """Bits of the partial sums of all rows and pixels together."""
    return array.rows * array.pixels * accumulator_bits
