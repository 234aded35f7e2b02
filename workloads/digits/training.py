"""Training: a chain of layers in float, then with its weights and activations rounded.

Rounding is straight-through: the forward pass sees the rounded value, the backward pass the
unrounded one (Ding et al., LightNN, GLSVLSI 2017, section 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lightsim.network.layer import Layer, Network

__all__ = ["INPUT_SCALE", "Chain", "Recipe", "Stage", "accuracy", "fit"]

INPUT_SCALE = 1 / 16
_BATCH = 64
_UNMOVED = 4  # the middle one of nine shifts
_SMALLEST_GAMMA = 0.05  # gamma stays positive: folding then never has to flip a filter's signs


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one network is trained for one scheme; the learning rate falls to 0 as a cosine.

    `moved` is the share of a batch's images that move by up to a pixel in each direction.
    """

    epochs: int
    learning_rate: float
    weight_decay: float
    moved: float
    seed: int


class Stage(nn.Module):
    """A layer with weights, its batch normalisation (hidden layers) or bias (the last one).

    `levels` are groups of filters with the real weights that those may take, None while
    training in float; `scale` is the weight that level 1.0 stands for, `step` the activation
    that integer 1 stands for. With `signs` the activation is -1 or +1, with `padding` -1 the
    input is; `limit` confines the unrounded weights.
    """

    def __init__(self, layer: Layer, last: bool) -> None:
        super().__init__()
        shape = layer.weight_shape
        fan_in = shape[1] * shape[2] * shape[3]
        self.layer = layer
        self.last = last
        self.weight = nn.Parameter(torch.randn(shape) * (2 / fan_in) ** 0.5)
        self.normalise = None if last else nn.BatchNorm2d(shape[0])
        self.bias = nn.Parameter(torch.zeros(shape[0])) if last else None
        self.levels: list[tuple[Tensor, Tensor]] | None = None
        self.scale = 1.0
        self.step: float | None = None
        self.signs = False
        self.padding = 0
        self.limit: float | None = None

    def round_to(self, levels: list[NDArray[np.float64]], scale: float) -> None:
        """From now on filter f has its nearest weights of `levels[f]` times `scale`."""
        groups: dict[bytes, list[int]] = {}
        for number, row in enumerate(levels):
            groups.setdefault(row.tobytes(), []).append(number)
        self.levels = [
            (torch.tensor(numbers), torch.tensor(levels[numbers[0]], dtype=torch.float32))
            for numbers in groups.values()
        ]
        self.scale = scale

    def rounded(self) -> Tensor:
        """The weights in units of `scale`, every filter at its nearest levels."""
        weight = self.weight.detach() / self.scale
        if self.levels is None:
            return weight
        result = torch.empty_like(weight)
        for filters, levels in self.levels:
            result[filters] = _nearest(weight[filters], levels)
        return result

    def forward(self, x: Tensor) -> Tensor:
        """The activations, or the last layer's real sums, of `x` [n, channels, rows, columns]."""
        weight = self.weight
        if self.levels is not None:
            weight = weight + (self.rounded() * self.scale - weight).detach()
        layer = self.layer
        if layer.operator == "dense":
            x = x.reshape(x.shape[0], weight.shape[1], *weight.shape[2:])
        else:
            pad = layer.padding
            x = functional.pad(x, (pad.left, pad.right, pad.top, pad.bottom), value=self.padding)
        x = functional.conv2d(x, weight, self.bias, layer.stride, groups=layer.groups)
        if self.normalise is None:
            return x
        x = self.normalise(x)
        if self.signs:
            hard = torch.where(x >= 0, 1.0, -1.0)
            soft = functional.hardtanh(x)
            return soft + (hard - soft).detach()
        x = functional.relu(x)
        if self.step is not None:
            x = x.clamp(max=255 * self.step)
            x = x + (torch.floor(x / self.step + 0.5) * self.step - x).detach()
        return x


class Chain(nn.Module):
    """A network whose layers follow one another: convolutions, max pools and dense layers."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        weighted = [layer for layer in network.layers if layer.has_weights]
        self.network = network
        self.stages = nn.ModuleDict(
            {layer.name: Stage(layer, layer is weighted[-1]) for layer in weighted}
        )

    def forward(self, x: Tensor) -> Tensor:
        """One real number a class, [n, classes], for images `x` in units of the input scale."""
        for layer in self.network.layers:
            if layer.has_weights:
                x = self.stages[layer.name](x)
            elif layer.operator == "max_pool":
                x = functional.max_pool2d(x, layer.kernel, layer.stride)
            elif layer.operator != "flatten":
                raise ValueError(f"{layer.name}: cannot train operator {layer.operator}")
        return x.flatten(1)

    def make_binary(self) -> None:
        """From now on hidden activations are -1 or +1; images are not, as in LightNN."""
        for number, stage in enumerate(self.stages.values()):
            stage.signs, stage.limit = not stage.last, 1.0
            # 1-bit tensors have no zero: what lies outside an image counts as -1.
            stage.padding = -1 if number > 0 else 0

    def calibrate(self, images: NDArray[np.uint8]) -> None:
        """Set every hidden step so that 255 is the 99.9th percentile of the activation."""
        seen: dict[str, Tensor] = {}
        hooks = [
            stage.register_forward_hook(
                lambda _, __, output, name=name: seen.__setitem__(name, output)
            )
            for name, stage in self.stages.items()
        ]
        self.eval()
        with torch.no_grad():
            self(_real(images))
        for hook in hooks:
            hook.remove()
        for name, stage in self.stages.items():
            if not stage.last:
                stage.step = float(np.quantile(seen[name].numpy(), 0.999)) / 255

    def settle(self, images: NDArray[np.uint8]) -> None:
        """Take the batch normalisation's statistics from all `images` at once."""
        self.train()
        normalisations = [s.normalise for s in self.stages.values() if s.normalise is not None]
        for normalise in normalisations:
            normalise.momentum = 1.0
        with torch.no_grad():
            self(_real(images))
        for normalise in normalisations:
            normalise.momentum = 0.1
        self.eval()


def fit(chain: Chain, images: NDArray[np.uint8], labels: NDArray[np.int64], recipe: Recipe) -> None:
    """Train in place by Adam on the images, randomly shifted."""
    generator = torch.Generator().manual_seed(recipe.seed)
    target = torch.from_numpy(labels)
    shifted = _shifts(_real(images))
    optimiser = torch.optim.Adam(
        chain.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.epochs)
    chain.train()
    for _ in range(recipe.epochs):
        order = torch.randperm(len(target), generator=generator)
        for batch in order[: len(order) // _BATCH * _BATCH].split(_BATCH):
            where = torch.randint(len(shifted), (_BATCH,), generator=generator)
            where[torch.rand(_BATCH, generator=generator) >= recipe.moved] = _UNMOVED
            loss = functional.cross_entropy(chain(shifted[where, batch]), target[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            _confine(chain)
        schedule.step()
    chain.settle(images)


def accuracy(chain: Chain, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> float:
    """The fraction of `images` that the trained model classifies as labelled."""
    chain.eval()
    with torch.no_grad():
        best = chain(_real(images)).argmax(1).numpy()
    return float(np.mean(best == labels))


def _nearest(values: Tensor, levels: Tensor) -> Tensor:
    middles = (levels[1:] + levels[:-1]) / 2
    return levels[torch.bucketize(values.contiguous(), middles)]


def _real(images: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(images.astype(np.float32)) * INPUT_SCALE


def _shifts(images: Tensor) -> Tensor:
    """All nine shifts by -1, 0 or 1 pixels, zeros moving in: `[9, n, 1, rows, columns]`."""
    rows, columns = images.shape[2:]
    wide = functional.pad(images, (1, 1, 1, 1))
    crops = [wide[:, :, y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    return torch.stack(crops)


def _confine(chain: Chain) -> None:
    with torch.no_grad():
        for stage in chain.stages.values():
            if stage.normalise is not None:
                stage.normalise.weight.clamp_(min=_SMALLEST_GAMMA)
            if stage.limit is not None:
                stage.weight.clamp_(-stage.limit, stage.limit)
