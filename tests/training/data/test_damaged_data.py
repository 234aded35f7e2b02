"""Damaged training images: each file is refused with what would do."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from tests.training.data.asked import LENET, VGG, refusal
from tests.training.image_files import (
    write_cifar10,
    write_idx,
    write_mnist,
    write_svhn,
)


def _cut(path: Path, by: int) -> None:
    path.write_bytes(path.read_bytes()[:-by])


def test_damaged_idx_files_are_refused(tmp_path: Path):
    images, labels = tmp_path / "train-images-idx3-ubyte", tmp_path / "train-labels-idx1-ubyte"
    write_mnist(tmp_path, 10, 10)
    _cut(images, 1)
    assert "accepted: 7856 bytes" in refusal("mnist", tmp_path, LENET)
    write_mnist(tmp_path, 10, 10)
    images.write_bytes(labels.read_bytes())
    assert "begins with 0x00000801; accepted: an IDX file, 0x00000803" in refusal(
        "mnist", tmp_path, LENET
    )
    for content in (b"", b"\0\0"):
        images.write_bytes(content)
        assert "accepted: an IDX file" in refusal("mnist", tmp_path, LENET)
    write_mnist(tmp_path, 10, 10)
    write_idx(labels, np.zeros(9, np.uint8), 0x801)
    assert "holds 9 labels" in refusal("mnist", tmp_path, LENET)
    write_idx(labels, np.full(10, 10, np.uint8), 0x801)
    assert "holds label 10; accepted: 0 to 9" in refusal("mnist", tmp_path, LENET)
    # A head whose sizes would need more than there is memory.
    images.write_bytes(b"\0\0\x08\x03" + b"\xff" * 12 + b"\0" * 9)
    assert "its head says" in refusal("mnist", tmp_path, LENET)


def test_a_cut_gzip_file_is_refused(tmp_path: Path):
    write_mnist(tmp_path, 10, 10, packed=True)
    _cut(tmp_path / "train-images-idx3-ubyte.gz", 20)
    assert "is not a whole gzip file" in refusal("mnist", tmp_path, LENET)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"text")
    assert "is not a whole gzip file" in refusal("mnist", tmp_path, LENET)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b""))
    assert "is empty" in refusal("mnist", tmp_path, LENET)


def test_damaged_cifar_files_are_refused(tmp_path: Path):
    write_cifar10(tmp_path, 2)
    file = tmp_path / "data_batch_3.bin"
    _cut(file, 1)
    assert "holds 6145 bytes; accepted: records of 3073 bytes" in refusal("cifar10", tmp_path, VGG)
    file.write_bytes(b"")
    assert "holds 0 bytes" in refusal("cifar10", tmp_path, VGG)
    file.write_bytes(bytes(3073) + b"\x0a" + bytes(3072))
    assert "record 1 has label 10; accepted: 0 to 9" in refusal("cifar10", tmp_path, VGG)
    file.unlink()
    assert "has no file data_batch_3.bin" in refusal("cifar10", tmp_path, VGG)


def test_damaged_svhn_files_are_refused(tmp_path: Path):
    from scipy.io import savemat

    write_svhn(tmp_path, 2)
    file = tmp_path / "train_32x32.mat"
    good = np.zeros((32, 32, 3, 2), np.uint8), np.ones((2, 1), np.uint8)
    cases = (
        ({"X": good[0]}, "has no variable y"),
        ({"X": good[0][:, :, :, 0], "y": good[1]}, "X is uint8[32, 32, 3]"),
        ({"X": good[0].astype(float), "y": good[1]}, "X is float64"),
        ({"X": good[0], "y": good[1][:1]}, "y is uint8[1, 1] for 2 images"),
        ({"X": good[0], "y": good[1] * 0}, "y goes from 0 to 0; accepted: 1 to 10"),
    )
    for variables, words in cases:
        savemat(file, variables)
        assert words in refusal("svhn", tmp_path, VGG)
    for content in (b"", b"text", b"MATLAB 5.0 MAT-file" + bytes(120)):
        file.write_bytes(content)
        assert "MATLAB 5 file" in refusal("svhn", tmp_path, VGG)
