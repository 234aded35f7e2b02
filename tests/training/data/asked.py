"""What a recipe asks of training images, and how loading them is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.training.data import load_data
from lightsim.training.recipes.entries import DataEntry

LENET = load_network("lenet")


VGG = load_network("vgg7-cifar10")


def entry(source: str, path: Path | None = None, **more) -> DataEntry:
    return DataEntry(source=source, path=None if path is None else str(path), **more)


def refusal(source: str, path: Path, network: Network, **more) -> str:
    with pytest.raises(InputError) as caught:
        load_data(entry(source, path, **more), network)
    return str(caught.value)
