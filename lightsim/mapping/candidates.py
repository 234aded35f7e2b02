"""The tilings a pass may choose from, with their estimated cycles, as broadcast arrays.

Axes of every array: filters (m), input channels (n), positions (images, rows, columns).
The estimate serves to choose a mapping; what the machine does is the simulation's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pipeline import PARAMETER_BYTES
from lightsim.mapping.filters import row_groups
from lightsim.mapping.geometry import Geometry
from lightsim.mapping.layout import Span
from lightsim.mapping.plan import EngineLayer
from lightsim.mapping.row_work import row_work
from lightsim.mapping.schedule import cut, input_channels
from lightsim.mapping.tiling import grain, input_extent
from lightsim.mapping.words import block_channels
from lightsim.mapping.work import column_groups, weight_bytes, weight_word_bits
from lightsim.units import ceil_div

__all__ = ["Candidates", "FilterAxis", "PositionAxis", "enumerate_candidates"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FilterAxis:
    """Per choice of (Tm, Tn), flattened to arrays [m, n].

    `steps` are array steps per pixel group summed over all weight tiles, `last_steps` those of
    the weight tiles that finish their sums; `drains` post-processing cycles per pixel. The
    `largest` are what a tile loads, the `held` what it takes in the buffer.
    """

    m: tuple[int, ...]
    n: tuple[int, ...]
    m_tiles: Ints
    n_tiles: Ints
    steps: Ints
    last_steps: Ints
    drains: Ints
    weight_bytes: Ints
    largest_weight: Ints
    largest_groups: Ints
    input_blocks: Ints
    largest_blocks: Ints
    held_weight: Ints
    held_blocks: Ints


@dataclass(frozen=True, slots=True)
class PositionAxis:
    """Per choice of (Tb, Tr, Tc), arrays [position].

    `groups` are pixel groups of all tiles, `read` input pixels of one sweep over the image
    (overlaps counted), `runs` and `written_runs` memory runs per channel block of one sweep.
    """

    choices: tuple[tuple[int, int, int], ...]
    tiles: Ints
    groups: Ints
    largest_groups: Ints
    pixels: int
    read: Ints
    largest_read: Ints
    runs: Ints
    largest_computed: Ints
    largest_written: Ints
    written_runs: Ints


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everything the cost of a pass's tilings is computed from."""

    layer: EngineLayer
    accelerator: Accelerator
    images: int
    filters: FilterAxis
    positions: PositionAxis
    out_blocks: Ints
    residual_blocks: Ints


def enumerate_candidates(layer: EngineLayer, accelerator: Accelerator, images: int) -> Candidates:
    """All tilings that are considered for one pass."""
    step = grain(layer, accelerator)
    computed = layer.computed
    m_choices = _multiples(computed.channels, step.m)
    tied = layer.weights is None or layer.groups > 1
    n_total = layer.source.shape.channels
    n_choices = (n_total,) if tied else _multiples(n_total, step.n)
    word = accelerator.word_bytes
    out = block_channels(word, layer.destination.element.bits)
    res = out if layer.residual is None else block_channels(word, layer.residual.element.bits)
    return Candidates(
        layer,
        accelerator,
        images,
        _filter_axis(layer, accelerator, m_choices, n_choices),
        _position_axis(layer, accelerator, images, step.r, step.c),
        np.array([ceil_div(m, out) for m in m_choices], np.int64),
        np.array([ceil_div(m, res) for m in m_choices], np.int64),
    )


def _multiples(extent: int, unit: int) -> tuple[int, ...]:
    """Sizes that cut `extent` into 1, 2, 3, ... nearly equal tiles of whole units."""
    units = ceil_div(extent, unit)
    sizes = {ceil_div(units, count) * unit for count in range(1, units + 1)}
    kept = sorted(min(size, extent) for size in sizes)
    if len(kept) > 12:  # the small sizes differ little from their neighbours
        kept = kept[:4] + kept[4:-6:2] + kept[-6:]
    return tuple(kept)


def _filter_axis(
    layer: EngineLayer,
    accelerator: Accelerator,
    m_choices: tuple[int, ...],
    n_choices: tuple[int, ...],
) -> FilterAxis:
    shape = (len(m_choices), len(n_choices))
    names = (
        "m_tiles", "n_tiles", "steps", "last_steps", "drains", "weight_bytes",
        "largest_weight", "largest_groups", "input_blocks", "largest_blocks",
        "held_weight", "held_blocks",
    )  # fmt: skip
    table = {name: np.zeros(shape, np.int64) for name in names}
    block = block_channels(accelerator.word_bytes, layer.source.element.bits)
    geometry, narrow = Geometry(accelerator), layer.kind == "depthwise"
    total = layer.source.shape.channels
    taps = layer.kernel[0] * layer.kernel[1]
    tied = layer.weights is None or layer.groups > 1
    for i, m in enumerate(m_choices):
        spans = cut(layer.computed.channels, m)
        if not tied:
            _dense_filters(table, i, layer, accelerator, spans, n_choices)
            continue
        grouped = [
            row_groups(layer, accelerator, span, sort_filters=True)
            if layer.weights is not None
            else ()
            for span in spans
        ]
        for j, n in enumerate(n_choices):
            inner = cut(total, n)
            at = (i, j)
            table["m_tiles"][at], table["n_tiles"][at] = len(spans), len(inner)
            blocks = [
                ceil_div(read.stop, block) - read.start // block
                for (read,) in input_channels(layer, n, spans)
            ]
            table["input_blocks"][at] = sum(blocks)
            table["largest_blocks"][at] = max(blocks)
            table["held_blocks"][at] = (
                geometry.input_bytes(1, max(blocks)) // accelerator.word_bytes
            )
            # All input channel tiles but the last are equal.
            repeats = [(inner[0], len(inner) - 1)] if len(inner) > 1 else []
            for groups in grouped:
                table["largest_groups"][at] = max(table["largest_groups"][at], len(groups))
                for channels, count in (*repeats, (inner[-1], 1)):
                    steps = sum(
                        max(1, taps * column_groups(layer, accelerator, g, channels) * g.passes)
                        for g in groups
                    )
                    parts = weight_bytes(layer, accelerator, groups, channels)
                    nbytes, held = sum(parts), geometry.weight_bytes(*parts, narrow)
                    table["steps"][at] += steps * count
                    table["weight_bytes"][at] += nbytes * count
                    table["largest_weight"][at] = max(table["largest_weight"][at], nbytes)
                    table["held_weight"][at] = max(table["held_weight"][at], held)
                table["last_steps"][at] += steps
                table["drains"][at] += sum(g.drain for g in groups)
    return FilterAxis(m_choices, n_choices, **table)


def _dense_filters(
    table: dict[str, Ints],
    i: int,
    layer: EngineLayer,
    accelerator: Accelerator,
    spans: tuple[Span, ...],
    n_choices: tuple[int, ...],
) -> None:
    """The row of one Tm where every filter reads all input channels of a tile."""
    block = block_channels(accelerator.word_bytes, layer.source.element.bits)
    geometry, word = Geometry(accelerator), accelerator.word_bytes
    work = row_work(layer, accelerator, spans, sort_filters=True)
    taps, total = layer.kernel[0] * layer.kernel[1], layer.source.shape.channels
    begins = np.cumsum(work.counts) - work.counts
    planes = np.add.reduceat(work.planes, begins)
    parameters = -(-work.counts * accelerator.array.rows * PARAMETER_BYTES // word) * word
    kinds = np.bincount(work.passes)
    bits, port = weight_word_bits(layer, accelerator), accelerator.port_bits
    table["m_tiles"][i] = len(spans)
    table["largest_groups"][i] = work.counts.max()
    table["drains"][i] = work.drain.sum()
    for j, n in enumerate(n_choices):
        inner = cut(total, n)
        blocks = [ceil_div(span.size, block) for span in inner]
        at = (i, j)
        table["n_tiles"][at] = len(inner)
        table["input_blocks"][at], table["largest_blocks"][at] = sum(blocks), max(blocks)
        table["held_blocks"][at] = geometry.input_bytes(1, max(blocks)) // word
        # All input channel tiles but the last are equal.
        repeats = [(inner[0], len(inner) - 1)] if len(inner) > 1 else []
        for channels, count in (*repeats, (inner[-1], 1)):
            across = taps * ceil_div(channels.size, accelerator.array.columns)
            steps = int((kinds * np.maximum(1, across * np.arange(len(kinds)))).sum())
            wide = across * planes
            words = wide * ceil_div(bits, port) if bits >= port else -(-wide // (port // bits))
            nbytes = parameters + words * word
            held = [
                geometry.weight_bytes(own, codes, False)
                for own, codes in zip(parameters.tolist(), (words * word).tolist(), strict=True)
            ]
            table["steps"][at] += steps * count
            table["weight_bytes"][at] += nbytes.sum() * count
            table["largest_weight"][at] = max(table["largest_weight"][at], nbytes.max())
            table["held_weight"][at] = max(table["held_weight"][at], *held)
            table["last_steps"][at] = steps


def _position_axis(
    layer: EngineLayer, accelerator: Accelerator, images: int, unit_r: int, unit_c: int
) -> PositionAxis:
    high, wide = layer.computed.height, layer.computed.width
    rows = _multiples(high, unit_r)
    columns = [c for c in _multiples(wide, unit_c) if c * 8 >= wide or c == wide]
    batches = sorted({1, images, *(2**i for i in range(images.bit_length()) if 2**i <= images)})
    choices = tuple(product(batches, rows, columns))
    table = np.zeros((len(choices), 9), np.int64)
    pool = layer.pool[0] * layer.pool[1]
    lanes = accelerator.array.pixels
    down = {r: _extents(layer, 0, high, r) for r in rows}
    across = {c: _extents(layer, 1, wide, c) for c in columns}
    for index, (b, r, c) in enumerate(choices):
        image_tiles = cut(images, b)
        sizes = [
            i.size * y.size * x.size for i, y, x in product(image_tiles, cut(high, r), cut(wide, c))
        ]
        read = [y * x for y, x in product(down[r], across[c])]
        full = across[c] == [layer.source.shape.width]
        runs = len(down[r]) * images if full else sum(down[r]) * len(across[c]) * images
        table[index] = (
            len(sizes),
            sum(ceil_div(size, lanes) for size in sizes),
            ceil_div(max(sizes), lanes),
            sum(read) * images,
            max(read) * min(b, images),
            runs,
            max(sizes),
            max(sizes) // pool,
            len(down[r]) * images if c == wide else high // layer.pool[0] * len(across[c]) * images,
        )
    return PositionAxis(
        choices,
        table[:, 0],
        table[:, 1],
        table[:, 2],
        images * high * wide,
        *(table[:, column] for column in range(3, 9)),
    )


def _extents(layer: EngineLayer, axis: int, extent: int, size: int) -> list[int]:
    found = []
    for span in cut(extent, size):
        low, high = input_extent(layer, axis, span.start, span.stop)
        found.append(high - low)
    return found
