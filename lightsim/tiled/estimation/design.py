"""The parts of a design as built by the RTL, computed from the constants of the RTL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lightsim.hardware.device import Resources
from lightsim.hardware.part import Part
from lightsim.source import Certainty, Source
from lightsim.tiled.estimation.modules.bill import Item, bill
from lightsim.tiled.estimation.modules.memories import uram_blocks
from lightsim.tiled.estimation.modules.module_cost import module_cost, module_source

__all__ = ["Amounts", "amounts", "design_parts"]


class Amounts(NamedTuple):
    """The resources of modules, with block RAM counted in 18 kb halves.

    Two halves share a block even if they belong to different modules, so only the total of a design
    is rounded up to whole blocks.
    """

    lut: int
    ff: int
    dsp: int
    halves: int
    uram: int


_WORST_FIRST: tuple[Certainty, ...] = ("assumed", "derived", "measured")


def amounts(items: Iterable[Item], *, has_uram: bool) -> Amounts:
    """The resources of all `items` together."""
    lut = ff = dsp = halves = uram = 0
    for item in items:
        cost = module_cost(item.module, item.parameters)
        lut += item.count * cost.lut
        ff += item.count * cost.ff
        dsp += item.count * cost.dsp
        blocks = uram_blocks(dict(item.parameters), cost.halves) if has_uram else 0
        uram += item.count * blocks
        halves += 0 if blocks else item.count * cost.halves
    return Amounts(lut, ff, dsp, halves, uram)


def design_parts(
    constants: Mapping[str, int], *, has_uram: bool = False, beside: int = 0
) -> tuple[Part, ...]:
    """The resources of each part of the RTL when it is built with `constants`.

    The ROMs of a tile program are left out, because they depend on the program. `beside` is the
    number of block RAM halves of these ROMs; their last half may share a block with one of the
    parts.
    """
    items: dict[str, list[Item]] = {}
    for item in bill(constants):
        items.setdefault(item.part, []).append(item)
    parts, halves = [], beside
    for name, held in items.items():
        part, halves = _part(name, held, halves, has_uram)
        parts.append(part)
    return tuple(parts)


def _part(name: str, items: list[Item], before: int, has_uram: bool) -> tuple[Part, int]:
    """A part, and the block RAM halves of this part and all previous parts together."""
    lut, ff, dsp, own, uram = amounts(items, has_uram=has_uram)
    halves = before + own
    bram36 = (halves + 1) // 2 - (before + 1) // 2
    return Part(name, Resources(lut, ff, dsp, bram36, uram), _source(items)), halves


def _source(items: list[Item]) -> Source:
    """The source of the module that costs most, with the number of the other modules."""
    most = max(items, key=lambda item: item.count * module_cost(item.module, item.parameters).lut)
    source = module_source(most.module, most.parameters)
    others = len({item.module for item in items} - {most.module})
    more = f"; and {others} modules more, each by its own" if others else ""
    held = {module_source(item.module, item.parameters).certainty for item in items}
    worst: Certainty = next(one for one in _WORST_FIRST if one in held)
    return Source(worst, f"{source.text}{more}")
