"""Stacks: the filters of a tile that share row groups, and where in them each filter may sit.

A row group takes the passes of the largest k in it. Sorting moves a filter only among the slots
that are congruent to its place modulo the post-processing lanes, so the filters of one residue
class (a *pool*) compete for the class's slots in the first groups. Where filters keep their
order (depthwise, or by choice) a whole group is one item of a single pool.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pe_kinds import PeKind
from lightsim.mapping.filters import row_groups, row_kinds
from lightsim.mapping.layout import Span
from lightsim.mapping.plan import EngineLayer
from lightsim.mapping.schedule import cut
from lightsim.mapping.tiling import Tiling
from lightsim.numerics.scheme import SCHEMES
from lightsim.units import ceil_div

__all__ = ["Pool", "Stack", "stacks"]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Items, each the filters of one slot, and the slots they may take.

    `rooms[g]` slots are in row group g, `fast[g]` of them in rows that take two terms in the
    time of one.
    """

    items: tuple[tuple[int, ...], ...]
    rooms: NDArray[np.int64]
    fast: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """`groups` row groups, shared by the pools."""

    groups: int
    pools: tuple[Pool, ...]


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
                made.extend(_sorted(own, fast, accelerator.post.lanes))
    return tuple(made)


def _takes_two(kind: PeKind, bits: int) -> bool:
    scheme = SCHEMES["flightnn"]
    return kind.passes(scheme, 2, bits) == kind.passes(scheme, 1, bits)


def _apart(layer: EngineLayer, span: Span) -> Iterator[Span]:
    """The parts of a tile whose filters do not mix: those of a grouped convolution's groups."""
    if layer.groups == 1 or layer.kind == "depthwise":
        yield span
        return
    outer = layer.computed.channels // layer.groups
    for index in range(span.start // outer, ceil_div(span.stop, outer)):
        yield Span(max(span.start, index * outer), min(span.stop, (index + 1) * outer))


def _sorted(span: Span, fast: NDArray[np.bool_], lanes: int) -> list[Stack]:
    """The stacks of sorted filters: one, but where rows are a part of the lanes.

    There the groups take turns at the classes, and those with the same classes are a stack.
    Fewer rows than lanes that do not divide them are taken as one stack too, in which groups
    become slow in order: allowed, but not always the fewest.
    """
    rows = len(fast)
    turns = lanes // rows if lanes % rows == 0 else 1
    groups = ceil_div(span.size, rows)
    slots = np.arange(groups * rows)
    group, row, own = slots // rows, slots % rows, slots % lanes
    made = []
    for turn in range(min(turns, groups)):
        count = len(range(turn, groups, turns))
        pools = []
        for residue in range(turn * rows if turns > 1 else 0, min(lanes, span.size)):
            mine = (own == residue) & (group % turns == turn)
            if mine.any():
                numbers = range(span.start + residue, span.stop, lanes)
                rooms = np.bincount(group[mine] // turns, minlength=count)
                quick = np.bincount(group[mine & fast[row]] // turns, minlength=count)
                pools.append(Pool(tuple((number,) for number in numbers), rooms, quick))
        made.append(Stack(count, tuple(pools)))
    return made


def _in_order(layer: EngineLayer, accelerator: Accelerator, span: Span, fast: bool) -> Stack:
    groups = row_groups(layer, accelerator, span, False)
    items = tuple(tuple(f for f in group.filters if f >= 0) for group in groups)
    one = np.ones(len(items), np.int64)
    return Stack(len(items), (Pool(items, one, one if fast else one * 0),))
