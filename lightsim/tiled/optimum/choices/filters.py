"""Every choice of the filters and input channels of a tile, and the demands of each choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import slot_bytes
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.filters.row_groups import RowGroup, row_groups
from lightsim.tiled.mapping.filters.row_work import row_work
from lightsim.tiled.mapping.plan.layout import Span, first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer, TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.candidates import multiples
from lightsim.tiled.mapping.tiles.schedule import cut, input_channels
from lightsim.tiled.mapping.tiles.tiling import grain
from lightsim.tiled.mapping.tiles.work import Work, column_groups, weight_bytes
from lightsim.tiled.optimum import layout as at
from lightsim.tiled.optimum.choices.positions import sizes_along
from lightsim.units import ceil_div

__all__ = ["Filters", "few_filters", "filter_choices", "least_filters"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """Choices of filters and input channels, with their demands on the machine.

    `m` (Tm, filters) and `n` (Tn, input channels) are int64[choice]; `table` is
    float64[FILTER_FIELDS, choice], a row for every number of `optimum.layout`.
    """

    m: Ints
    n: Ints
    table: Floats


def filter_choices(
    layer: EngineLayer, accelerator: Accelerator, sort_filters: bool, smallest: bool = False
) -> Filters:
    """All legal choices of Tm and Tn for a pass.

    With `smallest`, only the least Tm, once with the least Tn and once with all input channels.
    """
    step, total = grain(layer, accelerator), layer.source.shape.channels
    m_sizes = sizes_along(layer.computed.channels, step.m)
    n_sizes = np.array([total]) if _tied(layer) else sizes_along(total, step.n)
    if smallest:
        m_sizes, n_sizes = m_sizes[:1], np.unique(n_sizes[[0, -1]])
    return _choices(layer, accelerator, sort_filters, m_sizes, n_sizes)


def few_filters(layer: EngineLayer, accelerator: Accelerator, sort_filters: bool) -> Filters:
    """The choices of Tm and Tn that the default mapping tries."""
    step, total = grain(layer, accelerator), layer.source.shape.channels
    m_sizes = np.array(multiples(layer.computed.channels, step.m))
    n_sizes = np.array([total] if _tied(layer) else multiples(total, step.n))
    return _choices(layer, accelerator, sort_filters, m_sizes, n_sizes)


def _tied(layer: EngineLayer) -> bool:
    """Whether the filters of a tile determine its input channels."""
    return layer.weights is None or layer.groups > 1


def _choices(
    layer: EngineLayer, accelerator: Accelerator, sort_filters: bool, m_sizes: Ints, n_sizes: Ints
) -> Filters:
    geometry = Geometry(accelerator)
    tables = [
        _Asked(layer, accelerator, geometry, int(m), sort_filters).table(n_sizes) for m in m_sizes
    ]
    return Filters(
        np.repeat(m_sizes, len(n_sizes)),
        np.tile(n_sizes, len(m_sizes)),
        np.ascontiguousarray(np.concatenate(tables, axis=1)),
    )


def least_filters(layer: EngineLayer, accelerator: Accelerator, sort_filters: bool) -> Filters:
    """The least legal Tm, once with the least legal Tn and once with all input channels."""
    step, total = grain(layer, accelerator), layer.source.shape.channels
    m = min(step.m, layer.computed.channels)
    n = np.array([total] if _tied(layer) else [min(step.n, total), total])
    asked = _Asked(layer, accelerator, Geometry(accelerator), m, sort_filters)
    return Filters(np.full(len(n), m), n, asked.table(n))


class _Asked:
    """The demands of the filter tiles of one Tm, for all Tn."""

    def __init__(
        self,
        layer: EngineLayer,
        accelerator: Accelerator,
        geometry: Geometry,
        m: int,
        sort_filters: bool,
    ) -> None:
        self._layer, self._accelerator, self._geometry = layer, accelerator, geometry
        self._sort = sort_filters
        self._word = accelerator.word_bytes
        self._taps = layer.kernel[0] * layer.kernel[1]
        self._tied = _tied(layer)
        self._spans = cut(layer.computed.channels, m)

    def table(self, n: Ints) -> Floats:
        """The demands float64[FILTER_FIELDS, n choice]."""
        layer = self._layer
        table = np.zeros((at.FILTER_FIELDS, len(n)))
        table[at.M_TILES] = len(self._spans)
        block = block_channels(self._word, layer.source.element.bits)
        if self._tied:
            read = [spans[0] for spans in self._read(int(n[0]))]
            blocks = [ceil_div(span.stop, block) - span.start // block for span in read]
            table[at.N_TILES] = 1
            table[at.INPUT_BLOCKS], table[at.FIRST_BLOCKS] = sum(blocks), blocks[0]
            most = np.array([max(blocks)])
        else:
            # Tiles begin at the start of a block.
            count = -(-layer.source.shape.channels // n)
            last = layer.source.shape.channels - (count - 1) * n
            most = -(-n // block)
            table[at.N_TILES], table[at.FIRST_BLOCKS] = count, most
            table[at.INPUT_BLOCKS] = (count - 1) * most - (-last // block)
        table[at.HELD_BLOCKS] = [
            self._geometry.input_bytes(1, int(blocks)) // self._word for blocks in most
        ]
        out = self._blocks(layer.destination)
        table[at.OUTPUT_BLOCKS], table[at.HELD_OUTPUT] = sum(out), max(out)
        table[at.LAST_OUTPUT] = out[-1]
        if layer.residual is not None:
            back = self._blocks(layer.residual)
            table[at.RESIDUAL_BLOCKS], table[at.HELD_RESIDUAL] = sum(back), max(back)
            table[at.FIRST_RESIDUAL] = back[0]
        if layer.weights is None:
            self._elementwise(table)
        else:
            self._convolution(table, n)
        return table

    def _blocks(self, view: TensorView) -> list[int]:
        block = block_channels(self._word, view.element.bits)
        first = first_in_word(view, block)
        return [ceil_div(first + s.stop, block) - (first + s.start) // block for s in self._spans]

    def _elementwise(self, table: Floats) -> None:
        """Fill in an elementwise pass: a word of a position takes the cycles of its window, or the
        cycles in which its values leave, whichever is more.
        """
        work = Work(self._layer, self._accelerator)
        pixels = [work.streamed(span) for span in self._spans]
        each = [pixel.words * max(self._taps, pixel.leave) for pixel in pixels]
        table[at.STEPS], table[at.FIRST_STEPS], table[at.LAST_STEPS] = sum(each), each[0], each[-1]

    def _convolution(self, table: Floats, n: Ints) -> None:
        array = self._accelerator.array
        work = row_work(self._layer, self._accelerator, self._spans, self._sort)
        begins = np.cumsum(work.counts) - work.counts
        if self._tied:
            groups = self._row_groups()
            widths = np.array([self._columns(groups)], np.int64)
            full = last = np.zeros(1, np.int64)
            weights = self._listed_weights(groups)
        else:
            # Column groups of the equal tiles, and of the last tile.
            total = self._layer.source.shape.channels
            rest = total - (table[at.N_TILES].astype(np.int64) - 1) * n
            kinds, which = np.unique(
                -(-np.concatenate([n, rest]) // array.columns), return_inverse=True
            )
            full, last = which[: len(n)], which[len(n) :]
            widths = np.repeat(kinds[:, None], len(work.passes), axis=1)
            weights = self._weights(kinds, np.add.reduceat(work.planes, begins), work.counts)
        words, held = weights
        steps = np.maximum(1, self._taps * widths * work.passes)
        of_tiles = np.add.reduceat(steps, begins, axis=1)
        behind = np.maximum(0, array.pixels * work.drain - steps).sum(axis=1)
        equal = table[at.N_TILES] - 1
        table[at.STEPS] = of_tiles.sum(axis=1)[full] * equal + of_tiles.sum(axis=1)[last]
        table[at.WEIGHT_WORDS] = words.sum(axis=1)[full] * equal + words.sum(axis=1)[last]
        most = held.max(axis=1)
        table[at.HELD_WEIGHT] = np.maximum(np.where(equal > 0, most[full], 0), most[last])
        first = np.where(equal > 0, full, last)
        table[at.FIRST_STEPS], table[at.FIRST_WEIGHT] = of_tiles[first, 0], words[first, 0]
        table[at.LAST_STEPS], table[at.BEHIND] = of_tiles[last, -1], behind[last]
        table[at.ROW_GROUPS], table[at.LAST_DRAIN] = work.counts.max(), work.drain[-1]
        table[at.DRAINS] = work.drain.sum()

    def _weights(self, columns: Ints, planes: Ints, counts: Ints) -> tuple[Ints, Ints]:
        """Words of the weight tiles in memory, and the bytes that the tiles take in the buffer.

        Both are int64[columns, tile] and agree with
        `lightsim.tiled.mapping.tiles.work.weight_bytes`.
        """
        wide = self._taps * columns[:, None] * planes[None, :]
        bits = self._geometry.weight_bits
        codes = -(-wide // self._geometry.sharing(bits)) * self._geometry.memories_for(bits)
        slots = counts * self._accelerator.array.rows
        words = codes + -(-slots * slot_bytes(self._layer.thresholds) // self._word)
        return words, words * self._word

    def _read(self, n: int) -> list[tuple[Span, ...]]:
        return input_channels(self._layer, self._accelerator, n, self._spans)

    def _row_groups(self) -> list[tuple[tuple[RowGroup, ...], Span]]:
        """The row groups of a grouped convolution's tiles, and the input channels that each tile
        reads.
        """
        channels = self._read(self._layer.source.shape.channels)
        return [
            (row_groups(self._layer, self._accelerator, span, self._sort), inner[0])
            for span, inner in zip(self._spans, channels, strict=True)
        ]

    def _columns(self, tiles: list[tuple[tuple[RowGroup, ...], Span]]) -> list[int]:
        return [
            column_groups(self._layer, self._accelerator, group, span)
            for groups, span in tiles
            for group in groups
        ]

    def _listed_weights(self, tiles: list[tuple[tuple[RowGroup, ...], Span]]) -> tuple[Ints, Ints]:
        """The same numbers as `_weights`, computed tile by tile."""
        parts = [weight_bytes(self._layer, self._accelerator, *tile) for tile in tiles]
        narrow = self._layer.kind == "depthwise"
        held = [self._geometry.weight_bytes(*part, narrow) for part in parts]
        return np.array([[sum(p) for p in parts]]) // self._word, np.array([held])
