"""Activations of any width in training: the exported integers are the model's, and steps adapt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.network.tensor import ElementType  # noqa: E402
from lightsim.quantisation import infer  # noqa: E402
from lightsim.training.models.grids import Grid  # noqa: E402
from lightsim.training.models.integer import integer_forward  # noqa: E402
from lightsim.training.recipes.altered import altered  # noqa: E402
from lightsim.training.recipes.options import ModelOptions  # noqa: E402
from lightsim.training.recipes.recipe import parse_recipe  # noqa: E402
from lightsim.training.recipes.text import recipe_text  # noqa: E402
from tests.quantisation.networks import convolution, dense, network  # noqa: E402
from tests.training.models import odd_model, random_images  # noqa: E402

NET = network(
    (
        convolution(6, padding=1, activation="relu", name="first"),
        convolution(6, padding=1, name="branch"),
        convolution(6, 1, input="first", name="shortcut"),
        {"name": "sum", "operator": "add", "inputs": ["branch", "shortcut"], "activation": "relu"},
        {"name": "mean", "operator": "average_pool", "kernel": 2},
        convolution(6, activation="relu", activation_signed=True, name="signed"),
        dense(5),
    ),
    image=(2, 8, 7),
)
CHAIN = network(
    (
        convolution(6, padding=1, activation="relu", name="first"),
        {"name": "largest", "operator": "max_pool", "kernel": 2},
        convolution(6, padding=1, name="second"),
        dense(5),
    ),
    image=(2, 8, 7),
)


@pytest.mark.parametrize("steps", ["calibrated", "learned"])
@pytest.mark.parametrize(
    ("bits", "scheme"),
    [(1, "lightnn1"), (2, "fixed4"), (3, "flightnn"), (4, "fixed4"), (5, "fixed8"), (7, "binary")],
)
def test_the_exported_integers_are_those_of_the_model(bits, scheme, steps):
    net = replace(CHAIN if bits == 1 else NET, activation_bits=bits)
    model = odd_model(net, scheme, ModelOptions(steps=steps))
    images = random_images(net, 24, 5)
    workload = model.export("for a test")
    found = infer(workload, images, keep="all")
    exact = integer_forward(workload.layers, torch.from_numpy(images), keep=True)
    for name, values in found.items():
        assert (values == exact[name].numpy()).all(), name
    with torch.no_grad():
        own = model(torch.from_numpy(images).float()).numpy()
    last = found[workload.layers[-1].layer.name]
    assert (own == last.reshape(len(images), -1)).all()
    kinds = {q.layer.name: q.output for q in workload.layers}
    for name, kind in kinds.items():
        if not kind.is_raw:
            assert kind.lowest <= found[name].min() and found[name].max() <= kind.highest
    if bits > 1:
        assert found["signed"].min() >= 0 and kinds["signed"].signed


@pytest.mark.parametrize(("bits", "signed"), [(2, False), (2, True), (3, False), (4, True)])
def test_the_step_of_a_narrow_grid_loses_the_least(bits, signed):
    values = torch.randn(4000, generator=torch.Generator().manual_seed(bits))
    values = values if signed else values.abs()
    grid = Grid(ElementType(bits, signed), learned=False)
    grid.observing = True
    grid(values)
    grid.settle()

    def lost(step):
        near = torch.floor(values / step + 0.5).clamp(grid.element.lowest, grid.element.highest)
        return float((values - near * step).square().sum())

    own = lost(float(grid.step))
    assert own <= min(lost(float(grid.step) * factor) for factor in (0.5, 0.8, 1.25, 2)) * 1.01
    assert own < lost(grid.reach / grid.element.highest)


def test_a_recipe_says_the_bits():
    recipe = parse_recipe({"network": "digits-small", "activation_bits": 4}, "r.toml")
    assert recipe.network.activation_bits == 4 and recipe.network.name == "digits-small-a4"
    assert "activation_bits = 4" in recipe_text(recipe)
    binary = altered(replace(NET, binary_activations=True), None, 1, "r", 2)
    assert binary.activation_bits == 2 and not binary.binary_activations
    assert np.array_equal(recipe.seeds, (0,))
