"""What the ROMs of a tile program take: they depend on what is in them."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.estimation.part import Part
from lightsim.hardware.device import Resources
from lightsim.rtl.descriptors import Descriptor, TileProgram
from lightsim.rtl.fields import Fields, packed
from lightsim.rtl.project import IMAGES
from lightsim.source import Source

__all__ = ["rom_part"]

_LUT_BITS = 64


def rom_part(tiles: TileProgram) -> Part:
    """All ROMs: a LUT for 64 entries of a column, where the column's bits are not all equal.

    A register behind each such column, and a counter of the entry in hand.
    """
    lut = ff = 0
    for name, fields in IMAGES.items():
        entries = getattr(tiles, name)
        columns = _columns(fields, entries)
        counter = max(1, len(entries).bit_length()) if columns else 0
        lut += columns * -(-len(entries) // _LUT_BITS) + counter
        ff += columns + counter
    source = Source(
        "derived", "a LUT holds 64 bits; columns of descriptors that never change are not built"
    )
    return Part("tile program", Resources(lut=lut, ff=ff), source)


def _columns(fields: Fields, entries: Sequence[Descriptor]) -> int:
    """Distinct columns of bits that change from entry to entry, the ending one included."""
    words = [packed(fields, entry) for entry in [*entries, {}]]
    width = sum(bits for _, bits in fields)
    columns = {sum((word >> i & 1) << n for n, word in enumerate(words)) for i in range(width)}
    whole = (1 << len(words)) - 1
    return len(columns - {0, whole})
