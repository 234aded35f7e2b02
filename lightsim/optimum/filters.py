"""Every choice of filters and input channels of a tile, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.accelerator import Accelerator
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
        self._known: dict[tuple[int, int], tuple[int, int, int]] = {}

    def column(self, n: int) -> list[float]:
        """The numbers of FILTER_FIELDS."""
        layer, tiles, row = self._layer, self._tiles, [0.0] * at.FILTER_FIELDS
        channels = input_channels(layer, n, tiles.spans)
        block = block_channels(self._word, layer.source.element.bits)
        row[at.M_TILES], row[at.N_TILES] = len(tiles.spans), len(channels[0])
        tied = layer.weights is None or layer.groups > 1
        read = [spans[0] for spans in channels] if tied else list(channels[0])
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
        lanes, width = self._accelerator.post.lanes, self._accelerator.array.pixels
        for number, (groups, spans) in enumerate(zip(self._tiles.groups, channels, strict=True)):
            # All input channel tiles but the last are equal.
            for span, count in ((spans[0], len(spans) - 1), (spans[-1], 1)):
                if count:
                    steps, nbytes, held = self._weight_tile(number, span)
                    row[at.STEPS] += steps * count
                    row[at.WEIGHT_WORDS] += nbytes // self._word * count
                    row[at.HELD_WEIGHT] = max(row[at.HELD_WEIGHT], held)
            for group in groups:
                took = self._steps(group, spans[-1])
                row[at.BEHIND] += max(0, width * ceil_div(group.drained, lanes) - took)
            row[at.ROW_GROUPS] = max(row[at.ROW_GROUPS], len(groups))
        row[at.FIRST_STEPS], nbytes, _ = self._weight_tile(0, channels[0][0])
        row[at.FIRST_WEIGHT] = nbytes // self._word
        row[at.LAST_STEPS] = steps
        row[at.LAST_DRAIN] = ceil_div(self._tiles.groups[-1][-1].drained, lanes)

    def _steps(self, group: RowGroup, channels: Span) -> int:
        columns = column_groups(self._layer, self._accelerator, group, channels)
        return max(1, self._taps * columns * group.passes)

    def _weight_tile(self, number: int, channels: Span) -> tuple[int, int, int]:
        """Steps of a weight tile, its bytes in memory, and those in its buffer."""
        key = number, channels.size
        if key not in self._known:
            groups = self._tiles.groups[number]
            steps = sum(self._steps(group, channels) for group in groups)
            parts = weight_bytes(self._layer, self._accelerator, groups, channels)
            narrow = self._layer.kind == "depthwise"
            held = self._geometry.weight_bytes(*parts, narrow)
            self._known[key] = steps, sum(parts), held
        return self._known[key]
