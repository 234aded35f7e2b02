"""Recipes: what is written is read back, defaults are open to see, mistakes are named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.training.data import load_data
from lightsim.training.loop.seeds import train_seed
from lightsim.training.recipes.recipe import load_recipe, new_recipe, parse_recipe
from lightsim.training.recipes.text import recipe_text

FULL = """
name = "all"
network = "digits-small"
scheme = "flightnn"
epochs = 7
float_epochs = 3
batch = 32
seeds = [4, 2]
device = "cpu"
threads = 2

[data]
source = "mnist"
path = "folder"
pad = 2
training_images = 100
validation = 0.1

[augmentation]
shift = 2
share = 0.5
flip = true

[optimiser]
name = "sgd"
learning_rate = 0.1
weight_decay = 1e-4
momentum = 0.8

[schedule]
name = "steps"
steps = [0.3, 0.6]
factor = 0.2
warm_up = 0.05

[model]
rounding = "stochastic"
scale_per_filter = true

[flightnn]
strengths = [1e-4, 0.02]
warm_up = 0.2

[distribution]
form = "paper"
terms = ["degeneration"]
layers = ["conv1"]

[hardware]
board = "zc706"
"""


@pytest.mark.parametrize("text", [FULL, 'network = "digits-small"\n'])
def test_a_recipe_survives_writing_and_reading(text: str, tmp_path: Path):
    file = tmp_path / "own.toml"
    file.write_text(text, "utf-8")
    own = load_recipe(file)
    again = parse_recipe(tomllib.loads(recipe_text(own)), "again")
    assert again == own and recipe_text(again) == recipe_text(own)


def test_values_reach_the_model(tmp_path: Path):
    own = parse_recipe(tomllib.loads(FULL), "all")
    assert own.options.rounding == "stochastic" and own.options.scale_per_filter
    assert own.options.flightnn.strengths == (1e-4, 0.02) and own.options.flightnn.warm_up == 0.2
    assert own.options.distribution is not None and own.options.distribution.form == "paper"
    assert own.seeds == (4, 2) and own.data.pad == 2 and own.schedule.steps == [0.3, 0.6]
    assert parse_recipe(tomllib.loads(FULL), "all", {"epochs": 9}).epochs == 9


def test_the_recipe_for_a_network_begins_in_float():
    assert new_recipe("digits-small").float_epochs > 0
    assert new_recipe("digits-small").network == load_network("digits-small")
    assert new_recipe("digits-small", {"scheme": "float32"}).float_epochs == 0
    assert new_recipe("digits-small", {"start": "somewhere"}).float_epochs == 0
    assert new_recipe("digits-small", {"scheme": "binary"}).float_epochs == 0


# What is put in the place of what, and what the answer names.
WRONG = {
    "key": ("epochs = 7", "epoches = 7", "unknown key 'epoches'; did you mean 'epochs'"),
    "no network": ('network = "digits-small"\n', "", "key 'network' is missing"),
    "network": ('"digits-small"', '"digits-smal"', "did you mean 'digits-small'"),
    "scheme": ('"flightnn"', '"flitenn"', "did you mean 'flightnn'"),
    "negative": ("epochs = 7", "epochs = -7", "epochs is -7; accepted: a whole number from 0"),
    "batch": ("batch = 32", "batch = 0", "batch is 0; accepted: a whole number from 1"),
    "seeds": ("[4, 2]", "[4, -2]", "accepted: a list of whole numbers"),
    "no seeds": ("[4, 2]", "[]", "accepted: a list of whole numbers"),
    "seed twice": ("[4, 2]", "[4, 4]", "names a seed twice"),
    "device": ('"cpu"', '"gpu"', "accepted: auto, cpu or cuda"),
    "source": ("pad = 2", "pad = 2.5", "[data]: pad is 2.5"),
    "validation": ("validation = 0.1", "validation = 1.0", "a share from 0, below 1"),
    "shift": ("shift = 2", "shift = true", "[augmentation]: shift is true"),
    "optimiser": ('"sgd"', '"sgdm"', "[optimiser]: name is 'sgdm'; accepted: sgd, adam or rmsprop"),
    "rate": ("learning_rate = 0.1", "learning_rate = 0", "a number above 0"),
    "schedule": ('"steps"', '"step"', "accepted: cosine, steps or constant"),
    "steps": ("[0.3, 0.6]", "[0.3, 1.6]", "shares of the training"),
    "rounding": ('"stochastic"', '"random"', "[model]: rounding is 'random'; accepted: nearest or"),
    "model key": ("scale_per_filter", "scale_filter", "did you mean 'scale_per_filter'"),
    "hidden key": ("scale_per_filter = true", "flightnn = 3", "unknown key 'flightnn'"),
    "strengths": ("[1e-4, 0.02]", "[1e-4]", "strengths is [0.0001]; accepted: a list of 2"),
    "negative strength": ("[1e-4, 0.02]", "[1e-4, -1]", "strengths: -1"),
    "text strength": ("[1e-4, 0.02]", '["a", 1]', "a list of 2, each a number"),
    "warm up": ("warm_up = 0.2", "warm_up = 0.9", "together"),
    "layer": ('["conv1"]', '["conv9"]', "unknown layer 'conv9'"),
    "form": ('"paper"', '"papers"', "[distribution]: form is 'papers'; accepted: code or paper"),
    "hardware": ('board = "zc706"', "board = 3", "[hardware]: board is 3"),
    "hardware scheme": ('"flightnn"', '"lightnn1"', "[hardware]: is given under scheme 'lightnn1'"),
    "start": ("batch = 32", 'start = "x"', "float_epochs: is 3 beside start"),
    "nothing": ("epochs = 7\nfloat_epochs = 3", "epochs = 0", "is 0, and nothing to start from"),
    "float": ('scheme = "flightnn"', 'scheme = "float32"', "accepted"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named(case: str, tmp_path: Path):
    old, new, answer = WRONG[case]
    assert old in FULL
    file = tmp_path / "own.toml"
    file.write_text(FULL.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as refusal:
        load_recipe(file)
    assert answer in str(refusal.value), str(refusal.value)
    assert "own.toml" in str(refusal.value) or case == "network"


@pytest.mark.parametrize("name", ["train-flightnn.toml", "train-binary.toml"])
def test_the_examples_are_recipes(name: str):
    """They are trained for two epochs here, not for as many as they say."""
    own = load_recipe(Path(__file__).parents[3] / "examples" / name)
    short = parse_recipe(
        tomllib.loads(recipe_text(own)), name, {"epochs": 2, "float_epochs": 0, "seeds": [0]}
    )
    assert len(train_seed(short, load_data(short.data, short.network), 0, None).history) == 2
