"""Damaged files of integers and images: each is refused with what would do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES, scheme
from lightsim.quantisation import (
    load_trained,
    quantise,
    save_trained,
)


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
