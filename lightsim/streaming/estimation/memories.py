"""What a memory on the chip is made of: LUT RAM, block RAM or UltraRAM."""

from __future__ import annotations

from lightsim.hardware.device import Resources
from lightsim.source import Source
from lightsim.units import ceil_div

__all__ = ["GEOMETRY", "memory"]

GEOMETRY = Source(
    "recalled",
    "block RAM halves of 18 kb up to 36 bits x 512, UltraRAM 72 bits x 4096, LUT RAM 4 LUTs for 6 "
    "bits x 32 or 3 bits x 64: AMD UG473, UG573, UG474; the choice between them is ours",
)

_LUTRAM_DEPTH = 64
_HALF_SHAPES = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))
_URAM_BITS, _URAM_WORDS, _HALVES_PER_URAM = 72, 4096, 16


def memory(width_bits: int, depth: int, *, has_uram: bool) -> Resources:
    """A memory with one read and one write port.

    LUT RAM up to 64 words; UltraRAM where the device has it and nearly fills it; else block RAM,
    two halves a block.
    """
    if width_bits == 0 or depth == 0:
        return Resources()
    if depth <= _LUTRAM_DEPTH:
        return Resources(lut=4 * ceil_div(width_bits, 6 if depth <= 32 else 3))
    halves = min(ceil_div(width_bits, w) * ceil_div(depth, d) for w, d in _HALF_SHAPES)
    urams = ceil_div(width_bits, _URAM_BITS) * ceil_div(depth, _URAM_WORDS)
    if has_uram and 9 * urams * _HALVES_PER_URAM <= 10 * halves:
        return Resources(uram=urams)
    return Resources(bram36=ceil_div(halves, 2))
