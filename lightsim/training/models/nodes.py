"""Nodes: the operation of each layer of a network on real numbers during training."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lightsim.network.layer import Layer
from lightsim.network.tensor import ElementType
from lightsim.training.models.grids import Grid
from lightsim.training.weights.straight_through import WeightFormat

__all__ = ["Unweighted", "Weighted"]


class Weighted(nn.Module):
    """A convolution or dense layer, followed by batch normalisation or, if it is raw, by a bias.

    `normalised` holds the input of the activation function in the last forward pass.
    """

    def __init__(
        self,
        layer: Layer,
        inputs: ElementType,
        output: ElementType,
        weights: WeightFormat,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.layer, self.output, self.weights = layer, output, weights
        shape = layer.weight_shape
        fan_in = shape[1] * shape[2] * shape[3]
        self.weight = nn.Parameter(torch.randn(shape, generator=generator) * (2 / fan_in) ** 0.5)
        raw = output.bits == 32
        self.normalise = None if raw else nn.BatchNorm2d(shape[0])
        self.bias = nn.Parameter(torch.zeros(shape[0])) if raw and layer.bias else None
        self.outside = float(inputs.outside)
        self.normalised: Tensor | None = None

    def forward(self, x: Tensor, grid: Grid | None) -> Tensor:
        """Activations [n, out, rows, columns] from `x`; without a grid they are not rounded."""
        weight, layer = self.weights(self.weight), self.layer
        if layer.operator == "dense":
            sums = functional.linear(x.flatten(1), weight.flatten(1), self.bias)[:, :, None, None]
        else:
            pad = layer.padding
            edges: tuple[int, int] | int = (pad.top, pad.left)
            if self.outside or (pad.bottom, pad.right) != edges:
                x = functional.pad(
                    x, (pad.left, pad.right, pad.top, pad.bottom), value=self.outside
                )
                edges = 0
            sums = functional.conv2d(
                x, weight, self.bias, layer.stride, edges, layer.dilation, layer.groups
            )
        if self.normalise is not None:
            sums = self.normalise(sums)
        self.normalised = sums
        return activated(sums, layer, self.output, grid)


class Unweighted(nn.Module):
    """A layer without weights."""

    def __init__(self, layer: Layer, output: ElementType) -> None:
        super().__init__()
        self.layer, self.output = layer, output

    def forward(self, inputs: list[Tensor], grid: Grid | None) -> Tensor:
        """The layer's output; sums and means are rounded to the grid, if there is one."""
        layer, x = self.layer, inputs[0]
        match layer.operator:
            case "add":
                if grid is None:
                    return activated(inputs[0] + inputs[1], layer, self.output, grid)
                return grid.total(inputs[0], inputs[1], layer.activation == "relu")
            case "average_pool" | "global_pool":
                x = functional.avg_pool2d(_framed(x, layer, 0.0), layer.kernel, layer.stride)
                return x if grid is None else grid(x)
            case "max_pool":
                lowest = float(torch.finfo(x.dtype).min)
                return functional.max_pool2d(_framed(x, layer, lowest), layer.kernel, layer.stride)
            case "concat":
                return torch.cat(inputs, 1)
            case "reorganise":
                return reorganised(x, layer.stride[0])
            case _:
                return x.flatten(1)[:, :, None, None]


def activated(sums: Tensor, layer: Layer, output: ElementType, grid: Grid | None) -> Tensor:
    """The activation of a layer, rounded to its grid."""
    rectified = layer.activation == "relu" and output.bits > 1
    if grid is None:
        sums = functional.relu(sums) if rectified else sums
        return functional.hardtanh(sums) if layer.activation == "sign" else sums
    rounded: Tensor = grid(sums, rectified)
    return rounded


def reorganised(x: Tensor, block: int) -> Tensor:
    """Space to depth, with the channels in the order of `network.operators`."""
    n, channels, high, wide = x.shape
    split = x.reshape(n, channels, high // block, block, wide // block, block)
    turned = split.permute(0, 3, 5, 1, 2, 4)
    return turned.reshape(n, -1, high // block, wide // block)


def _framed(x: Tensor, layer: Layer, value: float) -> Tensor:
    pad = layer.padding
    if not (pad.top or pad.left or pad.bottom or pad.right):
        return x
    return functional.pad(x, (pad.left, pad.right, pad.top, pad.bottom), value=value)
