"""Grids: the integers that an activation may be, and which tensors of a network share one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from lightsim.network.layer import Network
from lightsim.network.tensor import ElementType
from lightsim.training.weights.rounding import (
    round_on_grid,
    rounded_sum,
    sign_hard_tanh,
    straight_through,
)

__all__ = ["Grid", "Grids", "grid_numbers"]

_FIRST_REACH = 4.0  # what the largest integer stands for before calibration: 4 deviations
_REACHED = 0.999  # this share of a tensor's values is inside the clamp after calibration
_MOST_SAMPLES = 1 << 20
_SMALLEST_STEP = 1e-8
# Below eight bits the step that loses least is searched for, an eighth of an octave at a time, on
# so many values of every batch that is observed.
_NARROW_SAMPLES = 1 << 14
_NARROW_STEPS = 32
_OWN = ("conv2d", "dense", "add", "average_pool", "global_pool")


class Grid(nn.Module):
    """The values of one tensor, or of several that share their integers.

    `step` is the real number that integer 1 stands for. One-bit values are signs, 32-bit ones
    are not rounded. While `observing`, values pass as they are and `reach` collects how far
    they go; of narrow grids `seen` collects some of them.
    """

    step: Tensor

    def __init__(self, element: ElementType, learned: bool) -> None:
        super().__init__()
        self.element = element
        self.observing = False
        self.reach = 0.0
        self.seen: list[Tensor] = []
        first = 1.0 if element.bits == 1 else _FIRST_REACH / element.highest
        if learned and element.is_requantised:
            self.step = nn.Parameter(torch.tensor(first))
        else:
            self.register_buffer("step", torch.tensor(first))

    def forward(self, x: Tensor, rectified: bool = False) -> Tensor:
        """`x`, or relu(x), on the grid, with its straight-through gradient."""
        if self.element.bits == 1:
            return sign_hard_tanh(x)
        if self.element.bits == 32 or self.observing:
            x = torch.relu(x) if rectified else x
            if self.observing and self.element.bits != 32:
                self._observe(x)
            return x
        return round_on_grid(x, self.step, self.element.lowest, self.element.highest, rectified)

    def total(self, a: Tensor, b: Tensor, rectified: bool) -> Tensor:
        """The sum of two tensors, each rounded by itself, as the adder of the hardware has it."""
        if self.observing:
            return self(a + b, rectified)
        low, high = self.element.lowest, self.element.highest
        if not self.step.requires_grad:
            return rounded_sum(a, b, self.step, low, high, rectified)
        step = self.step.detach()
        parts = [straight_through(part, torch.floor(part / step + 0.5) * step) for part in (a, b)]
        return self(parts[0] + parts[1], rectified)

    def settle(self) -> None:
        """Take the step from what was observed."""
        self.observing = False
        if self.reach > 0 and self.element.is_requantised:
            with torch.no_grad():
                self.step.fill_(
                    self._best_step() if self.seen else self.reach / self.element.highest
                )
        self.seen = []

    def confine(self) -> None:
        """Keep a learned step positive."""
        if isinstance(self.step, nn.Parameter):
            self.step.data.clamp_(min=_SMALLEST_STEP)

    def _best_step(self) -> float:
        """Of steps from that of the reach down, the one whose grid is nearest to what was seen."""
        values = torch.cat(self.seen)
        low, high = self.element.lowest, self.element.highest
        steps = [self.reach / high * 2 ** (-place / 8) for place in range(_NARROW_STEPS)]

        def lost(step: float) -> float:
            near = torch.floor(values / step + 0.5).clamp(low, high) * step
            return float((values - near).square().sum())

        return min(steps, key=lost)

    def _observe(self, x: Tensor) -> None:
        if self.element.bits < 8:
            flat = x.detach().flatten()
            self.seen.append(flat[:: -(-len(flat) // _NARROW_SAMPLES)])
        values = x.detach().abs().flatten()
        sample = values[:: -(-len(values) // _MOST_SAMPLES)].cpu().numpy()
        reach = float(np.quantile(sample, _REACHED)) or float(values.max())
        self.reach = max(self.reach, reach)


class Grids(nn.ModuleList):
    """The grids of all tensors of a network; the first is the input's, whose step is given."""

    def __init__(self, network: Network, types: Mapping[str, ElementType], learned: bool) -> None:
        self._numbers = grid_numbers(network)
        elements: dict[int, ElementType] = {}
        given = ElementType(network.input_bits, network.input_signed)
        for name, number in self._numbers.items():
            elements.setdefault(number, given if name == "input" else types[name])
        super().__init__(
            Grid(elements[number], learned and number > 0) for number in range(len(elements))
        )
        self.of("input").step.fill_(1 / given.highest)

    def of(self, name: str) -> Grid:
        """The grid of a layer's output, or of `input`."""
        grid = self[self._numbers[name]]
        assert isinstance(grid, Grid)
        return grid

    def step(self, name: str) -> float:
        """What integer 1 stands for in a layer's output, or in the input."""
        return float(self.of(name).step.detach())

    def all(self) -> list[Grid]:
        """Every grid, the input's first."""
        return [grid for grid in self if isinstance(grid, Grid)]


def grid_numbers(network: Network) -> dict[str, int]:
    """The number of every tensor's grid, by layer name and `input`, from 0 (the input's).

    Layers that compute nothing (max pooling, flatten, reorganise) hand their input's integers
    on, and what `concat` joins must mean the same: all of these share a grid.
    """
    parent: dict[str, str] = {"input": "input"}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for layer in network.layers:
        parent[layer.name] = layer.name
        if layer.operator not in _OWN:
            # The earliest tensor of a group stands for it: the input's own step is given.
            order = ["input", *(other.name for other in network.layers)]
            roots = sorted({root(name) for name in (layer.name, *layer.inputs)}, key=order.index)
            for other in roots:
                parent[other] = roots[0]
    numbers: dict[str, int] = {}
    for name in parent:
        numbers.setdefault(root(name), len(numbers))
    return {name: numbers[root(name)] for name in parent}
