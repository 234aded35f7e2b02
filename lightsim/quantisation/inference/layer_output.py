"""One layer's output from its whole inputs, by the exact kernels of `numerics`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, cast

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import Whole, check_fields
from lightsim.network.tensor import TensorShape
from lightsim.numerics.convolution.depthwise import (
    convolve_depthwise,
    convolve_depthwise_requantised,
)
from lightsim.numerics.convolution.fused import add_products, convolve_requantised
from lightsim.numerics.images.window import Pair, Window, undilated
from lightsim.numerics.sums.accumulator import Accumulators, fit_accumulator, is_int32
from lightsim.numerics.sums.elementwise import add_requantised
from lightsim.numerics.sums.pooling import max_pool, sum_pool
from lightsim.numerics.sums.requantise import Rescaling, requantise, threshold
from lightsim.numerics.sums.thresholds import count_thresholds
from lightsim.quantisation.inference.accumulators import Accumulation
from lightsim.quantisation.inference.kernels import kernel_of
from lightsim.quantisation.inference.parts import Part, parts_of
from lightsim.quantisation.inference.truncation import in_truncated_units
from lightsim.quantisation.workload import QuantisedLayer

__all__ = [
    "Activations",
    "Overflow",
    "SumRules",
    "enlarged",
    "layer_output",
    "looked_up",
    "multiplied",
    "scaled",
]

Activations = NDArray[np.int16] | NDArray[np.int32]
Overflow = Literal["refuse", "wrap", "saturate"]


@dataclass(frozen=True, slots=True)
class SumRules:
    """How an accumulator adds; raises `InputError` for a value that is none of the accepted."""

    bits: Annotated[int, Whole(2, 32)] = 32
    overflow: Overflow = "refuse"
    accumulation: Accumulation = "exact"

    def __post_init__(self) -> None:
        check_fields(self)


def layer_output(
    layer: QuantisedLayer, inputs: tuple[Activations, ...], rules: SumRules
) -> Activations:
    """The output [batch, channels, height, width] of one layer, int16 or, if raw, int32.

    The equations are in `QuantisedLayer`. Under `refuse` the caller has made sure that every
    sum fits (`accumulators.check_accumulators`).
    """
    first = inputs[0].astype(np.int16, copy=False)
    match layer.layer.operator:
        case "conv2d" | "dense":
            return looked_up(layer, _weighted(layer, first, rules))
        case "requantise":
            return looked_up(layer, scaled(layer, first))
        case "max_pool" | "average_pool" | "global_pool":
            return _pooled(layer, first)
        case "add":
            return add_requantised(
                first,
                inputs[1].astype(np.int16, copy=False),
                multipliers=(int(layer.multiplier[0]), layer.residual_multiplier),
                shifts=(layer.shift, layer.residual_shift),
                rounding=layer.rounding,
                lowest=layer.lowest,
                highest=layer.highest,
            )
        case "multiply":
            return multiplied(layer, first, inputs[1].astype(np.int16, copy=False))
        case "upsample":
            return enlarged(first, layer.layer.stride, (0, 0), layer.layer.output_shape)
        case "interleave":
            return _interleaved(layer, inputs)
        case "concat":
            joined: NDArray[np.int16] = np.concatenate(inputs, axis=1)
            return joined
        case "flatten":
            return first.reshape(len(first), -1, 1, 1)
        case "reorganise":
            return _reorganised(first, layer.layer.stride[0])


def looked_up(layer: QuantisedLayer, values: Activations) -> Activations:
    """What the layer's table holds for the values, or the values themselves if it has none."""
    return values if layer.table is None else layer.table[values + 128]


def scaled(layer: QuantisedLayer, x: NDArray[np.int16]) -> NDArray[np.int16]:
    """Every value of a layer without weights scaled, rounded and clamped by itself."""
    return requantise(
        x.astype(np.int32), layer.multiplier, layer.shift, layer.rounding, layer.lowest,
        layer.highest,
    )  # fmt: skip


def multiplied(
    layer: QuantisedLayer, a: NDArray[np.int16], b: NDArray[np.int16]
) -> NDArray[np.int16]:
    """Products of two tensors, scaled, rounded and clamped."""
    return requantise(
        a.astype(np.int32) * b, layer.multiplier, layer.shift, layer.rounding, layer.lowest,
        layer.highest,
    )  # fmt: skip


def enlarged(x: Activations, scale: Pair, first: Pair, shape: TensorShape) -> Activations:
    """The rows and columns from `first` on, as many as `shape` has, of an image of whose every
    value there are `scale` down and across.
    """
    rows = (first[0] + np.arange(shape.height)) // scale[0]
    columns = (first[1] + np.arange(shape.width)) // scale[1]
    return cast(Activations, np.ascontiguousarray(x[:, :, rows][:, :, :, columns]))


def _interleaved(layer: QuantisedLayer, inputs: tuple[Activations, ...]) -> Activations:
    (down, across), shape = layer.layer.stride, layer.layer.output_shape
    out = np.empty((len(inputs[0]), shape.channels, shape.height, shape.width), inputs[0].dtype)
    for number, part in enumerate(inputs):
        here = out[:, :, number // across :: down, number % across :: across]
        here[...] = part[:, :, : here.shape[2], : here.shape[3]]
    return out


def _weighted(layer: QuantisedLayer, x: NDArray[np.int16], rules: SumRules) -> Activations:
    assert layer.weights is not None
    alone = layer.layer.groups > 1 and layer.weights.shape[1] == 1
    kernel = kernel_of(layer, rules.accumulation, alone=alone)
    parts = parts_of(layer, kernel)
    if kernel == "truncating":
        layer = in_truncated_units(layer)
    assert layer.weights is not None and layer.bias is not None
    # Only sums that are sure to fit may skip the accumulator.
    fused = layer.output.is_requantised and layer.thresholds is None
    if rules.overflow == "refuse" and fused and len(parts) <= 1:
        rest = layer.bias, _rescaling(layer), _window(layer), layer.inputs[0].outside
        if parts:
            return convolve_requantised(x, parts[0].filters, *rest)
        if layer.layer.dilation == (1, 1):
            return convolve_depthwise_requantised(_each(x, layer), layer.weights[:, 0], *rest)
    sums = _fitted(_sums(layer, parts, x, rules), rules)
    if layer.output.bits == 1:
        return threshold(sums)
    if layer.output.bits == 32:
        return sums.astype(np.int32, copy=False)
    if layer.thresholds is not None:
        return count_thresholds(sums, layer.thresholds, layer.lowest)
    return requantise(sums, *_rescaling(layer))


def _rescaling(layer: QuantisedLayer) -> Rescaling:
    return Rescaling(layer.multiplier, layer.shift, layer.rounding, layer.lowest, layer.highest)


def _each(x: NDArray[np.int16], layer: QuantisedLayer) -> NDArray[np.int16]:
    """The channel that each filter of a depthwise layer reads, int16[images, filters, ...]."""
    filters = layer.layer.output_shape.channels
    return x if x.shape[1] == filters else np.repeat(x, filters // x.shape[1], axis=1)


def _window(layer: QuantisedLayer) -> Window:
    assert layer.weights is not None
    pad, shape = layer.layer.padding, layer.layer.output_shape
    kernel = (layer.weights.shape[2], layer.weights.shape[3])
    return Window(kernel, layer.layer.stride, (-pad.top, -pad.left), shape.height, shape.width)


def _sums(
    layer: QuantisedLayer, parts: tuple[Part, ...], x: NDArray[np.int16], rules: SumRules
) -> Accumulators:
    """Biases and products of every filter, before the accumulator's width has its say."""
    assert layer.weights is not None and layer.bias is not None
    shape = layer.layer.output_shape
    # Only a saturated sum needs to be known beyond 32 bits: wrapping forgets the rest anyway.
    size = (len(x), shape.channels, shape.height, shape.width)
    out: Accumulators = np.empty(size, np.int32)
    if rules.overflow == "saturate":
        out = np.empty(size, np.int64)
    out[...] = layer.bias[:, None, None]
    window, outside = _window(layer), layer.inputs[0].outside
    if not parts:
        own = _each(x, layer)
        for rows, columns, offset in undilated(window.kernel, layer.layer.dilation):
            kernel = np.ascontiguousarray(layer.weights[:, 0, rows, columns])
            origin = _moved(window.origin, offset)
            convolve_depthwise(own, kernel, out, window.stride, origin, outside)
    for part in parts:
        own_window = Window(
            (part.filters.shape[2], part.filters.shape[3]),
            window.stride, _moved(window.origin, part.offset), window.rows, window.columns,
        )  # fmt: skip
        add_products(x[:, part.channels], part.filters, out[:, part.outputs], own_window, outside)
    return out


def _moved(origin: Pair, offset: Pair) -> Pair:
    return origin[0] + offset[0], origin[1] + offset[1]


def _fitted(sums: Accumulators, rules: SumRules) -> Accumulators:
    if rules.overflow == "refuse":
        return sums
    # Written twice for the type checker: the result has the type of the sums.
    if is_int32(sums):
        return fit_accumulator(sums, rules.bits, rules.overflow)
    return fit_accumulator(cast(NDArray[np.int64], sums), rules.bits, rules.overflow)


def _pooled(layer: QuantisedLayer, x: NDArray[np.int16]) -> NDArray[np.int16]:
    shape, pad = layer.layer.output_shape, layer.layer.padding
    window = (layer.layer.kernel, layer.layer.stride, (-pad.top, -pad.left))
    size = (shape.height, shape.width)
    if layer.layer.operator == "max_pool":
        return max_pool(x, *window, size)
    sums = sum_pool(x, *window, size)
    return requantise(sums, *_rescaling(layer))


def _reorganised(x: NDArray[np.int16], block: int) -> NDArray[np.int16]:
    """Space to depth: channel (dy * block + dx) * channels + c holds channel c at (dy, dx)."""
    batch, channels, high, wide = x.shape
    split = x.reshape(batch, channels, high // block, block, wide // block, block)
    turned = split.transpose(0, 3, 5, 1, 2, 4)
    return turned.reshape(batch, channels * block * block, high // block, wide // block)
