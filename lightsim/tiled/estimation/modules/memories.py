"""How a memory of a given width and depth is built: from LUT RAM, block RAM or UltraRAM."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.hardware.device import Resources
from lightsim.source import Source
from lightsim.tiled.estimation.modules.terms import Parameters, bits_for
from lightsim.units import ceil_div

__all__ = [
    "GEOMETRY",
    "LUTRAM_DEPTH",
    "NOTHING",
    "Mapped",
    "block_ram_halves",
    "mapped",
    "memory_resources",
    "uram_blocks",
]

GEOMETRY = Source(
    "recalled",
    "block RAM halves of 18 kb up to 36 bits x 512 (7 series, UltraScale, ECP5), UltraRAM 72 bits "
    "x 4096, LUT RAM 4 LUTs for 6 bits x 32 or 3 bits x 64: AMD UG473, UG573, UG474; the choice "
    "between them is ours, and that of Yosys 0.70 on every memory of the calibration",
)

# A memory of at most this depth is built from LUTs.
LUTRAM_DEPTH = 64
# Width and depth of the shapes of an 18 kb block with one read and one write port.
_HALF_SHAPES = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))
# A slice of one byte and 128 rows is LUT RAM too: two LUTs per bit and port, and a row decoder.
_BYTE_DEPTH, _BYTE_LUTS = 128, 34
_URAM_BITS, _URAM_WORDS = 72, 4096
# An UltraRAM holds as much as eight 36 kb blocks, so it must replace about eight of them. It need
# replace only eight ninths, because a port of 64 or 128 bits leaves a ninth of the 72-bit words
# empty.
_HALVES_PER_URAM = 16
_LEAST_SAVED = (8, 9)


@dataclass(frozen=True, slots=True)
class Mapped:
    """The cells of a memory: LUTs of LUT RAM, registers, and 18 kb halves of block RAM."""

    lut: int
    ff: int
    halves: int


NOTHING = Mapped(0, 0, 0)


def mapped(p: Parameters) -> Mapped:
    """The cells of a memory, from the parameters of `bank_memory`, `psum_memory` or `slice_memory`.

    A memory has as many words as its address bits can name. The register behind the read port is
    made of flip-flops in LUT RAM, and is part of the block in block RAM. A memory deeper than one
    block needs a selector behind its blocks.
    """
    sliced = "BYTES" in p
    width = 8 * p["BYTES"] if sliced else p["WIDTH"]
    address_bits = bits_for(p["DEPTH"]) + (p.get("BANKS", 1) == 2)
    depth = 1 << address_bits
    # The address of a slice has no register in front of the memory.
    address = 0 if sliced else address_bits
    if sliced and width == 8 and depth == _BYTE_DEPTH:
        return Mapped(_BYTE_LUTS, width + address, 0)
    if depth <= LUTRAM_DEPTH:
        lut = p["BYTES"] * _lutram(8, depth) if sliced else _lutram(width, depth)
        return Mapped(lut, width + address, 0)
    halves, deep = _blocks(width, depth, by_bytes=sliced)
    selectors = width * (deep - 1) + deep if deep > 1 else 0
    return Mapped(selectors, address + (deep - 1).bit_length(), halves)


def _lutram(width_bits: int, depth: int) -> int:
    return 4 * ceil_div(width_bits, 6 if depth <= 32 else 3)


def block_ram_halves(width_bits: int, depth: int) -> int:
    """The fewest 18 kb blocks that hold `depth` words of `width_bits`, all blocks in one shape."""
    return _blocks(width_bits, depth, by_bytes=False)[0]


def _blocks(width_bits: int, depth: int, *, by_bytes: bool) -> tuple[int, int]:
    """The fewest 18 kb halves, and the number of 36 kb blocks behind one another for the depth.

    A memory that is written byte by byte leaves the ninth bit of each byte unused.
    """
    return min(
        (ceil_div(width_bits, w - by_bytes * (w // 9)) * ceil_div(depth, d), ceil_div(depth, 2 * d))
        for w, d in _HALF_SHAPES
    )


def memory_resources(
    width_bits: int, depth: int, copies: int = 1, *, has_uram: bool = False
) -> Resources:
    """The resources of `copies` equal memories with one read and one write port each.

    A memory of up to 64 words is LUT RAM. A deeper memory is UltraRAM where the device has UltraRAM
    and where it wastes no more than block RAM would. All other memories are block RAM, two halves
    to a block.
    """
    if depth <= LUTRAM_DEPTH:
        return Resources(lut=copies * _lutram(width_bits, depth))
    halves = block_ram_halves(width_bits, depth)
    urams = _urams(width_bits, depth, halves) if has_uram else 0
    if urams:
        return Resources(uram=copies * urams)
    return Resources(bram36=ceil_div(copies * halves, 2))


def uram_blocks(p: Parameters, halves: int) -> int:
    """The UltraRAMs that replace `halves` halves of block RAM; 0 if the memory stays in block RAM.

    Slices are written byte by byte and stay in block RAM.
    """
    if halves == 0 or "BYTES" in p:
        return 0
    depth = 1 << (bits_for(p["DEPTH"]) + (p.get("BANKS", 1) == 2))
    return _urams(p["WIDTH"], depth, halves)


def _urams(width_bits: int, depth: int, halves: int) -> int:
    urams = ceil_div(width_bits, _URAM_BITS) * ceil_div(depth, _URAM_WORDS)
    few, of = _LEAST_SAVED
    return urams if urams * _HALVES_PER_URAM * few <= halves * of else 0
