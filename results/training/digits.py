"""The handwritten digits for measurements: a split a seed, shifted images, and a training loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.network.parsing import parse_network
from lightsim.quantisation import LabelledImages, held_out_images, training_images
from lightsim.training.models.model import Model

BATCH = 64
SHIFTS = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]


@dataclass(frozen=True)
class Digits:
    """Training images and labels, `x` [9, n, 1, 8, 8] by shift, and held-out ones alike."""

    x: Tensor
    y: Tensor
    held_x: Tensor
    held_y: Tensor

    def labelled(self) -> LabelledImages:
        """The held-out images as they were written."""
        return LabelledImages(
            self.held_x[4].numpy().astype(np.int16), self.held_y.numpy(), "digits, held out"
        )


def digits(seed: int) -> Digits:
    """All 1,797 images, a fifth of them held out by `seed`."""
    network = load_network("digits")
    parts = training_images(network), held_out_images(network)
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    order = np.random.default_rng(seed).permutation(len(labels))
    train, held = np.sort(order[360:]), np.sort(order[:360])
    x, y = torch.from_numpy(images).float(), torch.from_numpy(labels)
    return Digits(_shifted(x[train]), y[train], _shifted(x[held]), y[held])


def network(name: str, layers: list[str], binary: bool = True) -> Network:
    """A network for 8x8 digits; each layer is the lines of its table."""
    head = (
        f'name = "{name}"\ntitle = "{name}"\nsource = "made for this measurement"\n'
        f"binary_activations = {str(binary).lower()}\n"
        "[input]\nchannels = 1\nheight = 8\nwidth = 8\n"
    )
    return parse_network(head + "".join(f"[[layer]]\n{layer}\n" for layer in layers), name)


def convolution(name: str, filters: int, kernel: int = 3, more: str = "") -> str:
    """A padded convolution with ReLU (a sign under `binary`)."""
    padding = kernel // 2
    return (
        f'name = "{name}"\noperator = "conv2d"\nfilters = {filters}\nkernel = {kernel}\n'
        f'padding = {padding}\nactivation = "relu"\n{more}'
    )


def dense(name: str, filters: int, activation: str = "none") -> str:
    """A dense layer."""
    return f'name = "{name}"\noperator = "dense"\nfilters = {filters}\nactivation = "{activation}"'


def pool(name: str) -> str:
    """A 2x2 maximum."""
    return f'name = "{name}"\noperator = "max_pool"\nkernel = 2'


def fit(
    model: Model,
    data: Digits,
    epochs: int,
    seed: int,
    optimiser: torch.optim.Optimizer | None = None,
    learning_rate: float = 0.005,
    moved: float = 1.0,
    watch: Callable[[int], None] | None = None,
) -> None:
    """Train on randomly shifted images, the learning rate falling to 0 as a cosine."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    if optimiser is None:
        optimiser = torch.optim.Adam(model.parameter_groups(0.0), learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    count = len(data.y)
    for epoch in range(epochs):
        model.train()
        model.begin_epoch(epoch, epochs)
        order = torch.randperm(count, generator=generator)
        for chosen in order[: count // BATCH * BATCH].split(BATCH):
            where = torch.randint(9, (BATCH,), generator=generator)
            where[torch.rand(BATCH, generator=generator) >= moved] = 4
            loss = functional.cross_entropy(model(data.x[where, chosen]), data.y[chosen])
            loss = loss + model.penalty()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            model.confine()
        schedule.step()
        if watch is not None:
            watch(epoch)
    model.settle(data.x.flatten(0, 1) if moved > 0 else data.x[4])
    model.eval()


def accuracy(model: Model, x: Tensor, y: Tensor) -> float:
    """The share of images [n, ...], or of [9, n, ...], that the model classifies as labelled."""
    if x.dim() == 5:
        x, y = x.flatten(0, 1), y.repeat(len(x))
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


def _shifted(x: Tensor) -> Tensor:
    rows, columns = x.shape[2:]
    wide = functional.pad(x, (1, 1, 1, 1))
    return torch.stack(
        [wide[:, :, 1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + columns] for dy, dx in SHIFTS]
    )
