"""FLightNN's weights: the k of every filter follows from thresholds that are trained too.

docs/training.md has the equations, their gradients, and the parts of the paper that were read.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lightsim.network.layer import Layer
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.training.recipes.options import ModelOptions
from lightsim.training.weights.rounding import (
    nearest_power,
    step_sigmoid,
    stochastic_power,
    straight_through,
)
from lightsim.training.weights.scales import best_scales
from lightsim.training.weights.straight_through import Noise, WeightFormat

__all__ = ["FlightnnWeights"]

_SCHEME = SCHEMES["flightnn"]
_LEAST = 2.0 ** (1 - _SCHEME.fraction_bits)  # the smallest term
_MOST = 1.0  # the largest term


class FlightnnWeights(WeightFormat):
    """q = g0 * (R(r0) + g1 * R(r1)) for every filter, with r0 = w / scale, r1 = r0 - R(r0).

    R rounds to a signed power of two. Gate gj is 1 if the 2-norm of the filter's rj is above
    threshold j of the layer, else 0. Without `learns_k` both gates are open (the residual form of
    `lightnn2`). A gate with strength 0 stays open. So does the first gate of the last layer,
    because each filter of the last layer is a class.
    """

    term_weights: Tensor
    frozen: Tensor
    frozen_gates: Tensor

    def __init__(
        self,
        layer: Layer,
        options: ModelOptions,
        last: bool,
        noise: Noise | None,
        learns_k: bool,
    ) -> None:
        super().__init__(layer, _SCHEME, options, last, noise)
        self.options = options.flightnn
        self.learns_k = learns_k
        self.strength_share = 1.0
        self.all_open = False
        if learns_k:
            self.thresholds = nn.Parameter(torch.zeros(2))
            self.register_buffer("frozen", torch.tensor(False))
            self.register_buffer("frozen_gates", torch.ones(2, layer.weight_shape[0], 1, 1, 1))
            given = (self.options.term_weights or {}).get(layer.name)
            weights = np.ones(layer.weight_shape[0]) if given is None else np.asarray(given)
            self.register_buffer("term_weights", torch.tensor(weights, dtype=torch.float32))

    def forward(self, weight: Tensor) -> Tensor:
        """The rounded weights of the class docstring, with a straight-through gradient."""
        scaled = weight / self.scale
        first = self._power(scaled)
        left = scaled - first
        second = self._power(left.detach())
        value = straight_through(scaled, first)
        gates = self.gates(scaled, left)
        if gates is None:
            return (value + second) * self.scale
        return gates[0] * (value + gates[1] * second) * self.scale

    def gates(self, scaled: Tensor, left: Tensor) -> tuple[Tensor, Tensor] | None:
        """Both gates of every filter [out, 1, 1, 1], None if all gates are open."""
        if not self.learns_k or self.all_open:
            return None
        if bool(self.frozen):
            return self.frozen_gates[0], self.frozen_gates[1]
        sharpness = self.options.sharpness
        over = [_norms(part) - t for part, t in zip((scaled, left), self.thresholds, strict=True)]
        first, second = (step_sigmoid(x, sharpness) for x in over)
        # A term without a cost stays open.
        if self.last or self.options.strengths[0] == 0:
            first = torch.ones_like(first)
        if self.options.strengths[1] == 0:
            second = torch.ones_like(second)
        return first, second

    def begin_epoch(self, epoch: int, epochs: int, weight: Tensor) -> None:
        """Set the phase of the epoch: k = 2 everywhere, growing strengths, full strengths, or fixed
        k.
        """
        if not self.learns_k:
            return
        options = self.options
        warm, ramp = options.warm_up * epochs, options.ramp * epochs
        self.all_open = epoch < warm
        self.strength_share = min(1.0, max(0.0, (epoch + 1 - warm) / (ramp + 1)))
        freeze = epoch >= epochs - options.frozen * epochs
        if freeze and not bool(self.frozen):
            with torch.no_grad():
                scaled = weight / self.scale
                gates = self.gates(scaled, scaled - nearest_power(scaled, _LEAST, _MOST))
                if gates is not None:
                    self.frozen_gates.copy_(torch.stack(gates))
        self.frozen.fill_(freeze)

    def rounded(self, weight: Tensor) -> Tensor:
        """The nearest values, over the scale."""
        scaled = weight / self.scale
        first = nearest_power(scaled, _LEAST, _MOST)
        second = nearest_power(scaled - first, _LEAST, _MOST)
        gates = self.gates(scaled, scaled - first)
        if gates is None:
            return first + second
        return gates[0] * (first + gates[1] * second)

    def k(self, weight: Tensor) -> NDArray[np.int8]:
        """The number of open gates of every filter, int8[out]."""
        with torch.no_grad():
            scaled = weight / self.scale
            gates = self.gates(scaled, scaled - nearest_power(scaled, _LEAST, _MOST))
            if gates is None:
                return np.full(len(weight), 2, np.int8)
            k = gates[0] * (1 + gates[1])
        return k.flatten().cpu().numpy().astype(np.int8)

    def residual_norms(self, weight: Tensor) -> NDArray[np.float64]:
        """The 2-norm of each filter's residual after the first term, over the scale,
        float64[out].
        """
        with torch.no_grad():
            scaled = weight / self.scale
            norms = _norms(scaled - nearest_power(scaled, _LEAST, _MOST)).flatten()
        return norms.cpu().numpy().astype(np.float64)

    def penalty(self, weight: Tensor) -> Tensor:
        """The group lasso: strengths times the norms that the terms of each filter have to
        express.
        """
        scaled = weight / self.scale
        left = scaled - nearest_power(scaled, _LEAST, _MOST).detach()
        norms = [_norms(scaled).flatten(), _norms(left).flatten() * self.term_weights]
        gates = self.gates(scaled, left)
        if self.options.regulariser == "kept" and gates is not None:
            first, second = (gate.flatten() for gate in gates)
            norms = [norms[0] * first, norms[1] * first * second]
        first_strength, second_strength = self.options.strengths
        total = first_strength * norms[0].sum() + second_strength * norms[1].sum()
        return total * (0.0 if self.all_open else self.strength_share)

    def calibrate(self, weight: Tensor) -> None:
        """Set the scale with the least rounding error."""
        self.scale.copy_(best_scales(weight, self._both_terms, self.scale))

    def confine(self, weight: Tensor) -> None:
        """Clamp the weights to the range of the format."""
        limit = self.scale * 2 * _MOST
        weight.clamp_(-limit, limit)
        if self.learns_k:
            self.thresholds.data.clamp_(min=0.0)

    def _power(self, r: Tensor) -> Tensor:
        with torch.no_grad():
            if self.noise is None or not self.training:
                return nearest_power(r, _LEAST, _MOST)
            return stochastic_power(r, _LEAST, _MOST, self.noise(r))

    def _both_terms(self, weight: Tensor) -> Tensor:
        scaled = weight / self.scale
        first = nearest_power(scaled, _LEAST, _MOST)
        return first + nearest_power(scaled - first, _LEAST, _MOST)


def _norms(parts: Tensor) -> Tensor:
    """The 2-norm of every filter, [out, 1, 1, 1]; its gradient at zero is zero."""
    norms: Tensor = torch.linalg.vector_norm(parts, dim=(1, 2, 3), keepdim=True)
    return norms
