"""What the filter tiles of a pass ask of the machine, for every choice of their sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import slot_bytes
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.filters.row_groups import row_groups
from lightsim.tiled.mapping.filters.row_work import row_work
from lightsim.tiled.mapping.plan.layout import Span
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.schedule import cut, input_channels
from lightsim.tiled.mapping.tiles.work import column_groups, weight_bytes, weight_word_bits
from lightsim.units import ceil_div

__all__ = ["FilterAxis", "filter_axis"]

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


def filter_axis(
    layer: EngineLayer,
    accelerator: Accelerator,
    m_choices: tuple[int, ...],
    n_choices: tuple[int, ...],
    sort_filters: bool,
) -> FilterAxis:
    """What the filter tiles of a pass ask for, for every Tm and Tn of the choices."""
    shape = (len(m_choices), len(n_choices))
    names = (
        "m_tiles", "n_tiles", "steps", "last_steps", "drains", "weight_bytes",
        "largest_weight", "largest_groups", "input_blocks", "largest_blocks",
        "held_weight", "held_blocks",
    )  # fmt: skip
    table = {name: np.zeros(shape, np.int64) for name in names}
    tied = layer.weights is None or layer.groups > 1
    for i, m in enumerate(m_choices):
        spans = cut(layer.computed.channels, m)
        if tied:
            _tied_filters(table, i, layer, accelerator, spans, sort_filters)
        else:
            _dense_filters(table, i, layer, accelerator, spans, n_choices, sort_filters)
    return FilterAxis(m_choices, n_choices, **table)


def _tied_filters(
    table: dict[str, Ints],
    i: int,
    layer: EngineLayer,
    accelerator: Accelerator,
    spans: tuple[Span, ...],
    sort_filters: bool,
) -> None:
    """The row of one Tm where a tile's input channels follow from its filters."""
    block = block_channels(accelerator.word_bytes, layer.source.element.bits)
    geometry, narrow = Geometry(accelerator), layer.kind == "depthwise"
    taps, total = layer.kernel[0] * layer.kernel[1], layer.source.shape.channels
    reads = [read for (read,) in input_channels(layer, accelerator, total, spans)]
    blocks = [ceil_div(read.stop, block) - read.start // block for read in reads]
    table["m_tiles"][i], table["n_tiles"][i] = len(spans), 1
    table["input_blocks"][i], table["largest_blocks"][i] = sum(blocks), max(blocks)
    table["held_blocks"][i] = geometry.input_bytes(1, max(blocks)) // accelerator.word_bytes
    if layer.weights is None:
        return
    for span, read in zip(spans, reads, strict=True):
        groups = row_groups(layer, accelerator, span, sort_filters)
        steps = sum(
            max(1, taps * column_groups(layer, accelerator, g, read) * g.passes) for g in groups
        )
        parts = weight_bytes(layer, accelerator, groups, read)
        held = geometry.weight_bytes(*parts, narrow)
        table["steps"][i] += steps
        table["last_steps"][i] += steps
        table["weight_bytes"][i] += sum(parts)
        table["drains"][i] += sum(g.drain for g in groups)
        most = {"largest_groups": len(groups), "largest_weight": sum(parts), "held_weight": held}
        for name, size in most.items():
            table[name][i] = np.maximum(table[name][i], size)


def _dense_filters(
    table: dict[str, Ints],
    i: int,
    layer: EngineLayer,
    accelerator: Accelerator,
    spans: tuple[Span, ...],
    n_choices: tuple[int, ...],
    sort_filters: bool,
) -> None:
    """The row of one Tm where every filter reads all input channels of a tile."""
    block = block_channels(accelerator.word_bytes, layer.source.element.bits)
    geometry, word = Geometry(accelerator), accelerator.word_bytes
    work = row_work(layer, accelerator, spans, sort_filters)
    taps, total = layer.kernel[0] * layer.kernel[1], layer.source.shape.channels
    begins = np.cumsum(work.counts) - work.counts
    planes = np.add.reduceat(work.planes, begins)
    slot = slot_bytes(layer.thresholds)
    parameters = -(-work.counts * accelerator.array.rows * slot // word) * word
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
