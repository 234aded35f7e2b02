"""Variants of recipes, the recipes that come with LightSim, and networks altered by them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from lightsim.datasets import DATASETS
from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.training.models.model import build_model
from lightsim.training.recipes.altered import altered
from lightsim.training.recipes.recipe import load_recipe, named_recipe, parse_recipe
from lightsim.training.recipes.shipped import recipe_names, shipped_recipe
from lightsim.training.recipes.text import recipe_text

RESULTS = Path(__file__).parents[3] / "results" / "training"
TABLE = {
    "network": "lenet",
    "epochs": 7,
    "optimiser": {"learning_rate": 0.01, "momentum": 0.5},
    "variants": {
        "lightnn1": {"epochs": 9, "optimiser": {"learning_rate": 0.1}},
        "binarynet": {"scheme": "binary", "activations": "signs"},
    },
}


def test_a_variant_stands_in_key_by_key():
    own = parse_recipe(TABLE, "r", variant="lightnn1")
    assert (own.name, own.scheme, own.epochs) == ("lenet-lightnn1", "lightnn1", 9)
    assert (own.optimiser.learning_rate, own.optimiser.momentum) == (0.1, 0.5)
    assert parse_recipe(TABLE, "r").epochs == 7  # the base alone
    by_scheme = parse_recipe(TABLE, "r", {"scheme": "lightnn1", "epochs": 2})
    assert (by_scheme.name, by_scheme.epochs) == ("lenet-lightnn1", 2)
    assert parse_recipe(TABLE, "r", {"scheme": "fixed4"}).epochs == 7


@pytest.mark.parametrize(
    ("change", "variant", "words"),
    [
        ({}, "binarnet", "did you mean 'binarynet'?"),
        ({"variants": {}}, "a", "'a' of a recipe without any"),
        ({"variants": 3}, "a", "variants is no table of tables"),
        ({"variants": {"a": 3}}, "a", "variants is no table of tables"),
        ({"variants": {"a": {"scheme": "fixed9"}}}, "a", "unknown scheme 'fixed9'"),
        ({"variants": {"a": {"scheme": "binary", "epohcs": 1}}}, "a", "epohcs"),
        ({"width": 0}, None, "width"),
        ({"activations": "bits"}, None, "activations"),
        ({"network": "mobilenet-v1", "width": 0.5}, None, "grouped convolutions"),
        ({"network": "resnet20-cifar10", "activations": "signs"}, None, "adds what they would be"),
        ({"network": "cifar10-3conv", "activations": "signs"}, None, None),
    ],
)
def test_what_a_recipe_cannot_be_is_refused(change: dict, variant: str | None, words: str | None):
    if words is None:  # told when a model is built: means of signs
        own = parse_recipe(TABLE | change, "r", variant=variant)
        with pytest.raises(InputError, match="takes the mean of 1-bit activations"):
            build_model(own.network, "lightnn1", own.options, 0)
        return
    with pytest.raises(InputError, match=r"."[:0] + words.replace("?", r"\?")):
        parse_recipe(TABLE | change, "r", variant=variant)


@pytest.mark.parametrize("name", recipe_names())
def test_every_variant_that_comes_with_lightsim_can_be_trained(name: str):
    table = shipped_recipe(name)
    for variant in table["variants"]:
        own = named_recipe(name, None, variant)
        assert own.name == f"{name}-{variant}" and own.data.source in DATASETS
        again = parse_recipe(__import__("tomllib").loads(recipe_text(own)), "again")
        assert again == own
        if own.network.parameters < 1_000_000:
            model = build_model(own.network, own.scheme, own.options, 0)
            signs = variant.endswith("-bin") or variant == "binarynet"
            hidden = {model.types[layer.name].bits for layer in own.network.layers[:-1]}
            assert hidden == ({1} if signs else {8}), variant
    assert {"float32", "lightnn1", "lightnn2", "flightnn", "fixed4"} < set(table["variants"])


@pytest.mark.parametrize("path", sorted((RESULTS / "cifar").glob("*.toml")), ids=lambda p: p.stem)
def test_every_variant_of_the_cifar_measurements_can_be_trained(path: Path):
    variants = tomllib.loads(path.read_text("utf-8"))["variants"]
    found = {name: load_recipe(path, None, name) for name in variants}
    assert len({recipe_text(own) for own in found.values()}) == len(variants)
    for name, own in found.items():
        assert own.data.source == "cifar10" and own.epochs > 0
        assert (own.hardware is not None) == name.startswith("priced")
        assert (own.options.distribution is not None) == name.endswith(("-code", "-paper"))


def test_recipes_without_variants_know_none():
    with pytest.raises(InputError, match="recipes with variants: cifar10-3conv, lenet"):
        named_recipe("digits-small", None, "float32")


def test_a_network_of_another_width():
    network = load_network("vgg7-cifar10")
    half = altered(network, None, 0.5, "r")
    assert half.name == "vgg7-cifar10-width50" and "0.5 times as wide" in half.title
    filters = [layer.output_shape.channels for layer in half.layers if layer.has_weights]
    assert filters == [64, 64, 128, 128, 256, 256, 512, 10]
    assert altered(network, None, 1, "r") is network
    assert altered(network, "bytes", 1, "r").binary_activations is False
