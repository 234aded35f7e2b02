"""Networks of a few layers, lowered to passes."""

from __future__ import annotations

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.mapping.lowering.passes import lower
from tests.quantisation.networks import convolution, network

IMAGE = (16, 8, 8)


POOL = {"operator": "max_pool", "kernel": 2, "name": "pool"}


def passes(layers, *, image=IMAGE, scheme="flightnn", accelerator=None):
    """Every pass of a network by its name."""
    workload = synthetic_workload(network(layers, image=image), SCHEMES[scheme], 0)
    return {layer.name: layer for layer in lower(workload, accelerator).layers}


def same(filters=16, **keys):
    return convolution(filters, padding=1, activation="relu", **keys)


def add(*inputs, **keys):
    return {"name": "sum", "operator": "add", "inputs": list(inputs), **keys}
