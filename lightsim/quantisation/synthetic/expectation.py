"""What the activations of a network with random weights look like, found without running it.

An expectation is a sample `float64[channels, positions]` of one tensor's values: rows stand for
channels, and the values of a row share what is common to a channel at all positions and images.
Weights are taken to be independent of the values that they multiply, so a weighted sum is normal
and only its spread and the share of it that a channel keeps at every position matter.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Layer
from lightsim.network.tensor import ElementType

__all__ = [
    "Expectation",
    "expect_concat",
    "expect_images",
    "expect_pool",
    "expect_sum",
    "mean_and_spread",
]

Expectation = NDArray[np.float64]

_CHANNELS = 256
_POSITIONS = 64


def expect_images(element: ElementType, rng: np.random.Generator) -> Expectation:
    """Uniform values over the whole range of the input's type."""
    if element.bits == 1:
        return rng.choice((-1.0, 1.0), (_CHANNELS, _POSITIONS))
    return rng.uniform(element.lowest, element.highest, (_CHANNELS, _POSITIONS))


def mean_and_spread(values: Expectation, layer: Layer, pad_value: int) -> tuple[float, float]:
    """The inputs' mean, and the spread of a weighted sum for weights of unit length.

    The sum of a filter with weights w over inputs x is centred at mean * sum(w), and its
    standard deviation is spread * sqrt(sum(w**2)). A tap that lies on the padding has
    x = pad_value, so it is away from the centre by their difference.
    """
    mean = float(values.mean())
    inside = _share_inside(layer)
    padding = (mean - pad_value) ** 2
    return mean, float(np.sqrt(inside * values.var() + (1 - inside) * padding))


def expect_sum(
    values: Expectation, layer: Layer, pad_value: int, rng: np.random.Generator
) -> Expectation:
    """The weighted sums of `layer` about their centre, scaled to a standard deviation of one.

    A depthwise layer hands each channel on by itself; any other mixes all of them.
    """
    mean, spread = mean_and_spread(values, layer, pad_value)
    fixed = values.mean(axis=1, keepdims=True) - mean
    moving = values - fixed - mean
    if layer.groups > 1 and layer.weight_shape[1] == 1:
        common, own = np.abs(fixed), moving.std(axis=1, keepdims=True)
    else:
        common, own = np.sqrt(np.mean(fixed**2)), np.sqrt(np.mean(moving**2))
    inside = np.sqrt(_share_inside(layer))
    total = inside * (
        common * rng.standard_normal((_CHANNELS, 1))
        + own * rng.standard_normal((_CHANNELS, _POSITIONS))
    )
    off = np.sqrt(1 - inside**2) * (mean - pad_value)
    border = off * rng.standard_normal((_CHANNELS, _POSITIONS))
    return np.asarray((total + border) / max(spread, 1e-9), np.float64)


def expect_pool(values: Expectation, layer: Layer, rng: np.random.Generator) -> Expectation:
    """The largest or the mean of as many positions of a channel as the window covers."""
    window = _window(layer)
    taps = rng.integers(0, values.shape[1], (window, values.shape[1]))
    result = values[:, taps[0]]
    for tap in taps[1:]:
        if layer.operator == "max_pool":
            np.maximum(result, values[:, tap], out=result)
        else:
            result += values[:, tap]
    return result if layer.operator == "max_pool" else result / window


def expect_concat(parts: list[Expectation], channels: list[int]) -> Expectation:
    """Rows of every part in proportion to its channels."""
    ends = np.round(np.cumsum([0, *channels]) / sum(channels) * _CHANNELS).astype(int)
    rows = [part[: stop - start] for part, (start, stop) in zip(parts, pairwise(ends), strict=True)]
    return np.concatenate(rows)


def _window(layer: Layer) -> int:
    if layer.operator == "global_pool":
        return layer.input_shape.height * layer.input_shape.width
    return layer.kernel[0] * layer.kernel[1]


def _share_inside(layer: Layer) -> float:
    """The share of a layer's taps that fall inside the image and not on its padding."""
    if layer.operator == "dense":
        return 1.0
    shape, out = layer.input_shape, layer.output_shape
    pad = layer.padding
    sizes, outputs, before = (
        (shape.height, shape.width), (out.height, out.width), (pad.top, pad.left)
    )  # fmt: skip
    rows, columns = (
        _taps_inside(
            sizes[i], outputs[i], layer.kernel[i], layer.stride[i], before[i], layer.dilation[i]
        )
        for i in (0, 1)
    )
    return rows * columns


def _taps_inside(
    size: int, outputs: int, kernel: int, stride: int, before: int, apart: int
) -> float:
    taps = np.arange(outputs)[:, None] * stride - before + np.arange(kernel) * apart
    return float(np.mean((taps >= 0) & (taps < size)))
