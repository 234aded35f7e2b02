"""Single layers with chosen k, and their timing on a machine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.random_weights import draw_weights
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import network
from tests.tiled.simulation.checks import check_accounts, wrong_layers


def with_k(workload, name, k):
    """The workload with new weights of the given k in one layer."""
    k = np.array(k, np.int8)
    layers = []
    for layer in workload.layers:
        if layer.layer.name == name:
            shape = layer.layer.weight_shape
            rng = np.random.default_rng(int(k.sum()))
            layer = replace(layer, weights=draw_weights(workload.scheme, shape, k, rng)[0], k=k)
        layers.append(layer)
    return replace(workload, layers=tuple(layers))


def workload_of(entries, image, scheme="flightnn"):
    """Synthetic weights for the layers of a network file."""
    return synthetic_workload(network(entries, image=image), SCHEMES[scheme], 5)


def convolve(filters, kernel, image, *, k=1, scheme="flightnn", **keys):
    """A workload of one convolution called `conv` with an 8-bit output; `k` of all or each."""
    entry = {"name": "conv", "operator": "conv2d", "filters": filters, "kernel": kernel, **keys}
    entry.setdefault("activation", "relu")
    made = workload_of([entry], image, scheme)
    if scheme != "flightnn":
        return made
    return with_k(made, "conv", [k] * filters if isinstance(k, int) else k)


def run(workload, accelerator, *, images=1, batches=1, **tilings):
    """The simulation of a workload, its bits and accounts checked.

    `tilings` fixes the tiling of layers; the layer `conv` is one tile unless it is given.
    """
    sizes = {"conv": whole(workload.layers[0].layer, images), **tilings}
    program = map_workload(workload, accelerator, images=images, tilings=sizes)
    pixels = synthetic_images(workload.network, images * batches, 3)
    parts = [pixels[i : i + images] for i in range(0, len(pixels), images)]
    result = simulate([program] * batches, parts)
    check_accounts(result)
    assert wrong_layers(result, workload, accelerator, pixels) == []
    return result


def whole(layer, images=1, **changes):
    """The tiling that does a layer in one tile, with some sizes changed."""
    out = layer.output_shape
    one = Tiling(out.channels, layer.input_shape.channels, out.height, out.width, images)
    return replace(one, **changes)
