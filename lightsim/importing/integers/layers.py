"""One draft and the steps of its tensors as a layer with its integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lightsim.importing.integers.digits import filter_k
from lightsim.importing.integers.filters import filters_of
from lightsim.importing.integers.requantising import Requantiser, as_file, nearest, reach_of
from lightsim.importing.integers.steps import Step
from lightsim.importing.lowering.draft import Draft, Reals
from lightsim.network.layer import Layer
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.sums.fixed_point import ratio
from lightsim.numerics.sums.requantise import Rounding
from lightsim.quantisation.elements import lowest_output
from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["Site", "quantised_layer"]

_LARGEST_SUM = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Site:
    """The layer as the network has it, the types of its tensors, and the steps of all tensors."""

    layer: Layer
    inputs: tuple[ElementType, ...]
    output: ElementType
    steps: Mapping[str, Step]

    @property
    def out(self) -> Step:
        """The step of its output."""
        return self.steps[self.layer.name]


def quantised_layer(
    draft: Draft, site: Site, scheme: Scheme, differing: dict[str, float]
) -> QuantisedLayer:
    """The layer's integers; `differing` takes the share of sums that a file rounds otherwise."""
    if draft.weights is not None:
        return _weighted(draft, site, scheme, differing)
    multiplier, shift, residual = 1, 0, (1, 0)
    operator, ins = site.layer.operator, [site.steps[name].step for name in site.layer.inputs]
    if operator in ("average_pool", "global_pool"):
        window = site.layer.kernel[0] * site.layer.kernel[1]
        multiplier, shift = ratio(ins[0] / (site.out.step * window))
    elif operator == "add":
        multiplier, shift = ratio(ins[0] / site.out.step)
        residual = ratio(ins[1] / site.out.step)
        exact = all(one == two / site.out.step for one, two in zip(
            (multiplier / 2.0**shift, residual[0] / 2.0 ** residual[1]), ins, strict=True
        ))  # fmt: skip
        if site.out.given and not exact:
            differing[site.layer.name] = 1.0
    return QuantisedLayer(
        site.layer, site.inputs, site.output, *_clamp(site),
        multiplier=np.array([multiplier], np.int32), shift=shift, rounding=_rounding(site),
        residual_multiplier=residual[0], residual_shift=residual[1],
    )  # fmt: skip


def _weighted(
    draft: Draft, site: Site, scheme: Scheme, differing: dict[str, float]
) -> QuantisedLayer:
    raw = site.output.bits == 32
    weights, scale = filters_of(draft, scheme, one_scale=raw)
    unit = scale * site.steps[site.layer.inputs[0]].step
    bias = np.zeros(len(weights)) if draft.bias is None else draft.bias
    largest = max(-site.inputs[0].lowest, site.inputs[0].highest)
    found = _requantiser(site, unit, bias, reach_of(weights, largest))
    if found.differing:
        differing[site.layer.name] = found.differing
    k = filter_k(weights, scheme)
    return QuantisedLayer(
        site.layer, site.inputs, site.output, *_clamp(site), scheme, weights, k, found.bias,
        found.multiplier, found.shift, found.rounding,
    )  # fmt: skip


def _requantiser(site: Site, unit: Reals, bias: Reals, reach: Reals) -> Requantiser:
    ones = np.ones(len(unit), np.int32)
    room = _LARGEST_SUM - reach
    if site.output.bits == 32:
        whole = np.clip(np.rint(bias / unit), -room, room)
        return Requantiser(whole.astype(np.int32), ones, 0)
    if site.output.bits == 1:  # unit * acc + bias >= 0 exactly where acc + floor(bias / unit) >= 0
        whole = np.clip(np.floor(bias / unit), -(reach + 1), reach + 1)
        return Requantiser(whole.astype(np.int32), ones, 0)
    out = site.out
    if out.given and site.steps[site.layer.inputs[0]].given:
        rounding = out.rounding if out.rounding in ("half_even", "floor") else "half_up"
        return as_file(unit / out.step, bias / unit, reach, _clamp(site), rounding)
    return nearest(unit / out.step, bias / out.step, reach, _clamp(site))


def _clamp(site: Site) -> tuple[int, int]:
    if site.output.is_requantised:
        lowest = max(site.out.lowest, lowest_output(site.layer, site.output))
        return lowest, site.out.highest
    return site.output.lowest, site.output.highest


def _rounding(site: Site) -> Rounding:
    return site.out.rounding if site.output.is_requantised else "half_up"
