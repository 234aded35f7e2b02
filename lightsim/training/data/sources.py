"""The sources of images that a recipe may name, and their conversion to the network's integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lightsim.datasets import DATASETS, load_dataset
from lightsim.datasets.fitting import fitted
from lightsim.datasets.formats.cifar import cifar10, cifar100
from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.datasets.formats.idx import mnist
from lightsim.datasets.formats.svhn import svhn
from lightsim.errors import InputError, unknown_name
from lightsim.network.layer import Network
from lightsim.quantisation.workload import LabelledImages
from lightsim.training.data.arrays import digits, npz
from lightsim.training.recipes.entries import DataEntry

__all__ = ["SOURCES", "TrainingData", "load_data"]

SOURCES: dict[str, Callable[[Path], Examples] | None] = {
    "digits": None,
    "npz": None,
    "mnist": mnist,
    "fashion-mnist": mnist,
    "cifar10": cifar10,
    "cifar100": cifar100,
    "svhn": svhn,
}
"""The sources by name; those that read a folder with the function that does.

Those of `DATASETS` come from the user's cache where no folder is named."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Training images and judging images, as integers of the network's input.

    `held_out` images are used only at the end. `judging` images judge the training: either the
    held-out images, or training images that were set apart. `data` describes all the images in
    words.
    """

    training: LabelledImages
    judging: LabelledImages
    held_out: LabelledImages
    data: str


def load_data(entry: DataEntry, network: Network) -> TrainingData:
    """The data that `[data]` of a recipe names, as integers of `network`'s input.

    Raises `InputError` for an unknown source, a missing or malformed file, images of another size
    than the network's input, and a network with fewer outputs than classes.
    """
    found = _examples(entry, network)
    training = _first(found.training, entry.training_images)
    held_out = _first(found.held_out, entry.held_out_images)
    apart = None
    if entry.validation:
        training, apart = _set_apart(training, entry.validation, entry.split_seed)

    def labelled(own: Labelled, what: str) -> LabelledImages:
        made = fitted(own, network, found, entry.pad)
        origin = f"{found.origin}, {len(own)} images {what}"
        return LabelledImages(made.images, made.labels, origin)

    last = labelled(held_out, "held out")
    judging = last if apart is None else labelled(apart, "of the training images set apart")
    return TrainingData(labelled(training, "used in training"), judging, last, found.origin)


def _examples(entry: DataEntry, network: Network) -> Examples:
    if entry.source not in SOURCES:
        raise unknown_name("[data]", "source", entry.source, SOURCES)
    if entry.source == "digits":
        if entry.path is not None:
            accepted = "accepted: no path (the digits come with LightSim)"
            raise InputError("[data]", f"path is '{entry.path}' beside source 'digits'", accepted)
        return digits()
    if entry.path is None and entry.source in DATASETS:
        return load_dataset(DATASETS[entry.source])
    if entry.path is None:
        kind = "an npz file" if entry.source == "npz" else "the folder of its files"
        raise InputError("[data]", f"source '{entry.source}' has no path", f"accepted: {kind}")
    read = SOURCES[entry.source]
    if read is None:
        return npz(Path(entry.path), network, entry.held_out, entry.split_seed)
    return read(Path(entry.path))


def _first(own: Labelled, most: int | None) -> Labelled:
    return own if most is None else own.take(slice(most))


def _set_apart(own: Labelled, share: float, seed: int) -> tuple[Labelled, Labelled]:
    order = np.random.default_rng((seed, 1)).permutation(len(own))
    count = max(1, round(share * len(own)))
    if count >= len(own):
        problem = f"is {share:g} of {len(own)} training images"
        raise InputError("[data] validation", problem, "accepted: a share that leaves some")
    return own.take(np.sort(order[count:])), own.take(np.sort(order[:count]))
