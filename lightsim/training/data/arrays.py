"""Labelled images in an npz file, and the handwritten digits that come with LightSim."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.quantisation import held_out_images, training_images
from lightsim.quantisation.stored.arrays import HELD_OUT, TRAINING, images_of
from lightsim.quantisation.workload import LabelledImages

__all__ = ["digits", "npz"]


def digits() -> Examples:
    """The handwritten digits: 1,437 training images, 360 held-out images."""
    network = load_network("digits")
    training, held_out = training_images(network), held_out_images(network)
    assert network.trained is not None
    origin = network.trained.data
    return Examples(_labelled(training), _labelled(held_out), 10, origin, is_bytes=False)


def npz(path: Path, network: Network, held_out: float, seed: int) -> Examples:
    """The images of a file with the arrays `images`, `labels` and optionally `split` (1: held out).

    Without `split`, a share `held_out` of every class is held out, drawn with `seed`. Raises
    `InputError` for a file whose images do not fit the input of `network`.
    """
    images, labels, split = images_of(network, path, split_needed=False)
    if split is None:
        split = _split(labels, held_out, seed)
    if not (split == TRAINING).any():
        accepted = f"accepted: {TRAINING} in 'split' for those to train on"
        raise InputError(str(path), "has no images to train on", accepted)
    whole = Labelled(images, labels)
    training, rest = (whole.take(np.flatnonzero(split == part)) for part in (TRAINING, HELD_OUT))
    classes = network.layers[-1].output_shape.elements
    return Examples(training, rest, classes, path.name, is_bytes=False)


def _labelled(own: LabelledImages) -> Labelled:
    return Labelled(own.images, own.labels)


def _split(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """int64[n] with 1 for a share of every class, and for at least one image in all; else 0."""
    order = np.random.default_rng(seed).permutation(len(labels))
    split = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        own = order[labels[order] == label]
        split[own[: round(share * len(own))]] = HELD_OUT
    if not split.any():
        split[order[0]] = HELD_OUT
    return split
