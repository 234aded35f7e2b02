"""A network whose k are given, in outline: what `quantise_with_k` makes, without its integers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import ceil

import numpy as np

from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme, scheme
from lightsim.quantisation.per_filter import (
    FLIGHTNN,
    SHORTEST_STEP,
    FilterTerms,
    check_k,
    check_reference,
    quantise_with_k,
    reference_scheme,
    rounded_workload,
)
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import QuantisedLayer, Undrawn, Workload

__all__ = ["outline_with_k"]


def outline_with_k(
    network: Network, terms: FilterTerms, seed: int, to: Scheme = FLIGHTNN
) -> Workload:
    """The workload of `quantise_with_k` for mapping and timing; raises as it does.

    Trained weights are rounded all the same: whether their multipliers are all 1, which decides
    what the machine has to have, is known only then.
    """
    chosen = reference_scheme(network) if terms.weights is None else terms.weights
    reference = quantise(network, scheme(chosen), seed, outline=True)
    if not reference.in_outline:
        return quantise_with_k(network, terms, seed, to)
    check_k(reference, terms.k, to)
    check_reference(reference)

    @cache
    def whole() -> Workload:
        return quantise_with_k(network, terms, seed, to)

    def layer_in_outline(layer: QuantisedLayer) -> QuantisedLayer:
        if layer.undrawn is None:
            return layer
        name = layer.layer.name
        undrawn = Undrawn(_reach(layer), lambda: whole().layer(name))
        k = np.asarray(terms.k[name], np.int8)
        return replace(layer, scheme=to, k=k, undrawn=undrawn)

    return rounded_workload(reference, tuple(map(layer_in_outline, reference.layers)), to)


def _reach(layer: QuantisedLayer) -> int:
    """A number that no sum of the rounded layer exceeds, whatever its k.

    A reference filter w is rounded to s q; left = w - s q is no more than w, or a unit or two
    where the least term is too large. The bias gives back what `left` is of the mean inputs, so
    that s times a sum is the reference's and sum(left * (mean - x)).
    """
    assert layer.weights is not None and layer.scheme is not None and layer.undrawn is not None
    element, size = layer.inputs[0], layer.weights[0].size
    left = (layer.scheme.largest + 2) * size * (element.highest - element.lowest)
    reach: int = ceil((layer.undrawn.reach + left) / SHORTEST_STEP) + 1
    return reach
