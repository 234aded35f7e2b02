"""A transposed convolution read as phases: what it is said to be, number by number."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network import dump_network
from lightsim.network.parsing import parse_network
from lightsim.network.transposed import phase_weights
from tests.quantisation.networks import network
from tests.reference import convolve


def scattered(x, weights, stride, padding, size):
    """Every input value times the kernel, added where it belongs: the definition."""
    out = np.zeros((len(weights), *size), np.int64)
    for y in range(x.shape[1]):
        for c in range(x.shape[2]):
            for ky in range(weights.shape[2]):
                for kx in range(weights.shape[3]):
                    r, s = y * stride[0] - padding[0] + ky, c * stride[1] - padding[1] + kx
                    if 0 <= r < size[0] and 0 <= s < size[1]:
                        out[:, r, s] += weights[:, :, ky, kx] @ x[:, y, c]
    return out


@pytest.mark.parametrize("seed", range(30))
def test_the_phases_together_are_the_transposed_convolution(seed):
    dice, numbers = Random(seed), np.random.default_rng(seed)
    image = (dice.randint(1, 3), dice.randint(1, 5), dice.randint(1, 5))
    stride = (dice.randint(1, 3), dice.randint(1, 3))
    kernel = tuple(s + dice.randint(0, 3) for s in stride)
    padding = tuple(dice.randint(0, (k - s) // 2) for k, s in zip(kernel, stride, strict=True))
    longer = tuple(dice.randint(0, s - 1) for s in stride)
    own = network(
        [
            {
                "name": "up", "operator": "conv_transpose2d", "filters": 4, "kernel": kernel,
                "stride": stride, "padding": padding, "output_padding": longer,
            }
        ],
        image=image,
    )  # fmt: skip
    assert parse_network(dump_network(own), "again") == own
    weights = numbers.integers(-9, 10, (4, image[0], *kernel)).astype(np.int16)
    x = numbers.integers(0, 50, image)
    last = own.layers[-1]
    size = (last.output_shape.height, last.output_shape.width)
    sides = zip(image[1:], stride, padding, kernel, longer, strict=True)
    assert size == tuple((n - 1) * s - 2 * p + k + o for n, s, p, k, o in sides)
    found = np.zeros((4, *size), np.int64)
    parts = [layer for layer in own.layers if layer.operator == "conv2d"]
    cut = phase_weights(weights, stride, padding)
    for number, (layer, part) in enumerate(zip(parts, cut, strict=True)):
        assert part.shape == layer.weight_shape
        shape = (layer.output_shape.height, layer.output_shape.width)
        origin = (-layer.padding.top, -layer.padding.left)
        (sums,) = convolve([x.tolist()], part.tolist(), shape, (1, 1), origin)
        here = found[:, number // stride[1] :: stride[0], number % stride[1] :: stride[1]]
        here[...] = np.array(sums)[:, : here.shape[1], : here.shape[2]]
    assert np.array_equal(found, scattered(x, weights, stride, padding, size))
    assert sum(part.size for part in cut) == weights.size


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ({"kernel": 2, "stride": 3}, "a kernel of 2 under stride 3 leaves gaps"),
        ({"kernel": 3, "stride": 2, "output_padding": 2}, "accepted: less than the stride"),
        ({"kernel": 2, "stride": 2, "padding": 1}, "padding 1 leaves out input"),
    ],
)
def test_what_has_no_phases_is_refused(keys, answer):
    layer = {"name": "up", "operator": "conv_transpose2d", "filters": 4, **keys}
    with pytest.raises(InputError, match=answer):
        network([layer])


def test_names_of_phases_are_taken():
    layers = [
        {"name": "up.1", "operator": "conv2d", "filters": 4, "kernel": 1},
        {"name": "up", "operator": "conv_transpose2d", "filters": 4, "kernel": 2, "stride": 2},
    ]
    with pytest.raises(InputError, match=r"is written with a layer 'up\.1'"):
        network(layers)
