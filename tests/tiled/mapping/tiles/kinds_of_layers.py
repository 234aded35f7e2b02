"""A layer of every kind, and the default array of a board to map it on."""

from __future__ import annotations

from lightsim.hardware.catalogue import BOARDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.estimation.defaults import default_accelerator
from tests.quantisation.networks import convolution, dense, network

FLIGHTNN = SCHEMES["flightnn"]


def default(board):
    return default_accelerator(BOARDS[board], FLIGHTNN)


LAYERS = {
    "3x3": ((64, 28, 28), convolution(64, 3, padding=1, activation="relu")),
    "deep 3x3": ((256, 7, 7), convolution(256, 3, padding=1, activation="relu")),
    "pointwise": ((128, 14, 14), convolution(128, 1, activation="relu")),
    "dense": ((1024, 1, 1), dense(256, activation="relu")),
    "strided": ((16, 32, 32), convolution(32, 3, stride=2, padding=1, activation="relu")),
    "depthwise": (
        (64, 28, 28),
        convolution(64, 3, padding=1, depthwise=True, activation="relu"),
    ),
    "pooling": ((64, 28, 28), {"operator": "max_pool", "kernel": 3, "stride": 2}),
}


def layer_of(kind):
    """A network of one layer, and its weights."""
    image, entry = LAYERS[kind]
    made = network([{**entry, "name": "layer"}], image=image)
    return made, synthetic_workload(made, FLIGHTNN, 0)
