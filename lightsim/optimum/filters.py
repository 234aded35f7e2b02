"""Every choice of filters and input channels of a tile, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pipeline import PARAMETER_BYTES
from lightsim.mapping.filters import RowGroup, row_groups
from lightsim.mapping.geometry import Geometry
from lightsim.mapping.layout import Span
from lightsim.mapping.plan import EngineLayer, TensorView
from lightsim.mapping.schedule import cut, input_channels
from lightsim.mapping.tiling import grain
from lightsim.mapping.words import block_channels
from lightsim.mapping.work import column_groups, weight_bytes
from lightsim.optimum import layout as at
from lightsim.optimum.positions import sizes_along
from lightsim.units import ceil_div

__all__ = ["FilterTiles", "Filters", "filter_choices"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FilterTiles:
    """The filter tiles of one Tm: their spans and row groups."""

    spans: tuple[Span, ...]
    groups: tuple[tuple[RowGroup, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """`m`, `n` int64[choice] and what they ask for, `table` [FILTER_FIELDS, choice].

    `tiles` are the filter tiles of every Tm.
    """

    m: Ints
    n: Ints
    table: Floats
    tiles: dict[int, FilterTiles]


def filter_choices(layer: EngineLayer, accelerator: Accelerator, sort_filters: bool) -> Filters:
    """All legal choices of Tm and Tn for a pass."""
    step, total = grain(layer, accelerator), layer.source.shape.channels
    tied = layer.weights is None or layer.groups > 1
    m_sizes = sizes_along(layer.computed.channels, step.m).tolist()
    n_sizes = [total] if tied else sizes_along(total, step.n).tolist()
    tiles: dict[int, FilterTiles] = {}
    columns = []
    for m in m_sizes:
        spans = cut(layer.computed.channels, m)
        groups = tuple(
            row_groups(layer, accelerator, span, sort_filters) if layer.weights is not None else ()
            for span in spans
        )
        tiles[m] = FilterTiles(spans, groups)
        asked = _Asked(layer, accelerator, tiles[m])
        columns += [asked.column(n) for n in n_sizes]
    table = np.array(columns, np.float64).T.copy()
    m_choices, n_choices = np.repeat(m_sizes, len(n_sizes)), np.tile(n_sizes, len(m_sizes))
    return Filters(m_choices, n_choices, table, tiles)


class _Asked:
    """What the filter tiles of one Tm ask for, for any Tn."""

    def __init__(self, layer: EngineLayer, accelerator: Accelerator, tiles: FilterTiles) -> None:
        self._layer, self._accelerator, self._tiles = layer, accelerator, tiles
        self._word = accelerator.word_bytes
        self._geometry = Geometry(accelerator)
        self._taps = layer.kernel[0] * layer.kernel[1]
        self._tied = layer.weights is None or layer.groups > 1
        groups = [group for of_tile in tiles.groups for group in of_tile]
        lanes = accelerator.post.lanes
        self._passes = np.array([group.passes for group in groups], np.int64)
        self._planes = np.array([group.planes for group in groups], np.int64)
        self._drains = np.array([ceil_div(group.drained, lanes) for group in groups], np.int64)
        self._counts = np.array([len(of_tile) for of_tile in tiles.groups], np.int64)
        self._begins = np.cumsum(self._counts) - self._counts

    def column(self, n: int) -> list[float]:
        """The numbers of FILTER_FIELDS."""
        layer, tiles, row = self._layer, self._tiles, [0.0] * at.FILTER_FIELDS
        channels = input_channels(layer, n, tiles.spans)
        block = block_channels(self._word, layer.source.element.bits)
        row[at.M_TILES], row[at.N_TILES] = len(tiles.spans), len(channels[0])
        read = [spans[0] for spans in channels] if self._tied else list(channels[0])
        blocks = [ceil_div(span.stop, block) - span.start // block for span in read]
        row[at.INPUT_BLOCKS], row[at.FIRST_BLOCKS] = sum(blocks), blocks[0]
        row[at.HELD_BLOCKS] = self._geometry.input_bytes(1, max(blocks)) // self._word
        out = self._blocks(layer.destination)
        row[at.OUTPUT_BLOCKS], row[at.HELD_OUTPUT], row[at.LAST_OUTPUT] = (
            sum(out),
            max(out),
            out[-1],
        )
        if layer.residual is not None:
            back = self._blocks(layer.residual)
            row[at.RESIDUAL_BLOCKS], row[at.HELD_RESIDUAL] = sum(back), max(back)
            row[at.FIRST_RESIDUAL] = back[0]
        if layer.weights is None:
            self._elementwise(row)
        else:
            self._convolution(row, channels)
        return row

    def _blocks(self, view: TensorView) -> list[int]:
        block = block_channels(self._word, view.element.bits)
        return [ceil_div(s.stop, block) - s.start // block for s in self._tiles.spans]

    def _elementwise(self, row: list[float]) -> None:
        """Each word of a position takes as long as its window, or as its values to leave."""
        layer, lanes = self._layer, self._accelerator.post.lanes
        block = block_channels(self._word, layer.source.element.bits)
        words = [ceil_div(s.stop, block) - s.start // block for s in self._tiles.spans]
        each = [
            count * max(self._taps, ceil_div(min(block, span.size), lanes))
            for count, span in zip(words, self._tiles.spans, strict=True)
        ]
        row[at.STEPS], row[at.FIRST_STEPS], row[at.LAST_STEPS] = sum(each), each[0], each[-1]

    def _convolution(self, row: list[float], channels: list[tuple[Span, ...]]) -> None:
        width = self._accelerator.array.pixels
        # All input channel tiles but the last are equal.
        kinds = [(0, len(channels[0]) - 1), (-1, 1)] if len(channels[0]) > 1 else [(-1, 1)]
        for number, (place, count) in enumerate(kinds):
            spans = [of_tile[place] for of_tile in channels]
            steps = self._steps(spans)
            of_tiles = np.add.reduceat(steps, self._begins)
            words, held = self._weights(spans)
            row[at.STEPS] += int(of_tiles.sum()) * count
            row[at.WEIGHT_WORDS] += int(words.sum()) * count
            row[at.HELD_WEIGHT] = max(row[at.HELD_WEIGHT], int(held.max()))
            if number == 0:
                row[at.FIRST_STEPS], row[at.FIRST_WEIGHT] = int(of_tiles[0]), int(words[0])
        row[at.BEHIND] = int(np.maximum(0, width * self._drains - steps).sum())
        row[at.ROW_GROUPS] = int(self._counts.max())
        row[at.LAST_STEPS] = int(of_tiles[-1])
        row[at.LAST_DRAIN] = int(self._drains[-1])

    def _steps(self, spans: list[Span]) -> Ints:
        """Steps of every row group of all filter tiles, which read the channels `spans`."""
        if self._tied:
            columns = [
                column_groups(self._layer, self._accelerator, group, span)
                for groups, span in zip(self._tiles.groups, spans, strict=True)
                for group in groups
            ]
        else:
            columns = [ceil_div(spans[0].size, self._accelerator.array.columns)]
        steps: Ints = np.maximum(1, self._taps * np.array(columns, np.int64) * self._passes)
        return steps

    def _weights(self, spans: list[Span]) -> tuple[Ints, Ints]:
        """Words of every weight tile in memory, and the bytes it takes in its buffer."""
        layer, accelerator, geometry = self._layer, self._accelerator, self._geometry
        if self._tied:
            narrow = layer.kind == "depthwise"
            parts = [
                weight_bytes(layer, accelerator, groups, span)
                for groups, span in zip(self._tiles.groups, spans, strict=True)
            ]
            held = [geometry.weight_bytes(*part, narrow) for part in parts]
            return np.array([sum(p) for p in parts]) // self._word, np.array(held)
        # The same for all tiles at once; they read the same channels.
        columns = ceil_div(spans[0].size, accelerator.array.columns)
        wide = self._taps * columns * np.add.reduceat(self._planes, self._begins)
        bits = geometry.weight_bits
        codes = -(-wide // geometry.sharing(bits)) * geometry.memories_for(bits)
        slots = self._counts * accelerator.array.rows
        words = codes + -(-slots * PARAMETER_BYTES // self._word)
        return words, words * self._word
