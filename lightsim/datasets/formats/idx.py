"""IDX files, the format of MNIST: a magic number, sizes in big-endian order, then bytes.

Source: Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits, section
"File formats": 0x00000803 for images (count, rows, columns), 0x00000801 for labels (count).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.datasets.formats.reading import find, read_bytes
from lightsim.errors import InputError

__all__ = ["mnist"]

_CLASSES = 10
_MAGIC = {1: 0x00000801, 3: 0x00000803}


def mnist(folder: Path) -> Examples:
    """The images of MNIST, or of a data set in its format: four files in a folder.

    Raises `InputError` for a file that is missing or whose content differs from its name.
    """
    return Examples(
        _part(folder, "train"), _part(folder, "t10k"), _CLASSES, f"IDX files, {folder.name}"
    )


def _part(folder: Path, name: str) -> Labelled:
    file = find(folder, f"{name}-images-idx3-ubyte", f"{name}-images.idx3-ubyte")
    images = _read(file, 3)
    label_file = find(folder, f"{name}-labels-idx1-ubyte", f"{name}-labels.idx1-ubyte")
    labels = _read(label_file, 1)
    if len(images) != len(labels):
        problem = f"holds {len(labels)} labels, {file.name} {len(images)} images"
        raise InputError(str(label_file), problem, "accepted: one label for each image")
    if labels.max() >= _CLASSES:
        problem = f"holds label {labels.max()}"
        raise InputError(str(label_file), problem, f"accepted: 0 to {_CLASSES - 1}")
    return Labelled(images[:, None].astype(np.int16), labels.astype(np.int64))


def _read(path: Path, axes: int) -> NDArray[np.uint8]:
    content = read_bytes(path)
    head = 4 * (1 + axes)
    numbers = [int(n) for n in np.frombuffer(content[:head], ">u4")] if len(content) >= head else []
    if not numbers or numbers[0] != _MAGIC[axes]:
        found = f"begins with 0x{content[:4].hex()}" if content else "is empty"
        raise InputError(str(path), found, f"accepted: an IDX file, 0x{_MAGIC[axes]:08x}")
    shape = tuple(numbers[1:])
    wanted = head + int(np.prod(shape, dtype=object))
    if len(content) != wanted or 0 in shape:
        sizes = " x ".join(map(str, shape))
        problem = f"holds {len(content)} bytes, and its head says {sizes}"
        raise InputError(str(path), problem, f"accepted: {wanted} bytes, none of the sizes 0")
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)
