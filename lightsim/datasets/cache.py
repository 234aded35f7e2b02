"""Data sets in the user's cache: one complete npz file for each, checked by its digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lightsim.datasets.catalogue import DataSet
from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.errors import InputError
from lightsim.files.cache import cache_folder
from lightsim.files.npy_header import ArrayHead
from lightsim.files.npz import read_npz
from lightsim.files.writing import write_file

__all__ = ["ARRAYS", "digest_of", "keep_dataset", "load_dataset", "place_of"]

ARRAYS = ("training_images", "training_labels", "held_out_images", "held_out_labels")
"""The arrays of a file: images uint8[n, channels, height, width], labels uint8[n]."""


def place_of(dataset: DataSet) -> Path:
    """The path of a data set in the cache."""
    return cache_folder() / "data" / f"{dataset.name}.npz"


def digest_of(examples: Examples) -> str:
    """The SHA-256 of the four arrays: name, shape and bytes of each array."""
    digest = hashlib.sha256()
    for name, array in _arrays(examples).items():
        digest.update(f"{name} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def keep_dataset(dataset: DataSet, examples: Examples) -> Path:
    """Write a data set into the cache, complete or not at all; returns its path.

    Raises `OutputError` if the file cannot be written, for example on a full disk.
    """
    path = place_of(dataset)

    def write(file: BinaryIO) -> None:
        np.savez(file, allow_pickle=False, **_arrays(examples))

    write_file(path, write)
    return path


def load_dataset(dataset: DataSet) -> Examples:
    """A data set from the cache.

    Raises `InputError` if the data set is not there, with the command that fetches it, and for a
    file with other content.
    """
    path = place_of(dataset)
    if not os.path.lexists(path):
        accepted = f"get it: lightsim data {dataset.name}"
        raise InputError(f"data '{dataset.name}'", f"is not in the cache ('{path}')", accepted)
    again = f"write it again: lightsim data {dataset.name} --overwrite"

    def check(heads: Mapping[str, ArrayHead]) -> None:
        for name in ARRAYS:
            head, axes = heads.get(name), 4 if name.endswith("images") else 1
            if head is None or head.dtype != np.uint8 or len(head.shape) != axes:
                found = "is missing" if head is None else f"is {head}"
                raise InputError(str(path), f"array '{name}' {found}", again)

    found = read_npz(path, check, again, ARRAYS)
    parts = [
        Labelled(found[f"{part}_images"].astype(np.int16), found[f"{part}_labels"].astype(np.int64))
        for part in ("training", "held_out")
    ]
    examples = Examples(parts[0], parts[1], len(dataset.classes), dataset.title)
    if digest_of(examples) != dataset.sha256:
        raise InputError(
            str(path), f"is damaged: its images are not those of {dataset.title}", again
        )
    return examples


def _arrays(examples: Examples) -> dict[str, NDArray[np.uint8]]:
    training, held_out = examples.training, examples.held_out
    own: tuple[NDArray[Any], ...] = (
        training.images, training.labels, held_out.images, held_out.labels,
    )  # fmt: skip
    return {name: array.astype(np.uint8) for name, array in zip(ARRAYS, own, strict=True)}
