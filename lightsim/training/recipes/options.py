"""The options of a model under training: rounding, forms of weights, scales, regularisers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import check_fields
from lightsim.errors import InputError, unknown_name
from lightsim.network.layer import Network

__all__ = ["DistributionOptions", "FlightnnOptions", "ModelOptions"]

WeightRounding = Literal["nearest", "stochastic"]
Lightnn2Form = Literal["shared_sign", "residual"]
Scale = Literal["calibrated", "learned"]
LossForm = Literal["code", "paper"]
Term = Literal["degeneration", "saturation", "mismatch"]
Regulariser = Literal["kept", "norms"]


@dataclass(frozen=True, slots=True)
class FlightnnOptions:
    """How the k of every filter is learned; docs/training.md has the equations.

    `strengths` are the two strengths of the group lasso, for the first and for any further term;
    `regulariser` says whether it counts the terms that are kept (`kept`) or every residual
    (`norms`); `sharpness` is the slope of the sigmoid that stands for a threshold's step in the
    backward pass. For the share `warm_up` of the epochs every filter keeps k = 2, then the
    strengths grow linearly for the share `ramp`; for the share `frozen` at the end k stays.
    `term_weights` weighs the second term of every filter (1 without): float64[out] by layer.
    """

    strengths: tuple[float, float] = (0.0, 1e-3)
    regulariser: Regulariser = "kept"
    sharpness: float = 10.0
    warm_up: float = 0.1
    ramp: float = 0.2
    frozen: float = 0.25
    term_weights: Mapping[str, NDArray[np.float64]] | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        _refuse_negative("strengths", *self.strengths)
        _check_name("regulariser", self.regulariser, Regulariser)
        if not self.sharpness > 0:
            raise InputError("sharpness", f"{self.sharpness}", "a number above 0")
        _refuse_negative("warm_up, ramp and frozen", self.warm_up, self.ramp, self.frozen)
        if self.warm_up + self.ramp + self.frozen > 1:
            total = self.warm_up + self.ramp + self.frozen
            raise InputError("warm_up, ramp and frozen", f"together {total:g}", "at most 1")


@dataclass(frozen=True, slots=True)
class DistributionOptions:
    """The loss on the distribution of the sums from which binary activations are made.

    `form` selects the equations (`code`: the authors' code, `paper`: the paper's text), `terms` the
    terms that count, and `layers` the layers by name (None: every layer with a one-bit activation).
    During the last `off_last` epochs the loss is off.
    """

    form: LossForm = "code"
    terms: tuple[Term, ...] = ("degeneration", "saturation", "mismatch")
    weight: float = 2.0
    layers: tuple[str, ...] | None = None
    off_last: int = 5

    def __post_init__(self) -> None:
        check_fields(self)
        _check_name("distribution loss", self.form, LossForm)
        for term in self.terms:
            _check_name("distribution loss", term, Term)
        _refuse_negative("distribution loss, weight", self.weight)
        _refuse_negative("distribution loss, off_last", self.off_last)


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """The options of `build_model` besides the network and its scheme.

    `rounding` is the rounding of the weights during training; exported weights always round to
    nearest. `lightnn2` says whether the two terms of a weight share a sign, or each have their own
    sign (`residual`: the format of `flightnn` with k = 2 everywhere). `scale` is the way to set the
    scale of fixed-point weights, and `steps` the way to set the steps of 8-bit activations. With
    `scale_per_filter` every filter of a hidden layer has its own scale, which is folded into the
    filter's multiplier.
    """

    rounding: WeightRounding = "nearest"
    lightnn2: Lightnn2Form = "shared_sign"
    scale: Scale = "calibrated"
    steps: Scale = "calibrated"
    scale_per_filter: bool = False
    flightnn: FlightnnOptions = field(default_factory=FlightnnOptions)
    distribution: DistributionOptions | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        _check_name("rounding", self.rounding, WeightRounding)
        _check_name("lightnn2", self.lightnn2, Lightnn2Form)
        _check_name("scale", self.scale, Scale)
        _check_name("steps", self.steps, Scale)

    def check(self, network: Network) -> None:
        """Raises `InputError` if an option names a part that `network` does not have."""
        filters = {
            layer.name: layer.output_shape.channels for layer in network.layers if layer.has_weights
        }
        if self.distribution is not None:
            for name in self.distribution.layers or ():
                if name not in filters:
                    raise unknown_name("distribution loss", "layer", name, filters)
        for name, weights in (self.flightnn.term_weights or {}).items():
            if name not in filters:
                raise unknown_name("term_weights", "layer", name, filters)
            if np.shape(weights) != (filters[name],) or not (np.asarray(weights) >= 0).all():
                raise InputError(
                    f"term_weights of layer '{name}'",
                    f"shape {list(np.shape(weights))}",
                    f"{filters[name]} numbers of at least 0, one a filter",
                )


def _check_name(where: str, name: str, known: Any) -> None:
    if name not in get_args(known):
        raise unknown_name(where, "choice", name, get_args(known))


def _refuse_negative(where: str, *values: float) -> None:
    for value in values:
        if not 0 <= value < float("inf"):
            raise InputError(where, f"{value:g}", "a number of at least 0")
