"""The arithmetic of the array and of post-processing on the contents of the buffers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.network.tensor import TensorShape
from lightsim.numerics.convolution.depthwise import convolve_depthwise
from lightsim.numerics.convolution.fused import add_products
from lightsim.numerics.images.window import Window, undilated
from lightsim.numerics.sums.accumulator import Accumulators, Overflow, fit_accumulator
from lightsim.numerics.sums.elementwise import add_requantised
from lightsim.numerics.sums.pooling import max_pool, sum_pool
from lightsim.numerics.sums.requantise import requantise, threshold
from lightsim.numerics.sums.thresholds import count_thresholds
from lightsim.quantisation.inference.kernels import kernel_of
from lightsim.quantisation.inference.layer_output import (
    enlarged,
    looked_up,
    mean_of_inside,
    multiplied,
    scaled,
)
from lightsim.tiled.description.accelerator import Accumulator
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.tiles.schedule import Tile, window_origin
from lightsim.tiled.simulation.contents import Activations, WeightTile, as_addressed
from lightsim.units import ceil_div

__all__ = ["TileResult", "accumulate", "elementwise", "post_process"]


@dataclass(frozen=True, slots=True, eq=False)
class TileResult:
    """Finished sums in the order of the array's rows, with the parameters of each row."""

    sums: Accumulators
    multiplier: NDArray[np.int32]
    position: NDArray[np.int64]
    thresholds: NDArray[np.int64] | None = None


def accumulate(
    layer: EngineLayer,
    tile: Tile,
    accumulator: Accumulator,
    held: Activations | None,
    weights: WeightTile,
    partial: Accumulators | None,
) -> Accumulators:
    """The sums of a tile [images, rows, computed rows, computed columns], in the order of the
    array's rows.

    The sums start at the bias, or continue the partial sums `partial` of the slot.
    """
    box, read = tile.computed, tile.read
    shape = (box.images.size, len(weights.bias), box.rows.size, box.columns.size)
    if tile.first or partial is None or partial.shape != shape:
        sums: Accumulators = np.empty(shape, np.int32)
        if accumulator.overflow == "saturate":
            sums = np.empty(shape, np.int64)
        sums[...] = weights.bias[None, :, None, None]
    else:
        sums = partial
    expected = (read.images.size, read.channels.size, read.rows.size, read.columns.size)
    x = np.ascontiguousarray(as_addressed(held, expected), np.int16)
    _convolve(layer, tile, x, weights, sums, accumulator.accumulation)
    return sums


def _convolve(
    layer: EngineLayer,
    tile: Tile,
    x: NDArray[np.int16],
    weights: WeightTile,
    sums: Accumulators,
    accumulation: str,
) -> None:
    origin = window_origin(layer, tile)
    kernel = kernel_of(layer.main, accumulation, alone=layer.kind == "depthwise")
    outside = layer.source.element.outside
    if kernel == "depthwise":
        own = np.ascontiguousarray(x[:, _channels(layer, tile, weights)])
        for down, across, offset in undilated(layer.kernel, layer.dilation):
            taps = np.ascontiguousarray(weights.weights[:, 0, down, across])
            begin = (origin[0] + offset[0], origin[1] + offset[1])
            convolve_depthwise(own, taps, sums, layer.stride, begin, outside)
        return
    parts = _parts(layer, tile, weights)
    for down, across, offset in undilated(layer.kernel, layer.dilation):
        window = Window(
            (down.stop - down.start, across.stop - across.start), layer.stride,
            (origin[0] + offset[0], origin[1] + offset[1]),
            tile.computed.rows.size, sums.shape[3],
        )  # fmt: skip
        for rows, channels in parts:
            filters = weights.filters(kernel, rows, (down, across))
            add_products(x[:, channels], filters, sums[:, rows], window, outside)


def _channels(layer: EngineLayer, tile: Tile, weights: WeightTile) -> NDArray[np.int64]:
    """The input channel of the tile that each row of a depthwise pass reads, int64[row]."""
    each = layer.filters_of_group
    filters = tile.computed.channels.start + weights.position
    return filters // each - tile.read.channels.start


def _parts(layer: EngineLayer, tile: Tile, weights: WeightTile) -> list[tuple[slice, slice]]:
    """Pairs of the rows of a tile and the channels that these rows read.

    An ungrouped convolution has one pair, a grouped convolution one pair for each group. In a
    depthwise pass the rows take the filters of a channel in turn, so each row has a pair.
    """
    if layer.groups == 1:
        return [(slice(None), slice(None))]
    if layer.kind == "depthwise":
        channels = _channels(layer, tile, weights).tolist()
        return [(slice(r, r + 1), slice(c, c + 1)) for r, c in enumerate(channels)]
    outer = layer.filters_of_group
    inner = layer.channels_of_group
    filters = tile.computed.channels
    first = filters.start // outer
    parts = []
    for group in range(first, ceil_div(filters.stop, outer)):
        start, stop = max(filters.start, group * outer), min(filters.stop, (group + 1) * outer)
        channel = group * inner - tile.read.channels.start
        parts.append(
            (slice(start - filters.start, stop - filters.start), slice(channel, channel + inner))
        )
    return parts


def post_process(
    layer: EngineLayer,
    tile: Tile,
    accumulator: Accumulator,
    result: TileResult,
    residual: Activations | None,
) -> Activations:
    """The outputs of a tile [images, filters, rows, columns], filters in their original order."""
    main = layer.main
    policy: Overflow = "saturate" if accumulator.overflow == "saturate" else "wrap"
    sums = _fit(result.sums, accumulator.bits, policy)
    if main.output.bits == 1:
        values: Activations = threshold(sums)
    elif main.output.bits == 32:
        values = sums.astype(np.int32)
    elif result.thresholds is not None:
        values = count_thresholds(sums, result.thresholds, main.lowest)
    else:
        values = requantise(
            sums, result.multiplier, main.shift, main.rounding, main.lowest, main.highest
        )
        values = looked_up(main, values)
    ordered = np.zeros(
        (values.shape[0], tile.computed.channels.size, *values.shape[2:]), values.dtype
    )
    ordered[:, result.position] = values
    if layer.addition is not None:
        other = as_addressed(residual, ordered.shape)
        ordered = _add(layer, ordered, other)
    if layer.pooling is not None:
        window = layer.pool
        shape = (ordered.shape[2] // window[0], ordered.shape[3] // window[1])
        ordered = max_pool(np.ascontiguousarray(ordered, np.int16), window, window, (0, 0), shape)
    return ordered


def _fit(sums: Accumulators, bits: int, policy: Overflow) -> Accumulators:
    if sums.dtype == np.int64:
        return fit_accumulator(sums.astype(np.int64, copy=False), bits, policy)
    return fit_accumulator(sums.astype(np.int32, copy=False), bits, policy)


def _add(layer: EngineLayer, own: Activations, other: Activations) -> NDArray[np.int16]:
    q = layer.addition if layer.addition is not None else layer.main
    first, second = (other, own) if layer.swapped else (own, other)
    return add_requantised(
        np.ascontiguousarray(first, np.int16),
        np.ascontiguousarray(second, np.int16),
        multipliers=(int(q.multiplier[0]), q.residual_multiplier),
        shifts=(q.shift, q.residual_shift),
        rounding=q.rounding,
        lowest=q.lowest,
        highest=q.highest,
    )


def _enlarged(layer: EngineLayer, tile: Tile, x: NDArray[np.int16]) -> Activations:
    """The positions of a tile, each read where it lies in the smaller image."""
    box, (down, across) = tile.computed, layer.repeat
    first = (
        box.rows.start - tile.read.rows.start * down,
        box.columns.start - tile.read.columns.start * across,
    )
    shape = TensorShape(box.channels.size, box.rows.size, box.columns.size)
    if not layer.phases:
        return enlarged(x, layer.repeat, first, shape)
    each = layer.source.shape.channels // (down * across)
    out = np.empty((len(x), shape.channels, shape.height, shape.width), x.dtype)
    for number in range(down * across):
        a, b = divmod(number, across)
        part = x[:, number * each : number * each + shape.channels]
        here = out[:, :, a::down, b::across]
        here[...] = part[:, :, : here.shape[2], : here.shape[3]]
    return out


def elementwise(
    layer: EngineLayer, tile: Tile, held: Activations | None, residual: Activations | None
) -> Activations:
    """The outputs [images, channels, rows, columns] of a pooling or addition tile."""
    read, box, main = tile.read, tile.computed, layer.main
    expected = (read.images.size, read.channels.size, read.rows.size, read.columns.size)
    x: NDArray[np.int16] = np.ascontiguousarray(as_addressed(held, expected), np.int16)
    if layer.kind == "addition":
        beside = as_addressed(residual, x.shape)
        if main.layer.operator == "multiply":
            return multiplied(main, x, np.ascontiguousarray(beside, np.int16))
        return _add(layer, x, beside)
    if layer.repeat != (1, 1):
        return _enlarged(layer, tile, x)
    origin = window_origin(layer, tile)
    shape = (box.rows.size, box.columns.size)
    if main.layer.operator == "requantise":
        return looked_up(main, scaled(main, x))
    if main.layer.operator == "max_pool":
        if layer.kernel == (1, 1):  # a copy: any element type, no comparison
            rows = origin[0] + np.arange(shape[0]) * layer.stride[0]
            columns = origin[1] + np.arange(shape[1]) * layer.stride[1]
            return np.ascontiguousarray(x[:, :, rows][:, :, :, columns])
        return max_pool(x, layer.kernel, layer.stride, origin, shape)
    sums = sum_pool(x, layer.kernel, layer.stride, origin, shape)
    if not main.layer.count_padding:
        return mean_of_inside(main, sums, (box.rows.start, box.columns.start))
    return requantise(sums, main.multiplier, main.shift, main.rounding, main.lowest, main.highest)
