"""Stacks: the filters of a tile that share row groups.

A row group takes as many passes as the largest k of its filters. Sorted filters may sit in any
row, so all filters of a tile compete for the rows of the first groups. A pass is saved only if no
filter of a whole group needs it. Where filters keep their order (in a depthwise layer, or by
choice) a whole group is one item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.pe_kinds import PeKind
from lightsim.numerics.formats.scheme import PER_FILTER
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import row_groups, row_kinds
from lightsim.tiled.mapping.plan.layout import Span
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.tiles.schedule import cut
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.units import ceil_div

__all__ = ["Stack", "stacks"]


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Items, and the row groups that take them. An item is the filters that are placed together.

    `rooms` int64[group] is the number of items that fit into a row group; `fast` int64[group] is
    how many of these places have lanes on which two terms take the time of one.
    """

    items: tuple[tuple[int, ...], ...]
    rooms: NDArray[np.int64]
    fast: NDArray[np.int64]

    @property
    def groups(self) -> int:
        """The number of row groups of the stack."""
        return len(self.rooms)


def stacks(layer: EngineLayer, accelerator: Accelerator, tiling: Tiling) -> tuple[Stack, ...]:
    """The stacks of a pass under `flightnn`: at least one for each tile of filters."""
    kinds = row_kinds(accelerator)
    bits = layer.source.element.bits
    fast = np.array([_takes_two(kind, bits) for kind in kinds])
    made = []
    for span in cut(layer.computed.channels, tiling.m):
        for own in _apart(layer, span):
            if layer.kind == "depthwise" or not tiling.sort_filters:
                made.append(_in_order(layer, accelerator, own, bool(fast.all())))
            else:
                made.append(_sorted(own, fast))
    return tuple(made)


def _takes_two(kind: PeKind, bits: int) -> bool:
    scheme = PER_FILTER
    return kind.passes(scheme, 2, bits) == kind.passes(scheme, 1, bits)


def _apart(layer: EngineLayer, span: Span) -> Iterator[Span]:
    """The parts of a tile whose filters never share a row group: one for each group of a grouped
    convolution."""
    if layer.groups == 1 or layer.kind == "depthwise":
        yield span
        return
    outer = layer.filters_of_group
    for index in range(span.start // outer, ceil_div(span.stop, outer)):
        yield Span(max(span.start, index * outer), min(span.stop, (index + 1) * outer))


def _sorted(span: Span, fast: NDArray[np.bool_]) -> Stack:
    """The stack of sorted filters: any filter may sit in any row of any group."""
    rows = len(fast)
    count = ceil_div(span.size, rows)
    items = tuple((number,) for number in range(span.start, span.stop))
    return Stack(items, np.full(count, rows), np.full(count, int(fast.sum())))


def _in_order(layer: EngineLayer, accelerator: Accelerator, span: Span, fast: bool) -> Stack:
    groups = row_groups(layer, accelerator, span, False)
    items = tuple(tuple(f for f in group.filters if f >= 0) for group in groups)
    one = np.ones(len(items), np.int64)
    return Stack(items, one, one if fast else one * 0)
