"""Grids: the integers that an activation can take, and which tensors share a grid."""

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

_FIRST_REACH = 4.0  # the largest value before calibration: 4 standard deviations
_REACHED = 0.999  # the share of values inside the clamp after calibration
_MOST_SAMPLES = 1 << 20
_SMALLEST_STEP = 1e-8
# Below eight bits the step with the least error is searched for, in steps of an eighth of an
# octave, on _NARROW_SAMPLES values of every observed batch.
_NARROW_SAMPLES = 1 << 14
_NARROW_STEPS = 32
_OWN = ("conv2d", "dense", "add", "average_pool", "global_pool")


class Grid(nn.Module):
    """The rounded values of one tensor, or of several tensors that share their integers.

    `step` is the real number that integer 1 stands for. One-bit values are signs; 32-bit values are
    not rounded. While `observing`, values pass unchanged and `reach` records their magnitude; for
    narrow grids `seen` stores a sample of the values.
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
        """`x`, or relu(x), rounded to the grid, with a straight-through gradient."""
        if self.element.bits == 1:
            return sign_hard_tanh(x)
        if self.element.bits == 32 or self.observing:
            x = torch.relu(x) if rectified else x
            if self.observing and self.element.bits != 32:
                self._observe(x)
            return x
        return round_on_grid(x, self.step, self.element.lowest, self.element.highest, rectified)

    def total(self, a: Tensor, b: Tensor, rectified: bool) -> Tensor:
        """The sum of two tensors, each rounded on its own, as in the adder of the hardware."""
        if self.observing:
            return self(a + b, rectified)
        low, high = self.element.lowest, self.element.highest
        if not self.step.requires_grad:
            return rounded_sum(a, b, self.step, low, high, rectified)
        step = self.step.detach()
        parts = [straight_through(part, torch.floor(part / step + 0.5) * step) for part in (a, b)]
        return self(parts[0] + parts[1], rectified)

    def settle(self) -> None:
        """Set the step from the observed values."""
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
        """The step with the least rounding error on the sample, at most the step of the reach."""
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
    """The grids of all tensors of a network; the first grid is the input's, whose step is given."""

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
        """The real number that integer 1 stands for in a layer's output, or in the input."""
        return float(self.of(name).step.detach())

    def all(self) -> list[Grid]:
        """Every grid, the grid of the input first."""
        return [grid for grid in self if isinstance(grid, Grid)]


def grid_numbers(network: Network) -> dict[str, int]:
    """The number of the grid of every tensor, by layer name and `input`, from 0 (the input's grid).

    Layers that compute nothing (max pooling, flatten, reorganise) pass the integers of their input
    on, so they share its grid. The inputs of a `concat` must have the same step, so they share one
    grid too.
    """
    parent: dict[str, str] = {"input": "input"}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for layer in network.layers:
        parent[layer.name] = layer.name
        if layer.operator not in _OWN:
            # The earliest tensor of a group represents the group, because the step of the input is
            # given.
            order = ["input", *(other.name for other in network.layers)]
            roots = sorted({root(name) for name in (layer.name, *layer.inputs)}, key=order.index)
            for other in roots:
                parent[other] = roots[0]
    numbers: dict[str, int] = {}
    for name in parent:
        numbers.setdefault(root(name), len(numbers))
    return {name: numbers[root(name)] for name in parent}
