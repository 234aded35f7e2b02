"""Damaged files of every kind: read as they are, or refused by name; never anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import load_trained, quantise, save_trained
from lightsim.training.data import load_data
from lightsim.training.loop.checkpoint import load_checkpoint
from lightsim.training.loop.seeds import CHECKPOINT, train_seed
from lightsim.training.loop.states import FLOAT_WEIGHTS, float_start
from lightsim.training.recipes.entries import DataEntry
from lightsim.training.recipes.recipe import Recipe, parse_recipe
from tests.files.mutants import mutants
from tests.training.image_files import write_cifar10, write_mnist, write_svhn

Case = tuple[Path, Callable[[], object]]


def _recipe(**more) -> Recipe:
    data = {"training_images": 60, "held_out_images": 20}
    return parse_recipe({"network": "digits-small", "data": data} | more, "test")


def _trained(folder: Path) -> None:
    own = _recipe(float_epochs=1, epochs=1, batch=30)
    train_seed(own, load_data(own.data, own.network), 0, folder)


def _network(folder: Path) -> Path:
    own = load_trained(load_network("digits-small"), SCHEMES["flightnn"])
    return save_trained([own], folder, provenance="x", held_out=own.held_out)


def _weights(folder: Path) -> Case:
    network = _network(folder)
    return folder / "flightnn.npz", lambda: quantise(load_network(network), SCHEMES["flightnn"], 0)


def _images(folder: Path) -> Case:
    network = _network(folder)
    return folder / "images.npz", lambda: quantise(load_network(network), SCHEMES["flightnn"], 0)


def _start(folder: Path) -> Case:
    _trained(folder)
    own = _recipe(start=str(folder / FLOAT_WEIGHTS), epochs=1)
    return folder / FLOAT_WEIGHTS, lambda: float_start(own, 0)


def _data(source: str, name: str, write: Callable[[Path], None], network: str):
    def case(folder: Path) -> Case:
        write(folder)
        entry = DataEntry(source=source, path=str(folder))
        return folder / name, lambda: load_data(entry, load_network(network))

    return case


def _packed(folder: Path) -> None:
    write_mnist(folder, 10, 10, packed=True)


KINDS: dict[str, Callable[[Path], Case]] = {
    "weights": _weights,
    "images": _images,
    "start": _start,
    "idx": _data("mnist", "train-images-idx3-ubyte.gz", _packed, "lenet"),
    "labels": _data(
        "mnist", "t10k-labels-idx1-ubyte", lambda folder: write_mnist(folder, 10, 10), "lenet"
    ),
    "cifar": _data(
        "cifar10", "data_batch_2.bin", lambda folder: write_cifar10(folder, 2), "vgg7-cifar10"
    ),
    "svhn": _data("svhn", "train_32x32.mat", lambda folder: write_svhn(folder, 2), "vgg7-cifar10"),
}


def _attack(kind: str, folder: Path, count: int, seed: int) -> int:
    """How many of the damaged files were refused; whatever else they raise passes through."""
    file, read = KINDS[kind](folder)
    whole = file.read_bytes()
    read()
    refused = 0
    for content in mutants(whole, count, seed):
        file.write_bytes(content)
        try:
            read()
        except InputError as error:
            refused += 1
            assert file.name in str(error) or "[data]" in str(error), error
    return refused


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused(kind: str, tmp_path: Path):
    assert _attack(kind, tmp_path, 60, 1) > 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_damaged_files_are_read_or_refused(kind: str, tmp_path: Path):
    assert _attack(kind, tmp_path, 3000, 2) > 500


@pytest.mark.parametrize("count", [150, pytest.param(3000, marks=pytest.mark.slow)])
def test_no_damaged_checkpoint_is_taken(count: int, tmp_path: Path):
    _trained(tmp_path)
    file = tmp_path / CHECKPOINT
    whole = file.read_bytes()
    for content in mutants(whole, count, 3):
        if content == whole:
            continue
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"checkpoint\.pt: is not a checkpoint of this train"):
            load_checkpoint(file, "any")
