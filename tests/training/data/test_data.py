"""Every source of images: what is read is what was written, and what is wrong is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from lightsim.datasets.formats.matlab import matlab_arrays
from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.training.data import SOURCES, load_data
from tests.training.data.asked import LENET, VGG, entry, refusal
from tests.training.image_files import (
    write_cifar10,
    write_cifar100,
    write_mnist,
    write_svhn,
)


def test_the_digits_are_those_that_come_with_the_network():
    found = load_data(entry("digits"), load_network("digits-small"))
    assert (len(found.training.labels), len(found.held_out.labels)) == (1437, 360)
    assert found.data == "UCI Optical Recognition of Handwritten Digits"
    assert found.held_out.origin == f"{found.data}, 360 images held out"
    assert set(SOURCES) == {
        "digits",
        "npz",
        "mnist",
        "cifar10",
        "cifar100",
        "svhn",
        "fashion-mnist",
    }


@pytest.mark.parametrize("packed", [False, True])
def test_mnist(packed: bool, tmp_path: Path):
    write_mnist(tmp_path, 40, 20, packed)
    found = load_data(entry("mnist", tmp_path), LENET)
    assert found.training.images.shape == (40, 1, 28, 28)
    assert found.training.images.dtype == np.int16
    assert (found.training.labels == np.arange(40) % 10).all()
    assert found.held_out.images[3, 0, 3:9, 19:24].min() == 250


def test_cifar_and_svhn_have_their_channels_in_order(tmp_path: Path):
    write_cifar10(tmp_path, 4)
    found = load_data(entry("cifar10", tmp_path), VGG)
    raw = np.frombuffer((tmp_path / "data_batch_2.bin").read_bytes(), np.uint8).reshape(4, 3073)
    assert found.training.images.shape == (20, 3, 32, 32) and len(found.held_out.labels) == 4
    # Record 1 of the second file, green, row 2, column 5.
    assert found.training.images[5, 1, 2, 5] == raw[1, 1 + 1024 + 2 * 32 + 5]
    write_cifar100(tmp_path, 6)
    found = load_data(entry("cifar100", tmp_path), load_network("resnet18-cifar100"))
    assert found.training.labels.tolist() == [0, 1, 2, 3, 4, 5]
    write_svhn(tmp_path, 12)
    found = load_data(entry("svhn", tmp_path), VGG)
    assert found.training.labels.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]
    from scipy.io import loadmat

    stored = loadmat(tmp_path / "train_32x32.mat")["X"]
    assert found.training.images[7, 2, 3, 4] == stored[3, 4, 2, 7]


def test_bytes_become_the_integers_of_the_network(tmp_path: Path):
    write_mnist(tmp_path, 10, 10)
    plain = load_data(entry("mnist", tmp_path), LENET).training.images
    signed = load_data(entry("mnist", tmp_path), replace(LENET, input_signed=True))
    assert (signed.training.images == plain - 128).all()
    one = replace(LENET, input_bits=1, input_signed=True)
    assert (
        load_data(entry("mnist", tmp_path), one).training.images == np.where(plain < 128, -1, 1)
    ).all()
    wide = replace(LENET, input_shape=replace(LENET.input_shape, height=32, width=32))
    padded = load_data(entry("mnist", tmp_path, pad=2), wide).training.images
    assert (padded[:, :, 2:-2, 2:-2] == plain).all() and not padded[:, :, :2].any()
    assert "pad = N" in refusal("mnist", tmp_path, wide)


def test_parts_and_a_validation_set(tmp_path: Path):
    network = load_network("digits-small")
    some = load_data(entry("digits", training_images=100, held_out_images=50), network)
    assert (len(some.training.labels), len(some.held_out.labels)) == (100, 50)
    apart = load_data(entry("digits", validation=0.25), network)
    assert (len(apart.training.labels), len(apart.judging.labels)) == (1078, 359)
    again = load_data(entry("digits", validation=0.25), network)
    assert (apart.judging.images == again.judging.images).all()
    assert "of the training images set apart" in apart.judging.origin
    assert len(apart.held_out.labels) == 360
    # Together they are the training images, each once.
    both = np.concatenate([apart.training.images, apart.judging.images]).reshape(1437, -1)
    whole = load_data(entry("digits"), network).training.images.reshape(1437, -1)
    assert sorted(map(bytes, both)) == sorted(map(bytes, whole))
    with pytest.raises(InputError, match="a share that leaves some"):
        load_data(entry("digits", validation=0.99, training_images=3), network)


def test_npz_with_and_without_its_own_split(tmp_path: Path):
    network, file = load_network("digits-small"), tmp_path / "own.npz"
    rng = np.random.default_rng(3)
    images, labels = rng.integers(0, 256, (200, 1, 8, 8), np.uint8), np.arange(200) % 10
    np.savez(file, images=images, labels=labels)
    found = load_data(entry("npz", file, held_out=0.25), network)
    assert (len(found.training.labels), len(found.held_out.labels)) == (150, 50)
    assert (np.bincount(found.held_out.labels) == 5).all()
    np.savez(file, images=images, labels=labels, split=np.arange(200) < 30)
    assert "is bool" in refusal("npz", file, network)
    np.savez(file, images=images, labels=labels, split=(np.arange(200) < 30).astype(int))
    assert len(load_data(entry("npz", file), network).held_out.labels) == 30
    np.savez(file, images=images, labels=labels, split=np.ones(200, int))
    assert "no images to train on" in refusal("npz", file, network)


def test_a_source_needs_its_path_and_fits_the_network(tmp_path: Path):
    write_cifar100(tmp_path, 3)
    assert "no folder" in refusal("mnist", tmp_path / "none", LENET)
    assert "has no file train-images-idx3-ubyte" in refusal("mnist", tmp_path, LENET)
    assert "images are 3x32x32" in refusal("cifar100", tmp_path, LENET)
    assert "has 10 outputs; accepted: at least the 100" in refusal("cifar100", tmp_path, VGG)
    for wrong, words in (
        (entry("mnits"), "did you mean 'mnist'"),
        (entry("svhn"), "has no path"),
        (entry("npz"), "has no path; accepted: an npz file"),
        (entry("digits", tmp_path), "no path (the digits come with LightSim)"),
    ):
        with pytest.raises(InputError, match=r".") as caught:
            load_data(wrong, LENET)
        assert words in str(caught.value)


@pytest.mark.parametrize("packed", [False, True])
def test_matlab_files_are_read_as_scipy_reads_them(packed: bool, tmp_path: Path):
    from scipy.io import loadmat, savemat

    draw = np.random.default_rng(0)
    arrays = {
        "X": draw.integers(0, 256, (32, 32, 3, 4), np.uint8),
        "y": np.ones((4, 1), np.uint8),
        "a_long_name": draw.normal(size=(3, 5)),
        "i": draw.integers(-9, 9, (1, 3), np.int16),
    }
    others = {"text": "words", "table": {"a": 1}}
    savemat(tmp_path / "a.mat", arrays | others, do_compression=packed)
    found = matlab_arrays((tmp_path / "a.mat").read_bytes(), 1 << 20)
    theirs = loadmat(tmp_path / "a.mat")
    assert found.keys() == arrays.keys()
    for name, array in found.items():
        assert array.dtype == theirs[name].dtype and (array == theirs[name]).all(), name
