"""The compiled roundings: equal to their twins in torch bit for bit, in every layout."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.network import load_network  # noqa: E402
from lightsim.network.parsing import parse_network  # noqa: E402
from lightsim.numerics.formats.table import codec  # noqa: E402
from lightsim.training.loop.augmentation import augmented  # noqa: E402
from lightsim.training.loop.batches import Batches, batches_of  # noqa: E402
from lightsim.training.loop.epochs import deterministic  # noqa: E402
from lightsim.training.models.model import build_model  # noqa: E402
from lightsim.training.recipes.entries import AugmentationEntry  # noqa: E402
from lightsim.training.recipes.options import ModelOptions  # noqa: E402
from lightsim.training.weights import passes, rounding  # noqa: E402

STEP = torch.tensor(0.37)


def plain(function: Callable, *args):
    """The same without compiled passes, as a graphics card computes it."""
    with mock.patch.object(passes, "serves", lambda *_: False):
        return function(*args)


def numbers(seed: int, *shape: int, spread: float = 60.0) -> torch.Tensor:
    """Random numbers with zeros, halves of a step and the edges of clamps."""
    own = np.random.default_rng(seed).normal(0, spread, shape).astype(np.float32)
    flat = own.reshape(-1)
    special = [0.0, -0.0, 0.185, -0.185, 0.37 * 255, 0.37 * 255.5, -47.0, 1.0, -1.0, 1e30, -1e30]
    flat[: len(special)] = special
    return torch.from_numpy(own)


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    return bool(torch.equal(a, b))


LEVELS = codec("lightnn2").representable
MAGNITUDES = torch.tensor(LEVELS[LEVELS >= 0] / 128, dtype=torch.float32)

ROUNDINGS = {
    "grid": lambda a, b: rounding.round_on_grid(a, STEP, -127, 127),
    "rectified": lambda a, b: rounding.round_on_grid(a, STEP, 0, 255, True),
    "signed, rectified": lambda a, b: rounding.round_on_grid(a, STEP, -127, 127, True),
    "sum": lambda a, b: rounding.rounded_sum(a, b, STEP, -127, 127, False),
    "sum, rectified": lambda a, b: rounding.rounded_sum(a, b, STEP, 0, 255, True),
    "sign": lambda a, b: rounding.sign_hard_tanh(a),
    "power": lambda a, b: rounding.nearest_power(a / 40, 2 / 128, 1.0),
    "level": lambda a, b: rounding.nearest_level(a / 40, MAGNITUDES),
}


@pytest.mark.parametrize("layout", ["first", "last", "flat"])
@pytest.mark.parametrize("name", ROUNDINGS)
def test_a_pass_equals_torch_in_values_and_gradients(name: str, layout: str):
    shape = (40, 6, 5, 3) if layout != "flat" else (3600,)
    a, b, weigh = (numbers(seed, *shape) for seed in (1, 2, 3))
    if layout == "last":
        a, b, weigh = (one.contiguous(memory_format=torch.channels_last) for one in (a, b, weigh))

    def both() -> list[torch.Tensor]:
        own = [one.clone(memory_format=torch.preserve_format).requires_grad_() for one in (a, b)]
        out = ROUNDINGS[name](*own)
        if out.requires_grad:
            out.backward(weigh)
        return [out.detach(), *(one.grad for one in own if one.grad is not None)]

    assert passes.serves(a, b, weigh)
    found, wanted = both(), plain(both)
    assert len(found) == len(wanted) and all(map(same, found, wanted))
    if layout == "last":
        assert found[0].is_contiguous(memory_format=torch.channels_last)


def test_powers_of_every_fraction_are_torchs():
    fractions = np.arange(0, 1 << 23, 3, dtype=np.uint32)
    for exponent in (119, 120, 126, 127):
        r = torch.from_numpy((fractions | np.uint32(exponent << 23)).view(np.float32))
        for signed in (r, -r):
            args = rounding.nearest_power, signed, 2 / 128, 1.0
            assert torch.equal(args[0](*args[1:]), plain(*args))


def test_what_is_not_a_number_stays_so_that_a_loss_tells():
    x = torch.tensor([1.0, float("nan"), 2.0])
    assert torch.isnan(rounding.round_on_grid(x, STEP, 0, 255, True)).tolist() == [
        False,
        True,
        False,
    ]


def test_threads_change_no_bit_of_a_rounding():
    x = numbers(5, 300_001)
    alone = rounding.round_on_grid(x, STEP, 0, 255)
    with deterministic(3, torch.device("cpu")):
        assert same(rounding.round_on_grid(x, STEP, 0, 255), alone)


RESIDUAL = """
name = "r"
title = "r"
source = "this test"
[input]
channels = 3
height = 8
width = 8
[[layer]]
name = "a"
operator = "conv2d"
filters = 4
kernel = 3
padding = 1
activation = "relu"
[[layer]]
name = "b"
operator = "conv2d"
filters = 4
kernel = 3
padding = 1
[[layer]]
name = "c"
operator = "add"
inputs = ["a", "b"]
activation = "relu"
[[layer]]
name = "d"
operator = "dense"
filters = 10
"""


@pytest.mark.parametrize("scheme", ["flightnn", "lightnn1", "binary", "fixed4"])
def test_a_step_of_a_model_is_the_same_without_passes(scheme: str):
    """Loss and gradients of a network with residual sums, up to what convolutions round."""

    def step() -> list[torch.Tensor]:
        network = (
            parse_network(RESIDUAL, "r") if scheme == "flightnn" else load_network("digits-small")
        )
        model = build_model(network, scheme, ModelOptions(), 3)
        shape = network.input_shape
        rng = np.random.default_rng(1)
        x = rng.integers(0, 16, (4, shape.channels, shape.height, shape.width))
        images = torch.from_numpy(x).float()
        model.calibrate(images)
        model.train()
        loss = (model(images) * torch.arange(10.0)).sum() + model.penalty()
        loss.backward()
        return [loss.detach(), *(one.grad for one in model.parameters() if one.grad is not None)]

    found, wanted = step(), plain(step)
    assert len(found) == len(wanted)
    assert all(map(torch.equal, found, wanted))


@pytest.mark.parametrize(
    "own",
    [
        AugmentationEntry(),
        AugmentationEntry(shift=3, share=0.6),
        AugmentationEntry(flip=True),
        AugmentationEntry(shift=9, flip=True),
    ],
)
def test_batches_made_ahead_are_those_of_a_card(own: AugmentationEntry):
    rng = np.random.default_rng(0)
    images = torch.from_numpy(rng.integers(-8, 250, (23, 3, 9, 7)).astype(np.int16))
    data = Batches(images, torch.arange(23), -8.0)
    found = list(batches_of(data, 5, own, np.random.default_rng(4)))
    assert len(found) == 4
    rng = np.random.default_rng(4)
    order = rng.permutation(23)
    for number, (made, labels) in enumerate(found):
        chosen = torch.from_numpy(order[5 * number : 5 * number + 5])
        assert torch.equal(labels, chosen)
        assert torch.equal(made, augmented(images[chosen].float(), own, -8.0, rng))


def test_products_have_all_their_bits_inside_and_what_was_set_afterwards():
    """PyTorch lets the convolutions of a card round to TF32 unless it is told not to."""
    places = torch.backends.cudnn.conv, torch.backends.cuda.matmul, torch.backends.mkldnn.conv
    before = [place.fp32_precision for place in places]
    with deterministic(1, torch.device("cpu")):
        assert [place.fp32_precision for place in places] == ["ieee"] * 3
    assert [place.fp32_precision for place in places] == before
