"""Whole networks of the zoo: both models say the same of every interval of a run."""

from __future__ import annotations

import pytest

from lightsim.flow.given.resolve import resolve_accelerator
from lightsim.network import load_network
from lightsim.network.zoo import zoo_names
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.tiled.mapping.program import map_workload
from tests.tiled.timeline.equal import differences

# Network, scheme, board, images of a batch, whether the memory is ideal.
SMALL = [
    ("digits-small", "lightnn1", "pynq-z2", 2, False),
    ("digits", "flightnn", "zc706", 1, False),
    ("lenet", "fixed4", "pynq-z2", 3, False),
    ("lfc", "binary", "ultra96", 2, False),
    ("mnist-1hidden", "fixed8", "zc706", 4, True),
    ("resnet20-cifar10", "lightnn2", "zc706", 1, False),
    ("resnet20-cifar10", "flightnn", "ultra96", 2, False),
]


def wrong(network, scheme, board, images, ideal):
    """The differences of two batches of a zoo network on a board's default machine."""
    _, accelerator, chosen = resolve_accelerator(board, None, scheme)
    if ideal:
        accelerator = accelerator.with_ideal_memory()
    described = load_network(network)
    workload = quantise(described, chosen, 0)
    program = map_workload(workload, accelerator, images=images)
    batch = synthetic_images(described, images, 0)
    return differences([program] * 2, [batch] * 2)


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_small_networks(case):
    assert wrong(*case) == []


# zc706's default machine has no weight buffer for the smallest tile of the first dense layer.
UNFIT = {("cifar10-6conv", "binary")}
WHOLE_ZOO = [
    (network, scheme)
    for network in zoo_names()
    for scheme in ("flightnn", "fixed8", "binary")
    if (network, scheme) not in UNFIT
]


@pytest.mark.slow
@pytest.mark.parametrize(("network", "scheme"), WHOLE_ZOO)
def test_every_network(network, scheme):
    assert wrong(network, scheme, "zc706", 1, False) == []
