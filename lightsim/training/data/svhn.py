"""The cropped digits of SVHN: MATLAB files with X [32, 32, 3, n] and y [n, 1], ten for zero.

Source: Y. Netzer et al., Reading Digits in Natural Images with Unsupervised Feature Learning,
NIPS workshop 2011, and the web page of the data set, "Format 2".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lightsim.errors import InputError
from lightsim.training.data.examples import Examples, Labelled
from lightsim.training.data.reading import find

__all__ = ["svhn"]

_CLASSES = 10


def svhn(folder: Path) -> Examples:
    """`train_32x32.mat`, and `test_32x32.mat` held out.

    Raises `InputError` for a file that is missing or does not hold what SVHN's do.
    """
    training = _read(find(folder, "train_32x32.mat"))
    return Examples(training, _read(find(folder, "test_32x32.mat")), _CLASSES, "SVHN")


def _read(path: Path) -> Labelled:
    # Here and not above: it takes a third of a second, and only who has such files waits.
    from scipy.io import loadmat

    accepted = "accepted: a MATLAB 5 file with X uint8[32, 32, 3, n] and y uint8[n, 1]"
    try:
        found = loadmat(path, variable_names=("X", "y"))
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror or error})") from None
    except Exception:  # what a damaged file raises is not told apart by its reader
        raise InputError(str(path), "is not a MATLAB 5 file, or damaged", accepted) from None
    for name in ("X", "y"):
        if name not in found:
            raise InputError(str(path), f"has no variable {name}", accepted)
    images, labels = np.asarray(found["X"]), np.asarray(found["y"])
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[:3] != (32, 32, 3):
        raise InputError(str(path), f"X is {images.dtype}{list(images.shape)}", accepted)
    count = images.shape[3]
    if labels.shape != (count, 1) or not np.issubdtype(labels.dtype, np.integer) or not count:
        problem = f"y is {labels.dtype}{list(labels.shape)} for {count} images"
        raise InputError(str(path), problem, accepted)
    if not 1 <= int(labels.min()) <= int(labels.max()) <= _CLASSES:
        problem = f"y goes from {labels.min()} to {labels.max()}"
        raise InputError(str(path), problem, f"accepted: 1 to {_CLASSES}")
    pixels = images.transpose(3, 2, 0, 1).astype(np.int16)
    return Labelled(pixels, labels[:, 0].astype(np.int64) % _CLASSES)
