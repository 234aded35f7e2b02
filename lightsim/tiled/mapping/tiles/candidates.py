"""The tilings a pass may choose from, with their estimated cycles, as broadcast arrays.

Axes of every array: filters (m), input channels (n), positions (images, rows, columns).
The estimate serves to choose a mapping; what the machine does is the simulation's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.layout import first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.filter_axis import FilterAxis, filter_axis
from lightsim.tiled.mapping.tiles.schedule import cut
from lightsim.tiled.mapping.tiles.tiling import grain, input_extent
from lightsim.units import ceil_div

__all__ = ["Candidates", "PositionAxis", "enumerate_candidates", "multiples"]

Ints = NDArray[np.int64]


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


def enumerate_candidates(
    layer: EngineLayer, accelerator: Accelerator, images: int, sort_filters: bool = True
) -> Candidates:
    """All tilings that are considered for one pass."""
    step = grain(layer, accelerator)
    computed = layer.computed
    m_choices = multiples(computed.channels, step.m)
    tied = layer.weights is None or layer.groups > 1
    n_total = layer.source.shape.channels
    n_choices = (n_total,) if tied else multiples(n_total, step.n)
    word = accelerator.word_bytes
    out = block_channels(word, layer.destination.element.bits)
    res = out if layer.residual is None else block_channels(word, layer.residual.element.bits)
    begin = first_in_word(layer.destination, out)
    return Candidates(
        layer,
        accelerator,
        images,
        filter_axis(layer, accelerator, m_choices, n_choices, sort_filters),
        _position_axis(layer, accelerator, images, step.r, step.c),
        np.array([ceil_div(begin + m, out) for m in m_choices], np.int64),
        np.array([ceil_div(m, res) for m in m_choices], np.int64),
    )


def multiples(extent: int, unit: int) -> tuple[int, ...]:
    """Sizes that cut `extent` into 1, 2, 3, ... nearly equal tiles of whole units."""
    units = ceil_div(extent, unit)
    sizes = {ceil_div(units, count) * unit for count in range(1, units + 1)}
    kept = sorted(min(size, extent) for size in sizes)
    if len(kept) > 12:  # the small sizes differ little from their neighbours
        kept = kept[:4] + kept[4:-6:2] + kept[-6:]
    return tuple(kept)


def _position_axis(
    layer: EngineLayer, accelerator: Accelerator, images: int, unit_r: int, unit_c: int
) -> PositionAxis:
    high, wide = layer.computed.height, layer.computed.width
    rows = multiples(high, unit_r)
    columns = [c for c in multiples(wide, unit_c) if c * 8 >= wide or c == wide]
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
