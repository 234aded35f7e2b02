"""The demands of every pass on a machine, as numbers that do not depend on the mapping."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.bounds import layout
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.activity import pool_ops, requantisations
from lightsim.tiled.mapping.plan.layout import first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer, TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.schedule import cut
from lightsim.tiled.mapping.tiles.tiling import Axis, axis_of
from lightsim.units import ceil_div

__all__ = ["k_counts", "pass_facts"]

Floats = NDArray[np.float64]


def pass_facts(layer: EngineLayer, accelerator: Accelerator) -> Floats:
    """The facts of a pass, float64[FACTS].

    Of the accelerator only the number of columns and the port width matter.
    """
    row = np.zeros(layout.FACTS)
    word, columns = accelerator.word_bytes, accelerator.array.columns
    computed, source = layer.computed, layer.source.shape
    taps = layer.kernel[0] * layer.kernel[1]
    convolves = layer.weights is not None
    # With several filters for each channel `lowering` chooses between two ways for the array. The
    # facts are then the least of the two ways.
    depthwise = layer.groups > 1 and layer.groups == source.channels
    several = depthwise and computed.channels > layer.groups
    row[layout.CONVOLVES] = convolves
    row[layout.DEPTHWISE] = 2 if several else depthwise
    row[layout.GROUPS] = 1 if depthwise else layer.groups
    row[layout.FILTERS] = computed.channels / row[layout.GROUPS]
    row[layout.POSITIONS] = computed.height * computed.width
    inner = ceil_div(layer.channels_of_group, columns)
    row[layout.STEPS] = taps * (1 if depthwise else inner)
    row[layout.TAPS] = taps
    row[layout.TIED] = not convolves or layer.groups > 1
    row[layout.INPUT_WORDS] = _blocks(layer.source, word) * _needed(layer, 0) * _needed(layer, 1)
    row[layout.FIRST_WORDS] = _blocks(layer.source, word) * _first(layer, 0) * _first(layer, 1)
    row[layout.OUTPUT_WORDS] = _blocks(layer.destination, word) * layer.destination.shape.height
    row[layout.OUTPUT_WORDS] *= layer.destination.shape.width
    if layer.residual is not None:
        row[layout.RESIDUAL_WORDS] = _blocks(layer.residual, word) * row[layout.POSITIONS]
    block = block_channels(word, layer.source.element.bits)
    row[layout.WORD_CHANNELS] = block
    row[layout.FULL_BLOCKS], row[layout.REST] = divmod(computed.channels, block)
    row[layout.ACTIVATION_BITS] = layer.source.element.bits
    row[layout.PRODUCTS] = taps * (layer.channels_of_group) if convolves else 0
    values = computed.channels * computed.height * computed.width
    row[layout.REQUANTISED] = values * requantisations(layer)
    row[layout.POOLED] = values * pool_ops(layer)
    if layer.weights is not None and layer.main.k is not None:
        row[layout.THREES] = (layer.main.k >= 3).sum()
        row[layout.FOURS] = (layer.main.k >= 4).sum()
    return row


def k_counts(layer: EngineLayer) -> tuple[int, int]:
    """How many filters of a pass have one term, and how many two or more; none where k means
    nothing."""
    if layer.weights is None or layer.main.k is None:
        return 0, 0
    return int((layer.main.k == 1).sum()), int((layer.main.k >= 2).sum())


def _blocks(view: TensorView, word: int) -> int:
    block = block_channels(word, view.element.bits)
    return ceil_div(first_in_word(view, block) + view.shape.channels, block)


def _needed(layer: EngineLayer, axis: int) -> int:
    return _least_read(axis_of(layer, axis), layer.pool[axis])[0]


def _first(layer: EngineLayer, axis: int) -> float:
    return _least_read(axis_of(layer, axis), layer.pool[axis])[1]


@lru_cache(maxsize=256)
def _least_read(axis: Axis, pool: int) -> tuple[int, float]:
    """The least input that the tiles along one axis read.

    Returns the number of input rows (or columns) that the smallest tiles read together, each
    counted once, and the factor F: a first tile of t rows out of `extent` reads at least F * t /
    extent rows.
    """
    extent = axis.extent
    spans = [axis.needed(s.start, s.stop) for s in cut(extent, pool)]
    shares = []
    for size in range(1, extent + 1):
        low, high = axis.needed(0, size)
        shares.append((high - low) * extent / size)
    return len({at for low, high in spans for at in range(low, high)}), min(shares)
