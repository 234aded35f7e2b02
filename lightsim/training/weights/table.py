"""The table of weight formats: which class rounds the weights of a scheme."""

from __future__ import annotations

from collections.abc import Callable

from lightsim.errors import unknown_name
from lightsim.network.layer import Layer
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
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

__all__ = ["FLOAT", "FORMATS", "exported_scheme", "weight_format"]

FLOAT = "float32"
"""The baseline: trained in float, exported as nothing."""

FORMATS: dict[str, Callable[..., WeightFormat]] = {
    "lightnn1": Levels,
    "lightnn2": Levels,
    "fixed8": FixedWeights,
    "fixed4": FixedWeights,
    "binary": BinaryWeights,
    FLOAT: FloatWeights,
}


def exported_scheme(name: str, options: ModelOptions) -> Scheme:
    """The scheme whose integers a model of scheme `name` becomes; `fixed8`'s types for float.

    Raises `InputError` with the nearest name for one that cannot be trained.
    """
    if name != "flightnn" and name not in FORMATS:
        raise unknown_name("scheme", "scheme", name, [*FORMATS, "flightnn"])
    if name == FLOAT:
        return SCHEMES["fixed8"]
    if name == "lightnn2" and options.lightnn2 == "residual":
        return SCHEMES["flightnn"]
    return SCHEMES[name]


def weight_format(
    name: str, layer: Layer, options: ModelOptions, last: bool, noise: Noise | None
) -> WeightFormat:
    """The rounding of `layer`'s weights under scheme `name`."""
    scheme = exported_scheme(name, options)
    if scheme.k_per_filter:
        return FlightnnWeights(layer, options, last, noise, learns_k=name == "flightnn")
    return FORMATS[name](layer, scheme, options, last, noise)
