"""The binary files of CIFAR-10 and CIFAR-100: records of labels and 3072 bytes of pixels.

Source: A. Krizhevsky, The CIFAR-10 dataset (web page), "Binary version": a record is the label,
then 1024 bytes each of red, green and blue in row-major order; of CIFAR-100 a coarse and a fine
label come first.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lightsim.errors import InputError
from lightsim.training.data.examples import Examples, Labelled
from lightsim.training.data.reading import find, read_bytes

__all__ = ["cifar10", "cifar100"]

_SHAPE = (3, 32, 32)
_PIXELS = 3 * 32 * 32
_BATCHES = 5
_COARSE = 20


def cifar10(folder: Path) -> Examples:
    """`data_batch_1.bin` to `data_batch_5.bin`, and `test_batch.bin` held out.

    Raises `InputError` for a file that is missing or whose records are not CIFAR-10's.
    """
    parts = [
        _records(find(folder, f"data_batch_{number}.bin"), (10,))
        for number in range(1, _BATCHES + 1)
    ]
    training = Labelled(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
    return Examples(training, _records(find(folder, "test_batch.bin"), (10,)), 10, "CIFAR-10")


def cifar100(folder: Path) -> Examples:
    """`train.bin`, and `test.bin` held out, with the fine labels.

    Raises `InputError` for a file that is missing or whose records are not CIFAR-100's.
    """
    labels = (_COARSE, 100)
    training = _records(find(folder, "train.bin"), labels)
    return Examples(training, _records(find(folder, "test.bin"), labels), 100, "CIFAR-100")


def _records(path: Path, classes: tuple[int, ...]) -> Labelled:
    """Images and the last label of a file whose records begin with labels of so many classes."""
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
