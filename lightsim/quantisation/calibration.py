"""What a layer's inputs are on average, over a few images: the means that rounding may use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.inference.layer_output import Activations
from lightsim.quantisation.stored.trained import training_images
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = ["calibration_images", "input_means"]

# As many images as this many products allow, at least one and at most 128.
_PRODUCTS = 4_000_000_000
_MOST_IMAGES = 128


def calibration_images(workload: Workload) -> NDArray[np.int16]:
    """The images that calibrate: the first of the training set, or seeded random ones where the
    network comes without any."""
    count = int(np.clip(_PRODUCTS // max(workload.network.macs, 1), 1, _MOST_IMAGES))
    if workload.held_out is not None:
        return training_images(workload.network).images[:count]
    return synthetic_images(workload.network, count, 0)


def input_means(workload: Workload, images: NDArray[np.int16]) -> dict[str, NDArray[np.float64]]:
    """By layer, what each weight of a filter meets on average over all images and positions.

    float64[groups, in / groups * kh * kw] in the order of a filter's weights; positions in the
    padding count with their value.
    """
    outputs: dict[str, Activations] = {"input": images}
    wanted = [layer.layer.inputs[0] for layer in workload.layers if layer.weights is not None]
    kept = [name for name in dict.fromkeys(wanted) if name != "input"]
    outputs.update(infer(workload, images, overflow="wrap", keep=kept))
    return {
        layer.layer.name: _means(layer, outputs[layer.layer.inputs[0]])
        for layer in workload.layers
        if layer.weights is not None
    }


def _means(layer: QuantisedLayer, x: Activations) -> NDArray[np.float64]:
    groups = layer.layer.groups
    if layer.layer.operator == "dense":
        return np.asarray(x.astype(np.int64).sum(axis=0).reshape(1, -1) / len(x), np.float64)
    pad, shape = layer.layer.padding, layer.layer.output_shape
    edges = ((0, 0), (0, 0), (pad.top, pad.bottom), (pad.left, pad.right))
    framed = np.pad(x, edges, constant_values=layer.inputs[0].outside)
    (down, right), (high, wide) = layer.layer.stride, layer.layer.kernel
    sums = np.empty((x.shape[1], high, wide), np.int64)
    below, beside = layer.layer.dilation
    for ky in range(high):
        for kx in range(wide):
            top, left = ky * below, kx * beside
            rows = slice(top, top + down * (shape.height - 1) + 1, down)
            columns = slice(left, left + right * (shape.width - 1) + 1, right)
            sums[:, ky, kx] = framed[:, :, rows, columns].sum(axis=(0, 2, 3), dtype=np.int64)
    return sums.reshape(groups, -1) / (len(x) * shape.height * shape.width)
