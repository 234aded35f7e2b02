"""FLightNN's weights: the k of every filter follows from thresholds that are trained too.

docs/training.md has the equations, their gradients, and the parts of the paper that were read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lightsim.network.layer import Layer
from lightsim.numerics.formats.powers import member_of
from lightsim.numerics.formats.scheme import Scheme
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


class FlightnnWeights(WeightFormat):
    """q = g0 * (R(r0) + g1 * (R(r1) + ..)) for every filter, r0 = w / scale, r1 = r0 - R(r0), ..

    There are as many terms as the scheme has. R rounds to a signed power of two. Gate gj is 1 if
    the 2-norm of the filter's rj is above threshold j of the layer, else 0. Without `learns_k` all
    gates are open (the residual form of `lightnn2`). A gate with strength 0 stays open. So does the
    first gate of the last layer, because each filter of the last layer is a class. The second
    strength applies to every term except the first.
    """

    term_weights: Tensor
    frozen: Tensor
    frozen_gates: Tensor

    def __init__(
        self,
        layer: Layer,
        scheme: Scheme,
        options: ModelOptions,
        last: bool,
        noise: Noise | None,
        learns_k: bool,
    ) -> None:
        super().__init__(layer, scheme, options, last, noise)
        low, high = member_of(scheme).exponents
        self.terms, self.least, self.most = scheme.max_terms, 2.0**-high, 2.0**-low
        self.options = options.flightnn
        self.learns_k = learns_k
        self.strength_share = 1.0
        self.all_open = False
        if learns_k:
            self.thresholds = nn.Parameter(torch.zeros(self.terms))
            self.register_buffer("frozen", torch.tensor(False))
            self.register_buffer(
                "frozen_gates", torch.ones(self.terms, layer.weight_shape[0], 1, 1, 1)
            )
            given = (self.options.term_weights or {}).get(layer.name)
            weights = np.ones(layer.weight_shape[0]) if given is None else np.asarray(given)
            self.register_buffer("term_weights", torch.tensor(weights, dtype=torch.float32))

    def forward(self, weight: Tensor) -> Tensor:
        """The rounded weights of the class docstring, with a straight-through gradient."""
        scaled = weight / self.scale
        first = self._power(scaled)
        parts, rounded = [scaled], [straight_through(scaled, first)]
        left = scaled - first
        for _ in range(1, self.terms):
            parts.append(left)
            rounded.append(self._power(left.detach()))
            left = left - rounded[-1]
        return _gated(rounded, self.gates(parts)) * self.scale

    def gates(self, parts: Sequence[Tensor]) -> tuple[Tensor, ...] | None:
        """The gates of every filter [out, 1, 1, 1], one for each term, from the residuals `parts`.

        None if all gates are open.
        """
        if not self.learns_k or self.all_open:
            return None
        if bool(self.frozen):
            return tuple(self.frozen_gates)
        sharpness, found = self.options.sharpness, []
        for number, (part, threshold) in enumerate(zip(parts, self.thresholds, strict=True)):
            gate = step_sigmoid(_norms(part) - threshold, sharpness)
            # A term without a cost stays open.
            kept = self._strength(number) == 0 or (number == 0 and self.last)
            found.append(torch.ones_like(gate) if kept else gate)
        return tuple(found)

    def _strength(self, number: int) -> float:
        return self.options.strengths[min(number, 1)]

    def _parts(self, scaled: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The residual before every term, and its nearest power of two, which passes no
        gradient.
        """
        parts, rounded = [], []
        for _ in range(self.terms):
            parts.append(scaled)
            rounded.append(nearest_power(scaled, self.least, self.most).detach())
            scaled = scaled - rounded[-1]
        return parts, rounded

    def begin_epoch(self, epoch: int, epochs: int, weight: Tensor) -> None:
        """Set the phase of the epoch: k = 2, growing strengths, full strengths, or fixed k."""
        if not self.learns_k:
            return
        options = self.options
        warm, ramp = options.warm_up * epochs, options.ramp * epochs
        self.all_open = epoch < warm
        self.strength_share = min(1.0, max(0.0, (epoch + 1 - warm) / (ramp + 1)))
        freeze = epoch >= epochs - options.frozen * epochs
        if freeze and not bool(self.frozen):
            with torch.no_grad():
                gates = self.gates(self._parts(weight / self.scale)[0])
                if gates is not None:
                    self.frozen_gates.copy_(torch.stack(gates))
        self.frozen.fill_(freeze)

    def rounded(self, weight: Tensor) -> Tensor:
        """The nearest values, over the scale."""
        parts, rounded = self._parts(weight / self.scale)
        return _gated(rounded, self.gates(parts))

    def k(self, weight: Tensor) -> NDArray[np.int8]:
        """The number of open gates of every filter, int8[out]."""
        with torch.no_grad():
            gates = self.gates(self._parts(weight / self.scale)[0])
            if gates is None:
                return np.full(len(weight), self.terms, np.int8)
            k = _gated([torch.ones_like(gate) for gate in gates], gates)
        return k.flatten().cpu().numpy().astype(np.int8)

    def residual_norms(self, weight: Tensor) -> NDArray[np.float64]:
        """The 2-norm of each filter's residual after the first term, over the scale,
        float64[out].
        """
        with torch.no_grad():
            scaled = weight / self.scale
            left = scaled - nearest_power(scaled, self.least, self.most)
        return _norms(left).flatten().cpu().numpy().astype(np.float64)

    def penalty(self, weight: Tensor) -> Tensor:
        """The group lasso: strengths times the norms of the residuals before each filter's
        terms.
        """
        parts, _ = self._parts(weight / self.scale)
        norms = [_norms(part).flatten() for part in parts]
        norms[1:] = [norm * self.term_weights for norm in norms[1:]]
        gates = self.gates(parts)
        if self.options.regulariser == "kept" and gates is not None:
            for number in range(self.terms):
                for gate in gates[: number + 1]:
                    norms[number] = norms[number] * gate.flatten()
        total = self._strength(0) * norms[0].sum()
        for number in range(1, self.terms):
            total = total + self._strength(number) * norms[number].sum()
        return total * (0.0 if self.all_open else self.strength_share)

    def calibrate(self, weight: Tensor) -> None:
        """Set the scale with the least rounding error."""
        self.scale.copy_(best_scales(weight, self._all_terms, self.scale))

    def confine(self, weight: Tensor) -> None:
        """Clamp the weights to the range of the format."""
        limit = self.scale * self.terms * self.most
        weight.clamp_(-limit, limit)
        if self.learns_k:
            self.thresholds.data.clamp_(min=0.0)

    def _power(self, r: Tensor) -> Tensor:
        with torch.no_grad():
            if self.noise is None or not self.training:
                return nearest_power(r, self.least, self.most)
            return stochastic_power(r, self.least, self.most, self.noise(r))

    def _all_terms(self, weight: Tensor) -> Tensor:
        return _gated(self._parts(weight / self.scale)[1], None)


def _gated(terms: Sequence[Tensor], gates: Sequence[Tensor] | None) -> Tensor:
    """g0 * (t0 + g1 * (t1 + ..)); all gates are 1 if `gates` is None."""
    total = terms[-1] if gates is None else gates[-1] * terms[-1]
    for number in range(len(terms) - 2, -1, -1):
        total = terms[number] + total
        if gates is not None:
            total = gates[number] * total
    return total


def _norms(parts: Tensor) -> Tensor:
    """The 2-norm of every filter, [out, 1, 1, 1]; its gradient at zero is zero."""
    norms: Tensor = torch.linalg.vector_norm(parts, dim=(1, 2, 3), keepdim=True)
    return norms
