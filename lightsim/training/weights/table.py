"""The class that rounds the weights of each scheme."""

from __future__ import annotations

from lightsim.errors import unknown_name
from lightsim.network.layer import Layer
from lightsim.numerics.formats.family import NAMED
from lightsim.numerics.formats.scheme import PER_FILTER, SCHEMES, Scheme
from lightsim.training.recipes.options import ModelOptions
from lightsim.training.weights.flightnn import FlightnnWeights
from lightsim.training.weights.straight_through import (
    BinaryWeights,
    FixedWeights,
    FloatWeights,
    Levels,
    Noise,
    WeightFormat,
)

__all__ = ["FLOAT", "exported_scheme", "weight_format"]

FLOAT = "float32"
"""The baseline scheme: trained in float and never exported."""


def exported_scheme(name: str, options: ModelOptions) -> Scheme:
    """The scheme whose integers a model of scheme `name` becomes; for `float32` the types of
    `fixed8`.

    Raises `InputError` with the nearest name for a scheme that cannot be trained.
    """
    if name == FLOAT:
        return SCHEMES["fixed8"]
    if name not in SCHEMES:
        raise unknown_name("scheme", "scheme", name, [*SCHEMES, *NAMED, FLOAT])
    if name == "lightnn2" and options.lightnn2 == "residual":
        return PER_FILTER
    return SCHEMES[name]


def weight_format(
    name: str, layer: Layer, options: ModelOptions, last: bool, noise: Noise | None
) -> WeightFormat:
    """The rounding of `layer`'s weights under scheme `name`."""
    scheme = exported_scheme(name, options)
    if scheme.k_per_filter:
        learns_k = name == scheme.name
        return FlightnnWeights(layer, scheme, options, last, noise, learns_k=learns_k)
    made = FloatWeights if name == FLOAT else _rounds(scheme)
    return made(layer, scheme, options, last, noise)


def _rounds(scheme: Scheme) -> type[WeightFormat]:
    """The class that rounds the weights of a scheme, from the properties of the scheme."""
    if scheme.is_sign:
        return BinaryWeights
    return Levels if scheme.is_shift_add else FixedWeights
