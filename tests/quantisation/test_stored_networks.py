"""Trained network files: what is written is read back bit for bit, what is wrong is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lightsim.errors import InputError, OutputError
from lightsim.network import load_network
from lightsim.network.activations import CLAMPS, TABLES
from lightsim.numerics.formats.scheme import SCHEMES, scheme
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
from tests.quantisation.networks import convolution
from tests.quantisation.networks import network as small_network

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


def test_what_a_file_cannot_hold_is_not_written(tmp_path: Path):
    own = load_trained(load_network("digits-small"), scheme("fixed8"))
    layer = replace(own.layers[0], rounding="floor")
    for wrong in (layer, replace(own.layers[0], highest=100)):
        with pytest.raises(InputError, match="layer 'conv1'"):
            save_trained([replace(own, layers=(wrong,))], tmp_path / "new", provenance="x")
    assert not (tmp_path / "new").exists()
    with pytest.raises(OutputError, match="cannot be written"):
        (tmp_path / "file").write_text("")
        save_trained([own], tmp_path / "file", provenance="x")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    network = load_network("digits-small")
    own = load_trained(network, scheme("flightnn"))
    return save_trained([own], tmp_path, provenance="x", held_out=own.held_out)


def change(path: Path, **arrays) -> None:
    """Replace arrays of an npz file; None takes one out."""
    with np.load(path) as before:
        kept = {**before, **{name.replace("__", "."): array for name, array in arrays.items()}}
    np.savez(path, **{name: array for name, array in kept.items() if array is not None})


WEIGHTS = np.zeros((8, 1, 3, 3), np.int16)
# What is done to the file of integers, and what the answer names.
BAD_INTEGERS = {
    "too few arrays": ({"conv1__k": None}, "array 'conv1.k' is missing"),
    "too many": ({"conv9__k": np.zeros(8, np.int8)}, "unknown array 'conv9.k'"),
    "k out of range": ({"conv1__k": np.full(8, 3, np.int8)}, "holds 3 to 3; accepted: 0 to 2"),
    "k too small": ({"conv1__k": np.zeros(8, np.int8)}, "terms but k is 0"),
    "real weights": ({"conv1__weights": WEIGHTS.astype(np.float32)}, "is float32 of shape"),
    "shape": ({"conv1__weights": WEIGHTS[:, :, :2]}, "accepted: integers of shape [8, 1, 3, 3]"),
    "no word": ({"conv1__weights": WEIGHTS + 11}, "11 is not a value of scheme 'flightnn'"),
    "wide weight": ({"conv1__weights": WEIGHTS + 1000}, "holds 1000 to 1000"),
    "bias too wide": ({"conv1__bias": np.full(8, 1 << 40)}, "conv1.bias"),
    "multiplier 0": ({"conv1__multiplier": np.zeros(8, np.int32)}, "accepted: 1 to 32767"),
    "shift": ({"conv1__shift": np.array(32)}, "conv1.shift: holds 32 to 32; accepted: 0 to 31"),
    "shift by filter": ({"conv1__shift": np.zeros(8, int)}, "accepted: one integer"),
    "objects": ({"conv1__k": np.array([{}] * 8)}, "is not an npz file, or damaged"),
}


@pytest.mark.parametrize("case", BAD_INTEGERS)
def test_a_file_of_integers_is_checked(case: str, stored: Path):
    arrays, answer = BAD_INTEGERS[case]
    change(stored.parent / "flightnn.npz", **arrays)
    with pytest.raises(InputError) as refusal:
        quantise(load_network(stored), SCHEMES["flightnn"], 0)
    assert answer in str(refusal.value) and "flightnn.npz" in str(refusal.value)


BAD_IMAGES = {
    "shape": ({"images": np.zeros((360, 1, 8, 7), np.uint8)}, "shape [360, 1, 8, 8]"),
    "range": ({"images": np.full((360, 1, 8, 8), -1)}, "holds -1 to -1; accepted: 0 to 255"),
    "labels": ({"labels": np.full(360, 10)}, "labels: holds 10 to 10; accepted: 0 to 9"),
    "count": ({"labels": np.zeros(359, int)}, "labels: is int64 of shape [359]"),
    "split": ({"split": np.full(360, 2)}, "split: holds 2 to 2; accepted: 0 to 1"),
    "none held out": ({"split": np.zeros(360, int)}, "holds no image out"),
    "no labels": ({"labels": None}, "array 'labels' is missing"),
    "no images": ({"images": np.array(3)}, "accepted: integers of shape"),
}


@pytest.mark.parametrize("case", BAD_IMAGES)
def test_a_file_of_images_is_checked(case: str, stored: Path):
    arrays, answer = BAD_IMAGES[case]
    change(stored.parent / "images.npz", **arrays)
    with pytest.raises(InputError) as refusal:
        quantise(load_network(stored), SCHEMES["flightnn"], 0)
    assert answer in str(refusal.value) and "images.npz" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (None, "does not exist"),
        (b"", "is not an npz file, or damaged"),
        (b"text", "is not an npz file, or damaged"),
        (b"PK\x03\x04 and then nothing", "is not an npz file, or damaged"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes | None, answer: str, stored: Path):
    file = stored.parent / "flightnn.npz"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(InputError, match=answer):
        quantise(load_network(stored), SCHEMES["flightnn"], 0)


def test_a_single_array_and_a_cut_file_are_refused(stored: Path):
    file = stored.parent / "flightnn.npz"
    whole = file.read_bytes()
    with file.open("wb") as opened:
        np.save(opened, np.zeros(3))
    with pytest.raises(InputError, match="is a single array"):
        quantise(load_network(stored), SCHEMES["flightnn"], 0)
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="is not an npz file, or damaged"):
        quantise(load_network(stored), SCHEMES["flightnn"], 0)


# What is done to the text of the network file, and what the answer names.
BAD_TABLES = {
    "unknown scheme": ('flightnn = "fl', 'flihgtnn = "fl', "did you mean 'flightnn'?"),
    "unknown key": ("provenance", "provenence", "unknown key 'provenence'"),
    "no weights": ('flightnn = "flightnn.npz"', "", "weights"),
    "a number": ('flightnn = "flightnn.npz"', "flightnn = 3", "weights"),
    "fingerprint": ('fingerprint = "', 'fingerprint = "x', "16 hexadecimal digits"),
    "another layer": ("padding = 1\ngroups = 1", "padding = 2\ngroups = 1", "is not what"),
    "changed pool": ('operator = "max_pool"', 'operator = "average_pool"', "is not what"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_table_is_checked(case: str, stored: Path):
    old, new, answer = BAD_TABLES[case]
    text = stored.read_text("utf-8")
    assert old in text
    stored.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InputError) as refusal:
        load_trained(load_network(stored), SCHEMES["flightnn"])
    assert answer in str(refusal.value)


@pytest.mark.parametrize("activation", [*TABLES, *CLAMPS])
def test_clamps_and_tables_come_back_as_they_were_stored(activation, tmp_path):
    own = small_network(
        [
            convolution(4, activation=activation),
            {"name": "again", "operator": "requantise", "activation": activation},
            convolution(3, activation="relu"),
        ]
    )
    made = synthetic_workload(own, SCHEMES["flightnn"], 3)
    path = save_trained([made], tmp_path, provenance="made for a test")
    back = load_trained(load_network(path), SCHEMES["flightnn"])
    images = synthetic_images(own, 2, 1)
    assert np.array_equal(infer(back, images), infer(made, images))
    for one, other in zip(made.layers, back.layers, strict=True):
        assert (one.lowest, one.highest) == (other.lowest, other.highest)


def test_a_table_outside_its_type_is_refused(tmp_path):
    own = small_network([convolution(4, name="a", activation="sigmoid")])
    made = synthetic_workload(own, SCHEMES["flightnn"], 3)
    path = save_trained([made], tmp_path, provenance="made for a test")
    file = tmp_path / "flightnn.npz"
    with np.load(file) as stored:
        arrays = dict(stored)
    arrays["a.table"][7] = -1
    np.savez(file, **arrays)
    with pytest.raises(InputError, match=r"a\.table holds -1 to"):
        load_trained(load_network(path), SCHEMES["flightnn"])
