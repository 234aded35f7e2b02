"""What the ROMs of a tile program take: they depend on what is in them."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.hardware.device import Resources
from lightsim.hardware.part import Part
from lightsim.source import Source
from lightsim.tiled.estimation.modules.memories import block_ram_halves
from lightsim.tiled.rtl.program.descriptors import Descriptor, TileProgram
from lightsim.tiled.rtl.program.fields import Fields, packed
from lightsim.tiled.rtl.project.writing import IMAGES
from lightsim.units import ceil_div

__all__ = ["rom_part"]

_LUT_BITS = 64
# Deeper ROMs are block RAM, as Yosys 0.70 has them.
_DEEPEST_IN_LUTS = 256


def rom_part(tiles: TileProgram, lanes: int) -> tuple[Part, int]:
    """All ROMs, and their halves of block RAM: what the columns take that are not all equal.

    In LUTs equal columns are built once, a LUT for 64 entries with a register behind it. Every
    ROM has a counter of the entry in hand; each post-processing lane has its own tables of
    activations.
    """
    lut = ff = halves = 0
    for name, fields in IMAGES.items():
        entries = getattr(tiles, name)
        columns = _columns(fields, entries)
        if not columns:
            continue
        counter = len(entries).bit_length()
        if name == "tables":
            halves += lanes * block_ram_halves(len(columns), 1 << counter)
            continue
        lut, ff = lut + counter, ff + counter
        if len(entries) >= _DEEPEST_IN_LUTS:
            halves += block_ram_halves(len(columns), 1 << counter)
        else:
            distinct = len(set(columns))
            lut += distinct * ceil_div(len(entries), _LUT_BITS)
            ff += distinct
    source = Source(
        "derived",
        "a LUT holds 64 bits, block RAM begins behind 256 entries; columns of "
        "descriptors that never change are not built",
    )
    used = Resources(lut=lut, ff=ff, bram36=ceil_div(halves, 2))
    return Part("tile program", used, source), halves


def _columns(fields: Fields, entries: Sequence[Descriptor]) -> list[int]:
    """The columns of bits that change from entry to entry, the ending one included."""
    words = [packed(fields, entry) for entry in [*entries, {}]]
    width = sum(bits for _, bits in fields)
    columns = (sum((word >> i & 1) << n for n, word in enumerate(words)) for i in range(width))
    whole = (1 << len(words)) - 1
    return [column for column in columns if column not in (0, whole)]
