"""Which filter sits in which array row: row groups, and what the k of their filters costs.

The rows of a group step together, so a group takes the passes of its slowest row. Sorting
filters by k makes few slow groups of many mixed ones; where the array has rows that take any
weight in one pass, two-term filters go there first (`slots`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pe_kinds import PeKind, pe_kind
from lightsim.mapping.layout import Span
from lightsim.mapping.plan import EngineLayer
from lightsim.mapping.slots import slots_by_terms
from lightsim.numerics.scheme import Scheme
from lightsim.units import ceil_div

__all__ = ["RowGroup", "row_groups", "row_kinds"]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The filters computed at the same time, one per array row (-1: row unused).

    `passes` steps are needed for each kernel tap and column group, 0 if every filter is
    pruned; `planes` weight words are read for them. `channels` are the input channels the
    group reads, or None for those of the tile. The filter in row r has a position in the tile
    congruent to r + `rotation`, modulo the post-processing lanes.
    """

    filters: tuple[int, ...]
    passes: int
    planes: int
    rotation: int
    channels: Span | None = None

    @property
    def used(self) -> int:
        """Rows that hold a filter."""
        return sum(1 for index in self.filters if index >= 0)

    @property
    def drained(self) -> int:
        """Rows that the drain passes over: up to the last one that holds a filter."""
        return max(row + 1 for row, index in enumerate(self.filters) if index >= 0)


def row_kinds(accelerator: Accelerator) -> tuple[PeKind, ...]:
    """The PE kind of every array row."""
    return tuple(pe_kind(group.pe) for group in accelerator.array.groups for _ in range(group.rows))


def row_groups(
    layer: EngineLayer, accelerator: Accelerator, filters: Span, sort_filters: bool
) -> tuple[RowGroup, ...]:
    """The row groups of one tile's filters, in the order in which they are computed."""
    builder = _Builder(layer, accelerator, sort_filters)
    if layer.kind == "depthwise":
        return builder.depthwise(filters)
    if layer.groups > 1:
        return builder.grouped(filters)
    return builder.dense(filters, None)


class _Builder:
    """What every row group of a layer shares."""

    def __init__(self, layer: EngineLayer, accelerator: Accelerator, sort_filters: bool) -> None:
        main = layer.main
        if main.scheme is None or main.k is None:
            raise ValueError(f"layer '{layer.name}' has no weights to place in rows")
        self._layer = layer
        self._scheme: Scheme = main.scheme
        self._k = [int(k) for k in main.k]
        self._prunes = main.scheme.k_per_filter
        self._kinds = row_kinds(accelerator)
        self._columns = accelerator.array.columns
        self._lanes = accelerator.post.lanes
        self._bits = layer.source.element.bits
        self._sort = sort_filters and main.scheme.max_terms > 1
        self._fast = [
            row
            for row, kind in enumerate(self._kinds)
            if self._passes(kind, 2) == self._passes(kind, 1)
        ]

    def _passes(self, kind: PeKind, k: int) -> int:
        return kind.passes(self._scheme, k, self._bits)

    def _group(self, rows: Sequence[int], channels: Span | None, turn: int) -> RowGroup:
        """One group; in row 0 sits, or would sit, a filter congruent to `turn`."""
        rotation = turn % self._lanes
        placed = [(self._kinds[row], self._k[f]) for row, f in enumerate(rows) if f >= 0]
        if self._prunes and all(k == 0 for _, k in placed):
            return RowGroup(tuple(rows), 0, 0, rotation, channels)
        passes = max(self._passes(kind, k) for kind, k in placed)
        planes = max(max(k, 1) if kind.term_serial else 1 for kind, k in placed)
        return RowGroup(tuple(rows), passes, planes, rotation, channels)

    def dense(self, filters: Span, channels: Span | None, base: int = 0) -> tuple[RowGroup, ...]:
        """The groups of filters that read the same channels; `base` is the first one's place."""
        rows, count = len(self._kinds), filters.size
        plain = self._groups([*range(count)] + [-1] * (-count % rows), filters, channels, base)
        if not self._sort:
            return plain
        k = self._k[filters.start : filters.stop]
        slots = slots_by_terms(k, rows, self._fast, self._lanes)
        groups = self._groups(slots, filters, channels, base)
        return groups if _no_slower(groups, plain) else plain

    def _groups(
        self, slots: Sequence[int], filters: Span, channels: Span | None, base: int
    ) -> tuple[RowGroup, ...]:
        """The groups that hold a filter, `slots` being places counted from the first filter."""
        rows = len(self._kinds)
        groups = []
        for at in range(0, len(slots), rows):
            placed = [filters.start + s if s >= 0 else -1 for s in slots[at : at + rows]]
            if max(placed) >= 0:
                groups.append(self._group(placed, channels, base + at))
        return tuple(groups)

    def grouped(self, filters: Span) -> tuple[RowGroup, ...]:
        outer = self._layer.computed.channels // self._layer.groups
        inner = self._layer.source.shape.channels // self._layer.groups
        groups: list[RowGroup] = []
        for index in range(filters.start // outer, ceil_div(filters.stop, outer)):
            start = max(filters.start, index * outer)
            stop = min(filters.stop, (index + 1) * outer)
            channels = Span(index * inner, (index + 1) * inner)
            groups.extend(self.dense(Span(start, stop), channels, start - filters.start))
        return tuple(groups)

    def depthwise(self, filters: Span) -> tuple[RowGroup, ...]:
        """Row r takes channel start + r; the channels of a group share one column group."""
        rows = len(self._kinds)
        width = max(d for d in range(1, min(rows, self._columns) + 1) if self._columns % d == 0)
        groups = []
        for start in range(filters.start, filters.stop, width):
            stop = min(start + width, filters.stop)
            placed = [*range(start, stop)] + [-1] * (rows - (stop - start))
            groups.append(self._group(placed, Span(start, stop), start - filters.start))
        return tuple(groups)


def _no_slower(groups: Sequence[RowGroup], others: Sequence[RowGroup]) -> bool:
    """Whether groups take no more steps than others, whatever the taps and column groups.

    The steps of a pixel group are t times the sum of all passes and one for each pruned group:
    linear in t, so it is enough to look at t = 1 and at the slope. Classes keep a sorting from
    doing harm only where rows divide the lanes or lanes the rows.
    """
    slopes = [sum(g.passes for g in which) for which in (groups, others)]
    ones = [sum(max(1, g.passes) for g in which) for which in (groups, others)]
    return slopes[0] <= slopes[1] and ones[0] <= ones[1]
