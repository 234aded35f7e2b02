"""Activity of tiles: the counts that the energy model multiplies, as docs/model.md defines them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from lightsim.hardware.pe_kinds import PeKind
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import row_kinds
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.tiles.schedule import Schedule, Tile
from lightsim.tiled.mapping.tiles.work import (
    GroupWork,
    Work,
    activation_bytes,
    column_groups,
    weight_word_bits,
)

__all__ = ["Activity", "pool_ops", "product_event", "requantisations"]

_Counts = list[tuple[str, int]]


def product_event(kind: PeKind, scheme: Scheme, k: int, activation_bits: int) -> tuple[str, int]:
    """The energy event of one product, and how often it happens."""
    return kind.event(scheme, k, activation_bits)


def requantisations(layer: EngineLayer) -> int:
    """How many numbers are scaled and rounded for each value that a pass computes.

    None for raw outputs, thresholds, largest values and copies, one for a sum, and one for each
    number that an addition adds.
    """
    if layer.main.layer.operator == "multiply":
        return 1
    added = 2 * (layer.kind == "addition" or layer.addition is not None)
    scaled = layer.main.output.is_requantised and layer.thresholds == 0
    sums = layer.weights is not None and scaled
    means = layer.kind == "pooling" and layer.main.layer.operator != "max_pool"
    return added + int(sums or means)


def pool_ops(layer: EngineLayer) -> int:
    """How many numbers are taken into a window, or two of them added, for each computed value."""
    added = int(layer.kind == "addition" or layer.addition is not None)
    window = layer.kernel[0] * layer.kernel[1] if layer.kind == "pooling" else 1
    own = window if layer.kind == "pooling" and not _copies(layer) else 0
    return added + own + int(layer.pool != (1, 1))


def _copies(layer: EngineLayer) -> bool:
    if layer.main.layer.operator == "requantise":
        return True
    return layer.main.layer.operator == "max_pool" and layer.kernel == (1, 1)


class _Alike(NamedTuple):
    """What tiles have in common that do the same: their weights or channels, and how much."""

    schedule: Schedule
    weight_tile: int
    pixels: int
    first: bool
    last: bool


class Activity:
    """Counts since the last `take`: energy events, and lane cycles spent on real products."""

    def __init__(self, accelerator: Accelerator) -> None:
        self._accelerator = accelerator
        self._kinds = row_kinds(accelerator)
        self._tiles: Counter[_Alike] = Counter()
        self._one_of: dict[_Alike, Tile] = {}

    def count(self, schedule: Schedule, tile: Tile) -> None:
        """Count one tile."""
        alike = _Alike(schedule, tile.weight_tile, tile.computed.pixels, tile.first, tile.last)
        self._tiles[alike] += 1
        self._one_of.setdefault(alike, tile)

    def take(self) -> tuple[dict[str, int], int]:
        """The counts so far; counting starts again at zero."""
        events: dict[str, int] = {}
        useful = 0
        for alike, number in self._tiles.items():
            layer, tile = alike.schedule.layer, self._one_of[alike]
            groups = Work(layer, self._accelerator).groups(tile)
            if layer.weights is None:
                counts, used = self._streamed(layer, tile, groups[0])
            else:
                counts, used = self._products(layer, tile)
                counts += self._steps(layer, tile, groups)
            if tile.last:
                counts += self._finished(layer, tile)
            useful += number * used
            for event, count in counts:
                if count:
                    events[event] = events.get(event, 0) + number * count
        self._tiles, self._one_of = Counter(), {}
        return events, useful

    def _streamed(self, layer: EngineLayer, tile: Tile, words: GroupWork) -> tuple[_Counts, int]:
        """A pooling or addition, which holds a word of the input buffer in every cycle."""
        cycles = words.outputs * words.steps
        return [("input_buffer_byte", cycles * self._accelerator.word_bytes)], cycles

    def _products(self, layer: EngineLayer, tile: Tile) -> tuple[_Counts, int]:
        """The products of every position, and the lane cycles that they take."""
        scheme, k = layer.main.scheme, layer.main.k
        if scheme is None or k is None:
            return [], 0
        bits = layer.source.element.bits
        inner = layer.channels_of_group if layer.groups > 1 else tile.read.channels.size
        products = layer.kernel[0] * layer.kernel[1] * inner * tile.computed.pixels
        counts: _Counts = []
        useful = 0
        placed = Counter(
            (self._kinds[row], int(k[index]))
            for group in tile.groups
            for row, index in enumerate(group.filters)
            if index >= 0
        )
        for (kind, terms), filters in placed.items():
            if scheme.k_per_filter and terms == 0:
                continue  # pruned: no product is formed
            event, count = product_event(kind, scheme, terms, bits)
            share = kind.share_of_byte(scheme, bits)
            counts.append((event, ceil(filters * count * products * share)))
            useful += filters * kind.passes(scheme, terms, bits) * products
        return counts, useful

    def _steps(self, layer: EngineLayer, tile: Tile, works: Sequence[GroupWork]) -> _Counts:
        """What the steps of the row groups add up and read.

        A step reads the columns of all pixel lanes, and a weight word, whether they are used or
        not; it adds to the sum of every row that holds a filter at every position there is.
        """
        accelerator = self._accelerator
        array, bits = accelerator.array, layer.source.element.field_bits
        taps, pairs = layer.kernel[0] * layer.kernel[1], list(zip(works, tile.groups, strict=True))
        steps = sum(work.outputs * work.steps for work in works)
        reads = sum(
            work.outputs * taps * group.planes
            * column_groups(layer, accelerator, group, tile.read.channels)
            for work, group in pairs
        )  # fmt: skip
        added = sum(work.steps * group.used for work, group in pairs) * tile.computed.pixels
        sides = (not tile.first) + (not tile.last)
        sums = sum(work.outputs for work in works) * sides * array.rows * array.pixels
        return [
            ("input_buffer_byte", steps * array.columns * array.pixels * bits // 8),
            ("weight_buffer_byte", reads * weight_word_bits(layer, accelerator) // 8),
            ("accumulate", added),
            ("psum_byte", sums * accelerator.accumulator.bits // 8),
        ]

    def _finished(self, layer: EngineLayer, tile: Tile) -> _Counts:
        """What becomes of finished values: they are written once, and read by the store."""
        values = tile.computed.pixels * tile.computed.channels.size
        written = activation_bytes(layer.destination, tile.written, self._accelerator.word_bytes)
        return [
            ("requantise", values * requantisations(layer)),
            ("accumulate", values * layer.thresholds),
            ("pool_op", values * pool_ops(layer)),
            ("output_buffer_byte", 2 * written),
        ]
