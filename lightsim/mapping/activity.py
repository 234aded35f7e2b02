"""Activity of tiles: the counts that the energy model multiplies."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pe_kinds import PeKind
from lightsim.mapping.filters import row_kinds
from lightsim.mapping.schedule import Schedule, Tile
from lightsim.mapping.work import GroupWork, activation_bytes, column_groups, weight_word_bits
from lightsim.numerics.scheme import Scheme

__all__ = ["Activity", "product_event"]


def product_event(kind: PeKind, scheme: Scheme, k: int, activation_bits: int) -> tuple[str, int]:
    """The energy event of one product, and how often it happens."""
    if kind.name == "xnor_popcount":
        return "xnor_bit", activation_bits
    if kind.name.startswith("shift_add"):
        return "shift_add_term", k
    return ("multiply_4" if scheme.weight_bits <= 4 else "multiply_8"), 1


class Activity:
    """Counts since the last `take`: energy events, and lane cycles spent on real products."""

    def __init__(self, accelerator: Accelerator) -> None:
        self._accelerator = accelerator
        self._kinds = row_kinds(accelerator)
        self._events: dict[str, int] = {}
        self._useful = 0
        self._per_pixel: dict[tuple[int, int], tuple[dict[str, int], int]] = {}
        self._layer: int | None = None

    def take(self) -> tuple[dict[str, int], int]:
        """The counts so far; counting starts again at zero."""
        events, useful = self._events, self._useful
        self._events, self._useful = {}, 0
        return events, useful

    def _add(self, event: str, count: int) -> None:
        if count:
            self._events[event] = self._events.get(event, 0) + count

    def count(self, schedule: Schedule, tile: Tile, groups: Sequence[GroupWork]) -> None:
        """Count one tile."""
        word = self._accelerator.word_bytes
        layer = schedule.layer
        values = tile.computed.pixels * tile.computed.channels.size
        if layer.weights is None:
            self._add("pool_op", values * layer.kernel[0] * layer.kernel[1])
            self._add("input_buffer_byte", sum(g.outputs * g.steps for g in groups) * word)
            self._useful += sum(g.outputs * g.steps for g in groups)
        else:
            self._products(schedule, tile)
            self._accesses(schedule, tile, groups)
        if tile.last:
            self._add("requantise", values * (2 if layer.residual is not None else 1))
            if layer.pooling is not None:
                self._add("pool_op", values)
            written = activation_bytes(layer.destination, tile.written, word)
            self._add("output_buffer_byte", 2 * written)  # written once, read by the store

    def _products(self, schedule: Schedule, tile: Tile) -> None:
        key = (id(schedule), tile.weight_tile)
        found = self._per_pixel.get(key)
        if found is None:
            found = self._per_pixel[key] = self._count_products(schedule, tile)
        events, useful = found
        for event, count in events.items():
            self._add(event, count * tile.computed.pixels)
        self._useful += useful * tile.computed.pixels

    def _count_products(self, schedule: Schedule, tile: Tile) -> tuple[dict[str, int], int]:
        """Events and useful lane cycles of one pixel of a tile's filters."""
        layer = schedule.layer
        scheme, k = layer.main.scheme, layer.main.k
        if scheme is None or k is None:
            return {}, 0
        bits = layer.source.element.bits
        taps = layer.kernel[0] * layer.kernel[1]
        inner = (
            tile.read.channels.size
            if layer.groups == 1
            else (layer.source.shape.channels // layer.groups)
        )
        events: dict[str, int] = {}
        useful = 0
        for group in tile.groups:
            for row, index in enumerate(group.filters):
                if index < 0:
                    continue
                terms = int(k[index])
                if scheme.k_per_filter and terms == 0:
                    continue  # pruned: no product is formed
                event, count = product_event(self._kinds[row], scheme, terms, bits)
                events[event] = events.get(event, 0) + count * taps * inner
                useful += self._kinds[row].passes(scheme, terms, bits) * taps * inner
        return events, useful

    def _accesses(self, schedule: Schedule, tile: Tile, groups: Sequence[GroupWork]) -> None:
        """Buffer accesses: a step reads one input word per pixel and a weight word."""
        layer, accelerator = schedule.layer, self._accelerator
        array = accelerator.array
        bits = layer.source.element.bits
        taps = layer.kernel[0] * layer.kernel[1]
        steps = sum(g.outputs * g.steps for g in groups)
        self._add("input_buffer_byte", steps * array.columns * array.pixels * bits // 8)
        reads = sum(
            g.outputs * taps * column_groups(layer, accelerator, group, tile.read.channels)
            * group.planes
            for g, group in zip(groups, tile.groups, strict=True)
        )  # fmt: skip
        self._add("weight_buffer_byte", reads * weight_word_bits(layer, accelerator) // 8)
        self._add(
            "accumulate",
            sum(
                g.outputs * g.steps * group.used
                for g, group in zip(groups, tile.groups, strict=True)
            )
            * array.pixels,
        )
        sides = (not tile.first) + (not tile.last)
        words = sum(g.outputs for g in groups) * sides
        self._add(
            "psum_byte", words * array.rows * array.pixels * accelerator.accumulator.bits // 8
        )
