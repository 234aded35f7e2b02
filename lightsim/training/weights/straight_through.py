"""The weights of one layer in each scheme: rounded during training, integers at the end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lightsim.network.layer import Layer
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec
from lightsim.training.recipes.options import ModelOptions
from lightsim.training.weights.rounding import (
    nearest_level,
    round_on_grid,
    sign_hard_tanh,
    stochastic_level,
    straight_through,
)
from lightsim.training.weights.scales import best_scales

__all__ = ["BinaryWeights", "FixedWeights", "FloatWeights", "Levels", "WeightFormat"]

Noise = Callable[[Tensor], Tensor]
"""A function that returns uniform numbers in [0, 1) with the shape and device of a tensor."""

_SMALLEST_SCALE = 1e-8


class WeightFormat(nn.Module):
    """How the real weights [out, in / groups, kh, kw] of a layer become the integers of a scheme.

    An integer weight v stands for the real weight scale * v / 2**fraction_bits. `scale` has the
    shape [1, 1, 1, 1], or [out, 1, 1, 1] if every filter has its own scale. `noise` is None for
    rounding to nearest.
    """

    scale: Tensor

    def __init__(
        self, layer: Layer, scheme: Scheme, options: ModelOptions, last: bool, noise: Noise | None
    ) -> None:
        super().__init__()
        self.layer, self.scheme, self.last, self.noise = layer, scheme, last, noise
        own = layer.weight_shape[0] if options.scale_per_filter and not last else 1
        self.register_buffer("scale", torch.ones(own, 1, 1, 1))

    def forward(self, weight: Tensor) -> Tensor:
        """The real values of the rounded weights, with a straight-through gradient."""
        raise NotImplementedError

    def rounded(self, weight: Tensor) -> Tensor:
        """The exported weights over their scale: rounded to nearest, without a gradient."""
        raise NotImplementedError

    def calibrate(self, weight: Tensor) -> None:
        """Choose the scale for the present weights."""

    def confine(self, weight: Tensor) -> None:
        """Clamp weights and scale to their legal ranges after a step of the optimiser."""

    def k(self, weight: Tensor) -> NDArray[np.int8]:
        """The number of terms of every filter, int8[out]."""
        return np.full(len(weight), self.scheme.max_terms, np.int8)

    def values(self, weight: Tensor) -> NDArray[np.int16]:
        """The integers of the exported weights, int16 with the shape of `weight`."""
        with torch.no_grad():
            rounded = self.rounded(weight) * 2.0**self.scheme.fraction_bits
        values: NDArray[np.int16] = np.rint(rounded.cpu().numpy()).astype(np.int16)
        return values


class FloatWeights(WeightFormat):
    """Unrounded weights: the baseline, which no modelled hardware runs."""

    def forward(self, weight: Tensor) -> Tensor:
        """The weights unchanged."""
        return weight


class Levels(WeightFormat):
    """Weights rounded to the nearest of a scheme's values (`lightnn1`, `lightnn2` of shared sign).

    The gradient passes unchanged (Ding et al., LightNN, GLSVLSI 2017, section 4). Weights are
    clamped to the largest value, because beyond it no gradient could bring a weight back.
    """

    magnitudes: Tensor

    def __init__(
        self, layer: Layer, scheme: Scheme, options: ModelOptions, last: bool, noise: Noise | None
    ) -> None:
        super().__init__(layer, scheme, options, last, noise)
        values = codec(scheme.name).representable
        real = values[values >= 0] / 2.0**scheme.fraction_bits
        self.register_buffer("magnitudes", torch.tensor(real, dtype=torch.float32))

    def forward(self, weight: Tensor) -> Tensor:
        """The real values of the rounded weights, with a straight-through gradient."""
        with torch.no_grad():
            u = weight / self.scale
            if self.noise is None or not self.training:
                level = nearest_level(u, self.magnitudes)
            else:
                level = stochastic_level(u, self.magnitudes, self.noise(u))
        return straight_through(weight, level * self.scale)

    def rounded(self, weight: Tensor) -> Tensor:
        """The nearest values, over the scale."""
        return nearest_level(weight / self.scale, self.magnitudes)

    def calibrate(self, weight: Tensor) -> None:
        """Set the scale with the least rounding error."""
        self.scale.copy_(best_scales(weight, self.rounded, self.scale))

    def confine(self, weight: Tensor) -> None:
        """Clamp the weights to the range of the format."""
        limit = self.scale * self.magnitudes[-1]
        weight.clamp_(-limit, limit)


class FixedWeights(WeightFormat):
    """Two's complement of 4 or 8 bits without the lowest value, so that every value can be negated.

    The scale is calibrated, or learned with the weights (LSQ).
    """

    def __init__(
        self, layer: Layer, scheme: Scheme, options: ModelOptions, last: bool, noise: Noise | None
    ) -> None:
        super().__init__(layer, scheme, options, last, noise)
        self.bound = scheme.largest - 1
        self.unit = 2.0**scheme.fraction_bits
        self.learned = options.scale == "learned"
        if self.learned:
            scale = self.scale
            del self.scale
            self.scale = nn.Parameter(scale)

    def forward(self, weight: Tensor) -> Tensor:
        """The real values of the rounded weights, with a straight-through gradient."""
        step = self.scale / self.unit
        nearest = round_on_grid(weight, step, -self.bound, self.bound)
        if self.noise is None or not self.training:
            return nearest
        with torch.no_grad():
            v = (weight / step).clamp(-self.bound, self.bound)
            chosen = torch.floor(v + self.noise(v)) * step
        return straight_through(nearest, chosen)

    def rounded(self, weight: Tensor) -> Tensor:
        """The nearest values, over the scale."""
        v = weight * self.unit / self.scale
        return torch.floor(v + 0.5).clamp(-self.bound, self.bound) / self.unit

    def calibrate(self, weight: Tensor) -> None:
        """Set the scale with the least rounding error."""
        self.scale.data.copy_(best_scales(weight, self.rounded, self.scale.data))

    def confine(self, weight: Tensor) -> None:
        """Keep a learned scale positive."""
        if self.learned:
            self.scale.data.clamp_(min=_SMALLEST_SCALE)


class BinaryWeights(WeightFormat):
    """+1 or -1 with the gradient of hard tanh; real weights are clipped to [-1, 1].

    The sums of the last layer are scaled down; otherwise the softmax would be almost hard.
    """

    def __init__(
        self, layer: Layer, scheme: Scheme, options: ModelOptions, last: bool, noise: Noise | None
    ) -> None:
        super().__init__(layer, scheme, options, last, noise)
        if last:
            fan_in = int(np.prod(layer.weight_shape[1:]))
            self.scale.fill_(2 / fan_in**0.5)

    def forward(self, weight: Tensor) -> Tensor:
        """The signs of the weights, with the gradient of hard tanh."""
        sign = sign_hard_tanh(weight)
        if self.noise is not None and self.training:
            with torch.no_grad():
                up = self.noise(weight) * 2 < weight.clamp(-1, 1) + 1
                chosen = torch.where(up, 1.0, -1.0)
            sign = straight_through(sign, chosen)
        return sign * self.scale

    def rounded(self, weight: Tensor) -> Tensor:
        """The nearest values, over the scale."""
        return torch.where(weight >= 0, 1.0, -1.0)

    def confine(self, weight: Tensor) -> None:
        """Clamp the weights to the range of the format."""
        weight.clamp_(-1, 1)
