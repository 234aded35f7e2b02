"""Integers: what is stored of a trained network, and what it computes, in plain numpy.

The integers mean what `lightsim.quantisation.workload.QuantisedLayer` says. Everything here is
int64 and no kernel of LightSim is used, so that the accuracies measured with it do not depend
on one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lightsim.network.layer import Layer, Network

__all__ = ["LayerIntegers", "forward", "integer_accuracy"]


@dataclass(frozen=True, slots=True)
class LayerIntegers:
    """What the stored file holds of one layer; shapes as in `QuantisedLayer`."""

    weights: NDArray[np.int16]
    k: NDArray[np.int8]
    bias: NDArray[np.int32]
    multiplier: NDArray[np.int32]
    shift: int


def forward(
    network: Network,
    integers: dict[str, LayerIntegers],
    images: NDArray[np.uint8] | NDArray[np.int16],
    signs: bool,
) -> NDArray[np.int64]:
    """The last layer's accumulators, `int64[n, classes]`; hidden layers are signs or 0..255."""
    x = images.astype(np.int64)
    first = next(layer for layer in network.layers if layer.has_weights)
    for layer in network.layers:
        if layer.operator == "max_pool":
            x = _windows(x, layer).max(axis=(-2, -1))
        elif layer.has_weights:
            own = integers[layer.name]
            # 1-bit tensors have no zero: what lies outside an image counts as -1.
            outside = -1 if signs and layer is not first else 0
            accumulator = _accumulate(x, layer, own, outside)
            if layer is network.layers[-1]:
                return accumulator.reshape(len(x), -1)
            x = _activate(accumulator, own, signs)
    raise ValueError(f"{network.name}: the last layer must have weights")


def integer_accuracy(
    network: Network,
    integers: dict[str, LayerIntegers],
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    signs: bool,
) -> float:
    """The fraction of `images` whose largest accumulator (the first of equals) is the label."""
    best = forward(network, integers, images, signs).argmax(axis=1)
    return float(np.mean(best == labels))


def _windows(x: NDArray[np.int64], layer: Layer) -> NDArray[np.int64]:
    down, right = layer.stride
    return sliding_window_view(x, layer.kernel, axis=(2, 3))[:, :, ::down, ::right]


def _accumulate(
    x: NDArray[np.int64], layer: Layer, own: LayerIntegers, outside: int
) -> NDArray[np.int64]:
    weights = own.weights.astype(np.int64)
    if layer.operator == "dense":
        flat = x.reshape(len(x), -1) @ weights.reshape(len(weights), -1).T
        return (flat + own.bias)[:, :, None, None]
    pad = layer.padding
    edges = ((0, 0), (0, 0), (pad.top, pad.bottom), (pad.left, pad.right))
    x = np.pad(x, edges, constant_values=outside)
    sums = np.einsum("nchwyx,ocyx->nohw", _windows(x, layer), weights, optimize=True)
    return sums + own.bias.astype(np.int64)[:, None, None]


def _activate(accumulator: NDArray[np.int64], own: LayerIntegers, signs: bool) -> NDArray[np.int64]:
    if signs:
        return np.where(accumulator >= 0, 1, -1)
    product = accumulator * own.multiplier.astype(np.int64)[:, None, None]
    half = (1 << own.shift) >> 1
    return np.clip((product + half) >> own.shift, 0, 255)
