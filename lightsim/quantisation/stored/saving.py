"""A trained network written as files: its description, its integers, its labelled images."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.files.toml_text import toml_text
from lightsim.files.writing import Content, write_file
from lightsim.network.layer import Network
from lightsim.network.trained_files import fingerprint
from lightsim.network.writing import dump_network
from lightsim.numerics.sums.requantise import ROUNDINGS
from lightsim.quantisation.elements import clamp_of
from lightsim.quantisation.stored.arrays import (
    HELD_OUT,
    SCALES,
    TRAINING,
    UNUSUAL,
    WORDS,
    layer_fields,
)
from lightsim.quantisation.stored.words import words_of
from lightsim.quantisation.workload import LabelledImages, Workload

__all__ = ["IMAGES", "NETWORK", "save_trained", "store_images", "store_integers", "store_network"]

_FREE_BYTES, _MOST_SHRUNK = 32 << 20, 50
NETWORK, IMAGES = "network.toml", "images.npz"


def save_trained(
    workloads: Sequence[Workload],
    directory: Path,
    *,
    provenance: str,
    held_out: LabelledImages | None = None,
    training: LabelledImages | None = None,
    data: str = "labelled images",
) -> Path:
    """Write `network.toml`, `SCHEME.npz` for every workload, and `images.npz`; the first's path.

    The workloads are of one network, each under a scheme of its own. What
    `load_trained(load_network(path), scheme)` gives back computes the same, bit for bit.
    `held_out` images, and `training` ones beside them, are stored where they are given; `data`
    says what they are. Every file is written whole before it takes its name, the network last.

    Raises `InputError` for workloads that cannot be stored, `OutputError` for a folder that
    cannot be written.
    """
    network = workloads[0].network
    if any(fingerprint(own.network) != fingerprint(network) for own in workloads):
        raise InputError("trained network", "has workloads of different layers", "accepted: one")
    files = {
        own.scheme.name: store_integers(own, directory / f"{own.scheme.name}.npz")
        for own in workloads
    }
    images = None if held_out is None else store_images(directory / IMAGES, held_out, training)
    return store_network(
        network, directory / NETWORK, files, provenance=provenance, held_out=images, data=data
    )


def store_integers(workload: Workload, path: Path, *, as_words: bool = False) -> Path:
    """Write the npz of a workload's integers, or of its weights' code words (`as_words`).

    Raises `InputError` for what it cannot hold.
    """
    arrays = _integers(workload)
    for own in workload.layers:
        if as_words and own.weights is not None:
            name = own.layer.name
            words = words_of(own.weights, arrays[f"{name}.k"], workload.scheme)
            arrays = {**arrays, f"{name}.{WORDS}": words}
            del arrays[f"{name}.weights"]
    return _written(path, _packed(arrays))


def store_images(
    path: Path, held_out: LabelledImages, training: LabelledImages | None = None
) -> Path:
    """Write the npz of labelled images, with which of them are held out."""
    parts = [(held_out, HELD_OUT)] + ([] if training is None else [(training, TRAINING)])
    return _written(path, _packed(_images(parts)))


def store_network(
    network: Network,
    path: Path,
    weights: Mapping[str, Path],
    *,
    provenance: str,
    held_out: Path | None,
    data: str = "labelled images",
) -> Path:
    """Write a network file whose table `[trained]` names the files of integers, by scheme, and
    of images; by paths from its own folder."""
    lines = [dump_network(network), "[trained]", f"provenance = {toml_text(provenance)}"]
    if held_out is not None:
        lines.append(f"held_out = {toml_text(_from(path.parent, held_out))}")
        lines.append(f"data = {toml_text(data)}")
    lines += [f'fingerprint = "{fingerprint(network)}"', "", "[trained.weights]"]
    lines += [f"{scheme} = {toml_text(_from(path.parent, own))}" for scheme, own in weights.items()]
    return _written(path, "\n".join(lines) + "\n")


def _from(folder: Path, path: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _written(path: Path, content: Content) -> Path:
    write_file(path, content)
    return path


def _integers(workload: Workload) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for own in workload.layers:
        usual = (*clamp_of(own.layer, own.output), "half_up")
        unusual = (own.lowest, own.highest, own.rounding)
        for field, told, expected in zip(UNUSUAL, unusual, usual, strict=True):
            if told != expected:
                number = ROUNDINGS.index(own.rounding) if field == "rounding" else told
                found[f"{own.layer.name}.{field}"] = np.asarray(number)
        fields = layer_fields(own.layer)
        if own.thresholds is not None:
            fields = (*(field for field in fields if field not in SCALES), "thresholds")
        for field in fields:
            value = np.asarray(getattr(own, field))
            single = field == "multiplier" and not own.layer.has_weights
            single = single and own.layer.count_padding
            if field == "weights" and value.min() >= -128 and value.max() < 128:
                value = value.astype(np.int8)
            found[f"{own.layer.name}.{field}"] = value.reshape(()) if single else value
    return found


def _images(parts: Iterable[tuple[LabelledImages, int]]) -> dict[str, NDArray[Any]]:
    rows = list(parts)
    images = np.concatenate([own.images for own, _ in rows])
    narrow = np.uint8 if images.min() >= 0 and images.max() < 256 else np.int16
    return {
        "images": images.astype(narrow),
        "labels": np.concatenate([own.labels for own, _ in rows]),
        "split": np.concatenate([np.full(len(own.labels), part, np.uint8) for own, part in rows]),
    }


def _packed(arrays: dict[str, NDArray[Any]]) -> bytes:
    # numpy dates every member 1980, so equal arrays are equal files.
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    whole = sum(array.nbytes for array in arrays.values())
    if whole > max(_FREE_BYTES, _MOST_SHRUNK * buffer.tell()):
        # So much that a reader takes it for a file made to fill the memory.
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()
