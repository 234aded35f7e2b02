"""A training that was stopped and goes on is, bit for bit, one that was never stopped."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

import torch

from lightsim.errors import InputError
from lightsim.training.data import load_data
from lightsim.training.loop.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from lightsim.training.loop.seeds import CHECKPOINT, train_seed
from lightsim.training.recipes.recipe import Recipe, parse_recipe


def recipe(scheme: str = "flightnn", **more) -> Recipe:
    table = {
        "network": "digits-small", "scheme": scheme, "float_epochs": 2, "epochs": 3, "batch": 50,
        "data": {"training_images": 200, "held_out_images": 60}, "augmentation": {"shift": 1},
    }  # fmt: skip
    return parse_recipe(table | more, "test")


def trained(own: Recipe, folder: Path | None, stop_after: int | None = None):
    """The seed, stopped by an interrupt after some epochs if `stop_after` says so."""
    seen = 0

    def tell(stage: str, epoch) -> None:
        nonlocal seen
        seen += 1
        if seen == stop_after:
            raise KeyboardInterrupt

    return train_seed(own, load_data(own.data, own.network), 7, folder, tell=tell)


def assert_same(one, other) -> None:
    assert one.history == other.history
    first, second = one.model.state_dict(), other.model.state_dict()
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


WILD = {"name": "sgd", "learning_rate": 1000.0, "weight_decay": 1e6}

CASES = {
    "flightnn": recipe(),
    "binary": recipe("binary", float_epochs=0, optimiser={"name": "sgd", "learning_rate": 0.01}),
    "stochastic": recipe("lightnn1", model={"rounding": "stochastic"}),
    "learned steps": recipe("fixed4", model={"steps": "learned", "scale": "learned"}),
    "rmsprop": recipe("lightnn2", optimiser={"name": "rmsprop", "learning_rate": 0.001}),
}


@pytest.mark.parametrize("case", CASES)
def test_stopped_anywhere_it_ends_the_same(case: str, tmp_path: Path):
    own = CASES[case]
    whole = trained(own, None)
    epochs = own.epochs + own.float_epochs
    assert len(whole.history) == epochs
    for stop in range(1, epochs + 1):
        folder = tmp_path / str(stop)
        with pytest.raises(KeyboardInterrupt):
            trained(own, folder, stop)
        assert_same(trained(own, folder), whole)
        # And once more, when nothing is left to do.
        assert_same(trained(own, folder), whole)


def test_keeping_checkpoints_changes_nothing(tmp_path: Path):
    assert_same(trained(CASES["flightnn"], tmp_path), trained(CASES["flightnn"], None))


def test_another_training_is_not_gone_on_with(tmp_path: Path):
    trained(recipe(), tmp_path)
    for other in (recipe(epochs=4), recipe("lightnn1"), recipe(data={"training_images": 199})):
        with pytest.raises(InputError, match="is of other images or another recipe"):
            trained(other, tmp_path)
    # What changes no number does not count.
    assert_same(trained(recipe(device="cpu", name="other"), tmp_path), trained(recipe(), None))


@pytest.mark.parametrize("content", [b"", b"text", None])
def test_a_damaged_checkpoint_is_told(content: bytes | None, tmp_path: Path):
    trained(recipe(float_epochs=0, epochs=1), tmp_path)
    file = tmp_path / CHECKPOINT
    file.write_bytes(file.read_bytes()[:1000] if content is None else content)
    with pytest.raises(InputError, match=r"not a checkpoint of this training, or damaged .*; del"):
        load_checkpoint(file, "any")


def _changed(kept: Checkpoint, case: str) -> Checkpoint:
    """A checkpoint whose sum is right and whose content is not this training's."""
    model, optimiser = dict(kept.model), copy.deepcopy(kept.optimiser)
    name = "nodes.0.weight"
    lost, infinite = copy.deepcopy(optimiser), copy.deepcopy(optimiser)
    lost["state"][0].pop("exp_avg")
    infinite["state"][0]["exp_avg"].fill_(float("inf"))
    return {
        "missing key": replace(kept, model={k: v for k, v in model.items() if k != name}),
        "extra key": replace(kept, model=model | {"other": torch.zeros(1)}),
        "shape": replace(kept, model=model | {name: torch.zeros(1)}),
        "type": replace(kept, model=model | {name: model[name].double()}),
        "no tensor": replace(kept, model=model | {name: "text"}),
        "nan": replace(kept, model=model | {name: model[name] * float("nan")}),
        "no model": replace(kept, model=None),
        "no optimiser": replace(kept, optimiser={}),
        "no state": replace(kept, optimiser={**optimiser, "state": {}}),
        "part of the state": replace(kept, optimiser=lost),
        "infinite state": replace(kept, optimiser=infinite),
        "groups": replace(
            kept, optimiser={**optimiser, "param_groups": optimiser["param_groups"][:-1]}
        ),
        "stage": replace(kept, stage=7),
        "stage below 0": replace(kept, stage=-1),
        "stage of text": replace(kept, stage="0"),
        "epoch": replace(kept, epoch=99),
        "epoch 0": replace(kept, epoch=0),
        "epoch nan": replace(kept, epoch=float("nan")),
        "history": replace(kept, history=[]),
    }[case]


CHANGES = [
    "missing key", "extra key", "shape", "type", "no tensor", "nan", "no model", "no optimiser",
    "no state", "part of the state", "infinite state", "groups", "stage", "stage below 0",
    "stage of text", "epoch", "epoch 0", "epoch nan", "history",
]  # fmt: skip


def _torch_part(file: Path) -> bytes:
    """What torch wrote: behind the first line and the sum."""
    return file.read_bytes().split(b"\n", 2)[2]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.raises(KeyboardInterrupt):
        trained(recipe(), folder, 1)
    return folder / CHECKPOINT


@pytest.mark.parametrize("case", CHANGES)
def test_a_checkpoint_of_other_content_is_refused(case: str, stopped: Path, tmp_path: Path):
    about = torch.load(io.BytesIO(_torch_part(stopped)), weights_only=True)["about"]
    kept = load_checkpoint(stopped, about)
    assert kept is not None
    save_checkpoint(_changed(kept, case), tmp_path / CHECKPOINT)
    with pytest.raises(InputError, match=r"checkpoint\.pt: is not a checkpoint of this training"):
        trained(recipe(), tmp_path)


def test_a_checkpoint_without_a_sum_is_told(stopped: Path, tmp_path: Path):
    (tmp_path / CHECKPOINT).write_bytes(_torch_part(stopped))
    with pytest.raises(
        InputError, match=r"it has no checksum, as those of earlier versions\); del"
    ):
        trained(recipe(), tmp_path)


def test_seeds_differ_and_global_randomness_is_untouched():
    own = recipe(float_epochs=0, epochs=1)
    data = load_data(own.data, own.network)
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    numbers = np.random.get_state()[1].copy()
    one, other = (train_seed(own, data, seed, None) for seed in (0, 1))
    assert one.history != other.history
    assert torch.equal(before, torch.random.get_rng_state())
    assert (numbers == np.random.get_state()[1]).all()
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_loss_that_is_no_number_ends_the_training():
    own = recipe("float32", float_epochs=0, optimiser=WILD)
    with pytest.raises(
        InputError, match="not a number any more; accepted: a smaller learning_rate"
    ):
        trained(own, None)
