"""Whole networks on the default accelerators of real boards: right bits, and golden cycles."""

from __future__ import annotations

import json

import pytest

from lightsim.flow.run import Experiment, run
from lightsim.numerics.formats.scheme import SCHEMES
from tests.golden.refresh import CASES, FILE, simulated
from tests.quantisation.networks import convolution, dense, network

BOARDS = ("zc706", "ultra96", "ulx3s")


def depthwise_pair(filters, stride):
    """What MobileNet is made of."""
    return [
        {**convolution(0, padding=1), "depthwise": True, "stride": stride, "activation": "relu"},
        convolution(filters, 1, activation="relu"),
    ]


def small_mobilenet():
    """MobileNet's pattern at 24x24: strided, depthwise and pointwise layers, global pooling."""
    layers = [convolution(16, stride=2, padding=1, activation="relu")]
    channels = 16
    for filters, stride in ((24, 1), (32, 2), (40, 1)):
        spatial, pointwise = depthwise_pair(filters, stride)
        layers += [{**spatial, "filters": channels}, pointwise]
        channels = filters
    layers += [{"operator": "global_pool"}, {"operator": "flatten"}, dense(10)]
    return network(layers, image=(3, 24, 24))


def bit_exact(made, board, scheme, images=1, batch=1):
    done = run(
        Experiment(made, board, scheme=scheme, images=images, batch=batch, measure_accuracy=False)
    )
    for unit in done.units:
        assert unit.busy + sum(unit.stalls.values()) + unit.idle == done.cycles
        assert unit.idle >= 0
    assert sum(layer.cycles for layer in done.layers) == done.cycles
    return done.bit_exact


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("board", BOARDS)
def test_digits(board, scheme):
    assert bit_exact("digits", board, scheme, images=3, batch=2)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("board", BOARDS)
def test_small_mobilenet(board, scheme):
    assert bit_exact(small_mobilenet(), board, scheme)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize(
    ("name", "scheme"),
    [("lenet", "fixed4"), ("lenet", "flightnn"), ("resnet20-cifar10", "fixed8")],
)
def test_zoo(board, name, scheme):
    assert bit_exact(name, board, scheme)


@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda place: "-".join(CASES[place]))
def test_golden_cycles(place):
    """A changed number needs `python -m tests.golden.refresh "why"` and a line in CHANGELOG.md."""
    golden = json.loads(FILE.read_text(encoding="utf-8"))
    assert golden["passport"]["reason"]
    assert simulated(*CASES[place]) == golden["cases"][place]
