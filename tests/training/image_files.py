"""Small folders in the formats of MNIST, CIFAR and SVHN, written byte by byte."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from scipy.io import savemat

__all__ = ["write_cifar10", "write_cifar100", "write_idx", "write_mnist", "write_svhn"]


def _pixels(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def write_idx(path: Path, array: np.ndarray, magic: int) -> None:
    """An IDX file: magic number and sizes in big-endian order, then the bytes."""
    head = struct.pack(f">I{array.ndim}I", magic, *array.shape)
    path.write_bytes(head + array.tobytes())


def write_mnist(folder: Path, training: int, held_out: int, packed: bool = False) -> None:
    """Random images with a bright patch whose place says the class."""
    for number, (name, count) in enumerate((("train", training), ("t10k", held_out))):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = _pixels(number, count, 28, 28) // 8
        for image, label in zip(images, labels, strict=True):
            row, column = divmod(int(label), 4)
            image[3 + 8 * row : 9 + 8 * row, 1 + 6 * column : 6 + 6 * column] = 250
        write_idx(folder / f"{name}-images-idx3-ubyte", images, 0x803)
        write_idx(folder / f"{name}-labels-idx1-ubyte", labels, 0x801)
    if packed:
        for path in list(folder.iterdir()):
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()


def write_cifar10(folder: Path, each: int) -> None:
    names = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
    for seed, name in enumerate(names):
        labels = np.arange(each, dtype=np.uint8)[:, None] % 10
        (folder / name).write_bytes(np.hstack([labels, _pixels(seed, each, 3072)]).tobytes())


def write_cifar100(folder: Path, each: int) -> None:
    for seed, name in enumerate(("train.bin", "test.bin")):
        fine = np.arange(each, dtype=np.uint8)[:, None] % 100
        rows = np.hstack([fine // 5, fine, _pixels(seed, each, 3072)])
        (folder / name).write_bytes(rows.tobytes())


def write_svhn(folder: Path, each: int) -> None:
    for seed, name in enumerate(("train_32x32.mat", "test_32x32.mat")):
        labels = (np.arange(each, dtype=np.uint8)[:, None] % 10) + 1
        savemat(folder / name, {"X": _pixels(seed, 32, 32, 3, each), "y": labels})
