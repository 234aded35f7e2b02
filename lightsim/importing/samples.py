"""The images that calibrate: those the user gives, or seeded ones where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.files.npy_header import ArrayHead
from lightsim.files.npz import read_npz
from lightsim.importing.lowering.draft import InputDraft

__all__ = ["Samples", "calibrating", "read_samples", "seeded"]

_MOST = 32  # images that calibrate
_SEEDED = 4
_ACCEPTED = "accepted: an npz file with 'images' [n, ...] and, if they have some, 'labels' [n]"


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Images float32[n, channels, height, width] as the network takes them; `labels` int64[n] or
    None; `origin` says where they are from."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64] | None
    origin: str


def read_samples(path: Path, image: InputDraft) -> Samples:
    """The images of an npz file, in the order of axes that the network's file has.

    Raises `InputError` for a file that cannot be read, for images of another shape, numbers that
    are not finite, and labels of another number.
    """

    def check(heads: Mapping[str, ArrayHead]) -> None:
        if "images" not in heads:
            raise InputError(str(path), "has no array 'images'", _ACCEPTED)
        shape = heads["images"].shape
        if not shape or shape[0] < 1 or shape[1:] != image.file_shape:
            wanted = ", ".join(["n", *map(str, image.file_shape)])
            raise InputError(f"{path}: images", f"is of shape {list(shape)}", f"[{wanted}]")
        if "labels" in heads:
            head = heads["labels"]
            if head.shape != shape[:1] or not np.issubdtype(head.dtype, np.integer):
                raise InputError(f"{path}: labels", f"is {head}", f"{shape[0]} whole numbers")

    stored = read_npz(path, check, _ACCEPTED, only=("images", "labels"))
    images = stored["images"].astype(np.float32)
    if not np.isfinite(images).all():
        raise InputError(f"{path}: images", "holds numbers that are not finite", "finite numbers")
    labels = stored.get("labels")
    return Samples(
        in_order(images, image),
        None if labels is None else labels.astype(np.int64),
        f"{len(images)} images of {path.name}",
    )


def seeded(image: InputDraft, seed: int = 0) -> Samples:
    """Random images: codes of a quantised input or bytes where the file says so, else normal
    numbers."""
    rng = np.random.default_rng(seed)
    shape = (_SEEDED, image.shape.channels, image.shape.height, image.shape.width)
    if image.grid is not None:
        low, high = image.grid.ends
        images: NDArray[Any] = rng.integers(low, high + 1, shape) * image.grid.scale
        if image.grid.sign:
            images = (rng.integers(0, 2, shape) * 2 - 1) * image.grid.scale
    elif image.element == "uint8":
        images = rng.integers(0, 256, shape)
    else:
        images = rng.standard_normal(shape)
    return Samples(images.astype(np.float32), None, f"{_SEEDED} random images (seed {seed})")


def calibrating(samples: Samples) -> NDArray[np.float32]:
    """The images that calibrate: the first."""
    return samples.images[:_MOST]


def in_order(images: NDArray[np.float32], image: InputDraft) -> NDArray[np.float32]:
    """Images with axes as in the file as [n, channels, height, width]."""
    turned = images.transpose(0, *(axis + 1 for axis in image.order))
    shape = image.shape
    return np.ascontiguousarray(turned).reshape(-1, shape.channels, shape.height, shape.width)
