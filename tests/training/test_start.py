"""The float weights that a training starts from: of its network, finite, or refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.training.loop.states import FLOAT_WEIGHTS, float_start, save_float
from lightsim.training.models.model import build_model
from lightsim.training.recipes.options import ModelOptions
from lightsim.training.recipes.recipe import FLOAT, parse_recipe

WEIGHT, VARIANCE = "nodes.0.weight", "nodes.0.normalise.running_var"


@pytest.fixture
def start(tmp_path: Path) -> Path:
    model = build_model(load_network("digits-small"), FLOAT, ModelOptions(), 0)
    save_float(model.state_dict(), tmp_path)
    return tmp_path / FLOAT_WEIGHTS


def read(start: Path):
    own = parse_recipe({"network": "digits-small", "start": str(start), "epochs": 1}, "test")
    return float_start(own, 0)


def change(start: Path, name: str, value) -> None:
    with np.load(start) as before:
        kept = dict(before)
    assert name in kept, sorted(kept)
    kept[name] = value(kept[name])
    np.savez(start, **{key: array for key, array in kept.items() if array is not None})


def test_what_was_saved_is_read(start: Path):
    found = read(start)
    assert found is not None and found[WEIGHT].shape == (8, 1, 3, 3)


def _with(value: float):
    def changed(array: np.ndarray) -> np.ndarray:
        array = array.copy()
        array.flat[-1] = value
        return array

    return changed


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (WEIGHT, _with(np.nan), "holds values that are not finite"),
        (WEIGHT, _with(-np.inf), "holds values that are not finite"),
        (WEIGHT, _with(-(2.0**63)), "holds -9.22337e+18 to"),
        (WEIGHT, lambda array: array[:4], "is float32 of shape [4, 1, 3, 3]; accepted: real"),
        (WEIGHT, lambda array: array.astype(int), "is int64 of shape"),
        (WEIGHT, lambda array: None, "is missing; accepted: real numbers of shape"),
        (VARIANCE, _with(-1.0), "holds -1 to 1; accepted: numbers from 0"),
    ],
)
def test_weights_that_nothing_can_start_from(name: str, value, words: str, start: Path):
    change(start, name, value)
    with pytest.raises(InputError) as caught:
        read(start)
    assert str(caught.value).startswith(f"{start}: {name}: ") and words in str(caught.value)


def test_a_file_that_is_cut_is_refused(start: Path):
    start.write_bytes(start.read_bytes()[:3000])
    with pytest.raises(InputError, match=r"float\.npz: is not an npz file, or damaged"):
        read(start)
