"""Exact arithmetic of a folded network: the results of its integers, image for image.

The code follows the equations in `QuantisedLayer` and uses none of LightSim's kernels, so a
comparison with the kernels is a real test. Sums are computed in float64, which is exact below
2**53, or in float32 where no sum can reach 2**24.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lightsim.quantisation.workload import QuantisedLayer
from lightsim.training.models.nodes import reorganised

__all__ = ["integer_forward"]

_SMALLEST = -(2.0**40)


def integer_forward(
    layers: Sequence[QuantisedLayer], images: Tensor, *, keep: bool = False
) -> dict[str, Tensor]:
    """The output of the last layer by its name, int64[n, channels, rows, columns].

    `images` [n, channels, rows, columns] are integers. With `keep`, returns the outputs of all
    layers.
    """
    last_use = {name: at for at, layer in enumerate(layers) for name in layer.layer.inputs}
    values: dict[str, Tensor] = {"input": images.to(torch.int64)}
    for number, layer in enumerate(layers):
        inputs = [values[name] for name in layer.layer.inputs]
        values[layer.layer.name] = _output(layer, inputs)
        for name in set(layer.layer.inputs):
            if not keep and last_use[name] == number:
                del values[name]
    return values


def _output(layer: QuantisedLayer, inputs: list[Tensor]) -> Tensor:
    x = inputs[0]
    match layer.layer.operator:
        case "conv2d" | "dense":
            return _weighted(layer, x)
        case "max_pool":
            own = layer.layer
            framed = _framed(x.double(), layer, _SMALLEST)
            return functional.max_pool2d(framed, own.kernel, own.stride).to(torch.int64)
        case "average_pool" | "global_pool":
            own = layer.layer
            sums = functional.avg_pool2d(
                _framed(x.double(), layer, 0.0), own.kernel, own.stride, divisor_override=1
            )
            return _clamped(_scaled(sums.to(torch.int64), layer.multiplier[0], layer.shift), layer)
        case "add":
            first = _scaled(x, layer.multiplier[0], layer.shift)
            second = _scaled(inputs[1], layer.residual_multiplier, layer.residual_shift)
            return _clamped(first + second, layer)
        case "concat":
            return torch.cat(inputs, 1)
        case "reorganise":
            return reorganised(x, layer.layer.stride[0])
        case _:
            return x.flatten(1)[:, :, None, None]


def _weighted(layer: QuantisedLayer, x: Tensor) -> Tensor:
    assert layer.weights is not None and layer.bias is not None
    own = layer.layer
    real = _exact(layer, x)
    weights = torch.as_tensor(layer.weights, dtype=real, device=x.device)
    if own.operator == "dense":
        x = x.reshape(len(x), *weights.shape[1:])
    outside = float(layer.inputs[0].outside)
    framed = _framed(x.to(real).contiguous(memory_format=torch.channels_last), layer, outside)
    products = functional.conv2d(
        framed, weights, None, own.stride, dilation=own.dilation, groups=own.groups
    )
    bias = torch.as_tensor(layer.bias, dtype=torch.int64, device=x.device)
    sums = products.round().to(torch.int64) + bias[:, None, None]
    if layer.output.bits == 1:
        return torch.where(sums >= 0, 1, -1)
    if layer.output.bits == 32:
        return sums
    factors = torch.as_tensor(layer.multiplier, dtype=torch.int64, device=x.device)
    return _clamped(_scaled(sums, factors[:, None, None], layer.shift), layer)


def _exact(layer: QuantisedLayer, x: Tensor) -> torch.dtype:
    """A type in which no sum of products is rounded, whatever the order of the additions.

    The type is float32 if all sums stay below 2**24, but only on a processor, because graphics
    cards may multiply with less precision; else float64.
    """
    assert layer.weights is not None
    rows = np.abs(layer.weights.astype(np.int64)).reshape(len(layer.weights), -1).sum(1)
    most = int(rows.max()) * max(-layer.inputs[0].lowest, layer.inputs[0].highest)
    return torch.float32 if x.device.type == "cpu" and most < 1 << 24 else torch.float64


def _scaled(numbers: Tensor, multiplier: Tensor | int, shift: int) -> Tensor:
    """round(numbers * multiplier / 2**shift), with halves rounded up."""
    product = numbers * (multiplier if isinstance(multiplier, Tensor) else int(multiplier))
    return (product + ((1 << shift) >> 1)) >> shift


def _clamped(numbers: Tensor, layer: QuantisedLayer) -> Tensor:
    return numbers.clamp(layer.lowest, layer.highest)


def _framed(x: Tensor, layer: QuantisedLayer, value: float) -> Tensor:
    pad = layer.layer.padding
    return functional.pad(x, (pad.left, pad.right, pad.top, pad.bottom), value=value)
