"""Trained network files: what is written is read back bit for bit, what is wrong is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import (
    accuracy,
    held_out_images,
    infer,
    load_trained,
    quantise,
    save_trained,
    synthetic_images,
    synthetic_workload,
    trained_schemes,
    training_images,
)
from lightsim.quantisation.workload import LabelledImages

# Every operator that has numbers of its own: sums of branches, means, grouped layers.
NETWORKS = ("digits-small", "resnet20-cifar10", "mobilenet-v1")


def small_images(network, count: int) -> LabelledImages:
    images = synthetic_images(network, count, 3)
    return LabelledImages(images, np.arange(count) % 10, "seeded")


@pytest.mark.parametrize("name", ["lightnn1", "lightnn2", "flightnn", "fixed8", "fixed4", "binary"])
def test_digits_survive_writing_and_reading(name: str, tmp_path: Path):
    network = load_network("digits-small")
    own, seen = load_trained(network, scheme(name)), training_images(network)
    path = save_trained(
        [own], tmp_path, provenance="a test", held_out=own.held_out, training=seen, data="Digits"
    )
    again = load_network(path)
    assert again == network and trained_schemes(again) == (name,)
    read = quantise(again, scheme(name), 0)
    assert read.trained and read.weights_origin == "trained (a test)"
    assert read.held_out is not None and own.held_out is not None
    assert read.held_out.origin == "Digits, 360 images held out"
    assert (read.held_out.images == own.held_out.images).all()
    assert (training_images(again).labels == seen.labels).all()
    assert (infer(read, own.held_out.images) == infer(own, own.held_out.images)).all()
    assert accuracy(read, read.held_out) == accuracy(own, own.held_out)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_operator_survives(name: str, tmp_path: Path):
    network = load_network(name)
    own = synthetic_workload(network, scheme("flightnn"), 5)
    read = quantise(load_network(save_trained([own], tmp_path, provenance="x")), own.scheme, 0)
    assert read.held_out is None
    for before, after in zip(own.layers, read.layers, strict=True):
        assert before.layer == after.layer
        for field in ("inputs", "output", "lowest", "highest", "scheme", "shift", "rounding"):
            assert getattr(before, field) == getattr(after, field), (field, before.layer.name)
        assert before.residual_multiplier == after.residual_multiplier
        assert before.residual_shift == after.residual_shift
        for field in ("weights", "k", "bias", "multiplier"):
            old, new = getattr(before, field), getattr(after, field)
            assert (old is None and new is None) or (old == new).all()
            assert old is None or old.dtype == new.dtype


def test_several_schemes_in_one_file_and_equal_bytes(tmp_path: Path):
    network = load_network("digits-small")
    own = [load_trained(network, scheme(name)) for name in ("flightnn", "fixed8")]
    for folder in ("one", "two"):
        save_trained(own, tmp_path / folder, provenance="x", held_out=held_out_images(network))
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["fixed8.npz", "flightnn.npz", "images.npz", "network.toml"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert trained_schemes(load_network(tmp_path / "one/network.toml")) == ("flightnn", "fixed8")


def test_other_schemes_of_a_trained_network_are_synthetic(tmp_path: Path):
    own = load_trained(load_network("digits-small"), scheme("fixed4"))
    network = load_network(save_trained([own], tmp_path, provenance="x"))
    assert not quantise(network, scheme("binary"), 0).trained
    with pytest.raises(InputError, match="no trained weights for scheme 'binary'; trained: fixed4"):
        load_trained(network, scheme("binary"))
