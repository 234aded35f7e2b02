"""The cropped digits of SVHN: MATLAB files with X [32, 32, 3, n] and y [n, 1], ten for zero.

Source: Y. Netzer et al., Reading Digits in Natural Images with Unsupervised Feature Learning,
NIPS workshop 2011, and the web page of the data set, "Format 2".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lightsim.errors import InputError
from lightsim.files.regular import open_file
from lightsim.training.data.examples import Examples, Labelled
from lightsim.training.data.reading import MOST_BYTES, find

__all__ = ["svhn"]

_CLASSES = 10
_ACCEPTED = "accepted: a MATLAB 5 file with X uint8[32, 32, 3, n] and y uint8[n, 1]"
# MATLAB writes small whole numbers as bytes also where they are called double.
_INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "double")


def svhn(folder: Path) -> Examples:
    """`train_32x32.mat`, and `test_32x32.mat` held out.

    Raises `InputError` for a file that is missing or does not hold what SVHN's do.
    """
    training = _read(find(folder, "train_32x32.mat"))
    return Examples(training, _read(find(folder, "test_32x32.mat")), _CLASSES, "SVHN")


def _read(path: Path) -> Labelled:
    # Here and not above: it takes a third of a second, and only who has such files waits.
    from scipy.io import loadmat, whosmat

    with open_file(path, _ACCEPTED) as opened:
        try:
            # Names, shapes and types first: a damaged file may ask for any amount of memory.
            heads = {name: (shape, kind) for name, shape, kind in whosmat(opened)}
            _check_heads(heads, path)
            opened.seek(0)
            found = loadmat(opened, variable_names=("X", "y"))
            images, labels = np.asarray(found["X"]), np.asarray(found["y"])
        except InputError:
            raise
        except Exception:  # what a damaged file raises is not told apart by its reader
            problem = "is not a MATLAB 5 file, or damaged"
            raise InputError(str(path), problem, _ACCEPTED) from None
    if images.dtype != np.uint8 or not np.issubdtype(labels.dtype, np.integer):
        problem = f"X is {images.dtype}, y is {labels.dtype}"
        raise InputError(str(path), problem, _ACCEPTED)
    if images.shape != heads["X"][0] or labels.shape != heads["y"][0]:
        raise InputError(str(path), "is not a MATLAB 5 file, or damaged", _ACCEPTED)
    if not 1 <= int(labels.min()) <= int(labels.max()) <= _CLASSES:
        problem = f"y goes from {labels.min()} to {labels.max()}"
        raise InputError(str(path), problem, f"accepted: 1 to {_CLASSES}")
    pixels = images.transpose(3, 2, 0, 1).astype(np.int16)
    return Labelled(pixels, labels[:, 0].astype(np.int64) % _CLASSES)


def _check_heads(heads: dict[str, tuple[tuple[int, ...], str]], path: Path) -> None:
    """X uint8[32, 32, 3, n] and y of integers [n, 1], no larger than a file of images may be."""
    for name in ("X", "y"):
        if name not in heads:
            raise InputError(str(path), f"has no variable {name}", _ACCEPTED)
    (shape, kind), (labels, label_kind) = heads["X"], heads["y"]
    if kind not in ("uint8", "double") or len(shape) != 4 or tuple(shape[:3]) != (32, 32, 3):
        raise InputError(str(path), f"X is {kind}{list(shape)}", _ACCEPTED)
    count = shape[3]
    if tuple(labels) != (count, 1) or count < 1 or label_kind not in _INTEGERS:
        problem = f"y is {label_kind}{list(labels)} for {count} images"
        raise InputError(str(path), problem, _ACCEPTED)
    size = 32 * 32 * 3 * count
    if size > MOST_BYTES:
        raise InputError(str(path), f"holds {size} bytes", f"accepted: at most {MOST_BYTES}")
