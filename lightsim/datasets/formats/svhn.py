"""The cropped digits of SVHN: MATLAB files with X [32, 32, 3, n] and y [n, 1], ten for zero.

Source: Y. Netzer et al., Reading Digits in Natural Images with Unsupervised Feature Learning,
NIPS workshop 2011, and the web page of the data set, "Format 2".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.datasets.formats.matlab import DamagedError, matlab_arrays
from lightsim.datasets.formats.reading import find, most_unpacked, read_bytes
from lightsim.errors import InputError

__all__ = ["svhn"]

_CLASSES = 10
_ACCEPTED = "accepted: a MATLAB 5 file with X uint8[32, 32, 3, n] and y uint8[n, 1]"


def svhn(folder: Path) -> Examples:
    """SVHN: training images from `train_32x32.mat`, held out `test_32x32.mat`.

    Raises `InputError` for a file that is missing or does not have the content of SVHN.
    """
    training = _read(find(folder, "train_32x32.mat"))
    return Examples(training, _read(find(folder, "test_32x32.mat")), _CLASSES, "SVHN")


def _read(path: Path) -> Labelled:
    content = read_bytes(path)
    try:
        found = matlab_arrays(content, most_unpacked(len(content)))
    except DamagedError:
        problem = "is not a MATLAB 5 file, or damaged"
        raise InputError(str(path), problem, _ACCEPTED) from None
    for name in ("X", "y"):
        if name not in found:
            raise InputError(str(path), f"has no variable {name}", _ACCEPTED)
    images, labels = found["X"], found["y"]
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[:3] != (32, 32, 3):
        raise InputError(str(path), f"X is {images.dtype}{list(images.shape)}", _ACCEPTED)
    count = images.shape[3]
    if labels.shape != (count, 1) or not np.issubdtype(labels.dtype, np.integer) or not count:
        problem = f"y is {labels.dtype}{list(labels.shape)} for {count} images"
        raise InputError(str(path), problem, _ACCEPTED)
    if not 1 <= int(labels.min()) <= int(labels.max()) <= _CLASSES:
        problem = f"y goes from {labels.min()} to {labels.max()}"
        raise InputError(str(path), problem, f"accepted: 1 to {_CLASSES}")
    pixels = images.transpose(3, 2, 0, 1).astype(np.int16)
    return Labelled(pixels, labels[:, 0].astype(np.int64) % _CLASSES)
