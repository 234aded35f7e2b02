"""A training that was stopped and goes on is, bit for bit, one that was never stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

import torch

from lightsim.errors import InputError
from lightsim.training.checkpoint import load_checkpoint
from lightsim.training.data import load_data
from lightsim.training.recipe import Recipe, parse_recipe
from lightsim.training.seeds import CHECKPOINT, train_seed


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
