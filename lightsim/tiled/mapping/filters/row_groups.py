"""Which filter sits in which array row: row groups, and what the k of their filters costs.

The rows of a group step together, so a group takes the passes of its slowest row. Sorting
filters by k makes few slow groups of many mixed ones; where the array has rows that take any
weight in one pass, filters of several terms go there first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lightsim.hardware.pe_kinds import PeKind, pe_kind
from lightsim.network.layer import Layer
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.layout import Span, first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.units import ceil_div

__all__ = [
    "RowGroup",
    "depthwise_width",
    "is_depthwise",
    "most_terms",
    "row_groups",
    "row_kinds",
]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The filters computed at the same time, one per array row (-1: row unused).

    `passes` steps are needed for each kernel tap and column group, 0 if every filter is
    pruned; `planes` weight words are read for them. `drain` is what one position takes to leave:
    each post-processing lane takes a value a cycle, of the filters whose place in the tile's words
    is its own number modulo the lanes. `channels` are the input channels the group reads, or None
    for those of the tile.
    """

    filters: tuple[int, ...]
    passes: int
    planes: int
    drain: int
    channels: Span | None = None

    @property
    def used(self) -> int:
        """Rows that hold a filter."""
        return sum(1 for index in self.filters if index >= 0)


def most_terms(scheme: Scheme) -> int:
    """The largest k that costs are worked out for: two, also where a format never has so many."""
    return max(2, scheme.max_terms)


def row_kinds(accelerator: Accelerator) -> tuple[PeKind, ...]:
    """The PE kind of every array row."""
    return tuple(pe_kind(group.pe) for group in accelerator.array.groups for _ in range(group.rows))


def depthwise_width(rows: int, columns: int) -> int:
    """Channels of a depthwise row group: they have a row each and never cross a column group."""
    return max(d for d in range(1, min(rows, columns) + 1) if columns % d == 0)


def is_depthwise(layer: Layer, accelerator: Accelerator | None) -> bool:
    """Whether a pass takes one filter of each of several channels at a time.

    It does if every group has one channel, unless fewer row groups hold the filters of one channel
    each.
    """
    groups = layer.groups
    if groups == 1 or groups != layer.input_shape.channels:
        return False
    if accelerator is None:
        return True
    array, each = accelerator.array, layer.filters_of_group
    of_channels = ceil_div(groups, depthwise_width(array.rows, array.columns)) * each
    return of_channels <= groups * ceil_div(each, array.rows)


def row_groups(
    layer: EngineLayer, accelerator: Accelerator, filters: Span, sort_filters: bool
) -> tuple[RowGroup, ...]:
    """The row groups of one tile's filters, in the order in which they are computed."""
    builder = _Builder(layer, accelerator, filters.start, sort_filters)
    if layer.kind == "depthwise":
        return builder.depthwise(filters)
    if layer.groups > 1:
        return builder.grouped(filters)
    return builder.dense(list(range(filters.start, filters.stop)), None)


class _Builder:
    """What every row group of a tile shares; `start` is the tile's first filter."""

    def __init__(
        self, layer: EngineLayer, accelerator: Accelerator, start: int, sort_filters: bool
    ) -> None:
        main = layer.main
        if main.scheme is None or main.k is None:
            raise ValueError(f"layer '{layer.name}' has no weights to place in rows")
        begin = first_in_word(
            layer.destination,
            block_channels(accelerator.word_bytes, layer.destination.element.bits),
        )
        self._layer = layer
        self._start = start - begin
        self._scheme: Scheme = main.scheme
        self._k: list[int] = np.asarray(main.k).tolist()
        self._prunes = main.scheme.k_per_filter
        self._columns = accelerator.array.columns
        self._lanes = accelerator.post.lanes
        self._bits = layer.source.element.bits
        self._sort = sort_filters and main.scheme.max_terms > 1
        # Passes and planes of the rows of each lane group by the terms of their filters.
        groups, most = accelerator.array.groups, most_terms(main.scheme)
        self._group_of = [number for number, group in enumerate(groups) for _ in range(group.rows)]
        self._cost = [
            [self._passes_planes(pe_kind(group.pe), k) for k in range(most + 1)] for group in groups
        ]
        self._fast = [
            row
            for row, number in enumerate(self._group_of)
            if self._cost[number][most][0] == self._cost[number][1][0]
        ]

    def _passes_planes(self, kind: PeKind, k: int) -> tuple[int, int]:
        passes = kind.passes(self._scheme, k, self._bits)
        return passes, max(k, 1) if kind.term_serial else 1

    def _group(self, rows: Sequence[int], channels: Span | None) -> RowGroup:
        placed = {(self._group_of[row], self._k[f]) for row, f in enumerate(rows) if f >= 0}
        lanes = Counter([(f - self._start) % self._lanes for f in rows if f >= 0])
        drain = max(lanes.values())
        if self._prunes and all(k == 0 for _, k in placed):
            return RowGroup(tuple(rows), 0, 0, drain, channels)
        costs = [self._cost[number][k] for number, k in placed]
        passes, planes = (max(row) for row in zip(*costs, strict=True))
        return RowGroup(tuple(rows), passes, planes, drain, channels)

    def dense(self, filters: list[int], channels: Span | None) -> tuple[RowGroup, ...]:
        rows = len(self._group_of)
        if self._sort:
            filters = sorted(filters, key=lambda f: -self._k[f])
            if 0 < len(self._fast) < rows:
                return self._mixed(filters, channels)
        chunks = [filters[i : i + rows] for i in range(0, len(filters), rows)]
        return tuple(self._group(chunk + [-1] * (rows - len(chunk)), channels) for chunk in chunks)

    def _mixed(self, filters: list[int], channels: Span | None) -> tuple[RowGroup, ...]:
        """Filters of several terms on the fast rows, in all groups but those that cannot."""
        rows, fast = len(self._group_of), self._fast
        slow = [row for row in range(rows) if row not in set(fast)]
        two = [f for f in filters if self._k[f] > 1]
        rest = [f for f in filters if self._k[f] <= 1]
        fewest = ceil_div(len(filters), rows)

        def slow_groups(count: int) -> int:
            return max(0, ceil_div(len(two) - len(fast) * count, len(slow)))

        # Where fast rows are the larger part, leaving slow rows empty may take fewer passes.
        most = max(fewest, ceil_div(len(two), len(fast)))
        count = min(range(fewest, most + 1), key=lambda count: count + slow_groups(count))
        full = slow_groups(count)
        groups = []
        for index in range(count):
            placed = [-1] * rows
            for row in range(rows) if index < full else fast:
                if two:
                    placed[row] = two.pop(0)
            groups.append(placed)
        for placed in groups:
            for row in (*slow, *fast):
                if placed[row] < 0 and rest:
                    placed[row] = rest.pop(0)
        return tuple(self._group(placed, channels) for placed in groups if max(placed) >= 0)

    def grouped(self, filters: Span) -> tuple[RowGroup, ...]:
        outer = self._layer.filters_of_group
        inner = self._layer.channels_of_group
        groups: list[RowGroup] = []
        for index in range(filters.start // outer, ceil_div(filters.stop, outer)):
            start = max(filters.start, index * outer)
            stop = min(filters.stop, (index + 1) * outer)
            channels = Span(index * inner, (index + 1) * inner)
            groups.extend(self.dense(list(range(start, stop)), channels))
        return tuple(groups)

    def depthwise(self, filters: Span) -> tuple[RowGroup, ...]:
        """Row r takes channel start + r; the channels of a group share one column group.

        Where a channel has several filters, one after another takes the row of their channel: of
        those left, the first whose lane has the fewest values of the group as yet.
        """
        rows = len(self._group_of)
        width = depthwise_width(rows, self._columns)
        each = self._layer.filters_of_group
        groups = []
        for start in range(filters.start // each, filters.stop // each, width):
            channels = Span(start, min(start + width, filters.stop // each))
            left = [[*range(c * each, (c + 1) * each)] for c in range(start, channels.stop)]
            for _ in range(each):
                placed = self._one_of_each(left)
                groups.append(self._group(placed + [-1] * (rows - len(placed)), channels))
        return tuple(groups)

    def _one_of_each(self, left: list[list[int]]) -> list[int]:
        """Take one of the filters that are left of every channel."""
        taken = [0] * self._lanes
        placed = []
        for filters in left:
            place = min(filters, key=lambda f: taken[(f - self._start) % self._lanes])
            taken[(place - self._start) % self._lanes] += 1
            filters.remove(place)
            placed.append(place)
        return placed
