"""A network's filters rounded to 0, 1, 2 or more terms each, from weights near the real ones.

The *reference* is the network under a format that is near its real weights (`fixed8`). A filter
of integers w becomes s * q with q of at most k terms: s is the step between a twelfth below and
above an octave's middle that leaves the least squared error, and goes into the filter's
multiplier and bias. What the rounding changes of a filter's mean sum, over calibration images,
goes into its bias; a pruned filter is so replaced by its mean. Nothing is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import check_fields
from lightsim.errors import InputError, unknown_name
from lightsim.network.layer import Network
from lightsim.numerics.formats.flightnn import FlightnnCodec
from lightsim.numerics.formats.scheme import PER_FILTER, SCHEMES, Scheme, scheme
from lightsim.numerics.formats.table import codec
from lightsim.numerics.sums.fixed_point import LARGEST_MULTIPLIER
from lightsim.quantisation.calibration import calibration_images, input_means
from lightsim.quantisation.select import quantise
from lightsim.quantisation.stored.trained import trained_schemes
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = [
    "FLIGHTNN",
    "REFERENCE",
    "SHORTEST_STEP",
    "FilterTerms",
    "KMap",
    "RoundedLayer",
    "check_k",
    "check_reference",
    "quantise_with_k",
    "reference_scheme",
    "round_filters",
    "rounded_workload",
    "with_k",
]

KMap = Mapping[str, NDArray[np.int8]]
"""k of every filter, int8[out], of every layer with weights, by the layer's name."""

REFERENCE = "fixed8"
"""The scheme whose weights are rounded to terms, unless another is named or trained."""

FLIGHTNN = PER_FILTER
_STEPS = 2.0 ** (np.arange(-6, 6) / 12)  # one octave: terms are powers of two
SHORTEST_STEP = float(_STEPS[0])
_WIDEST = 256  # no reference weight is larger


@dataclass(frozen=True, slots=True, eq=False)
class FilterTerms:
    """The k of every filter, and the scheme `weights` of the reference to be rounded to it, None
    for the `reference_scheme` of the network."""

    k: KMap
    weights: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, eq=False)
class RoundedLayer:
    """One layer's filters at every k: `weights[k]` int16[out, in / groups, kh, kw], `bias[k]`
    int32[out] and `multiplier[k]` int32[out], under `scheme`."""

    layer: QuantisedLayer
    weights: tuple[NDArray[np.int16], ...]
    bias: tuple[NDArray[np.int32], ...]
    multiplier: tuple[NDArray[np.int32], ...]
    scheme: Scheme = FLIGHTNN

    def at(self, k: NDArray[np.int8]) -> QuantisedLayer:
        """The layer with `k` int8[out] terms in its filters."""
        weights = self.weights[-1].copy()
        bias, multiplier = self.bias[-1].copy(), self.multiplier[-1].copy()
        for terms in range(len(self.weights) - 1):
            chosen = k == terms
            weights[chosen] = self.weights[terms][chosen]
            bias[chosen] = self.bias[terms][chosen]
            multiplier[chosen] = self.multiplier[terms][chosen]
        return replace(
            self.layer, scheme=self.scheme, weights=weights, k=np.asarray(k, np.int8), bias=bias,
            multiplier=multiplier,
        )  # fmt: skip


def quantise_with_k(
    network: Network, terms: FilterTerms, seed: int, to: Scheme = FLIGHTNN
) -> Workload:
    """The workload of `network` under `to`, `flightnn` of some K, with the k of every filter given.

    Raises `InputError` as `quantise`, `round_filters` and `with_k` do.
    """
    chosen = reference_scheme(network) if terms.weights is None else terms.weights
    reference = quantise(network, scheme(chosen), seed)
    check_k(reference, terms.k, to)
    rounded = round_filters(reference, calibration_images(reference), to)
    return with_k(reference, rounded, terms.k, to)


def reference_scheme(network: Network) -> str:
    """The scheme whose weights are rounded unless another is named: `fixed8`, or where only
    others were trained, the one of them that comes nearest to the real weights.

    Raises `InputError` where what was trained cannot be rounded to terms.
    """
    trained = trained_schemes(network)
    if not trained or REFERENCE in trained:
        return REFERENCE
    nearest = _of_terms()
    for name in nearest:
        if name in trained:
            return name
    raise InputError(
        f"k of '{network.name}'",
        f"its weights were trained for {', '.join(trained)} alone",
        f"accepted: weights trained for {', '.join((REFERENCE, *nearest))}",
    )


def _of_terms() -> list[str]:
    """The schemes whose weights are terms in the units of `FLIGHTNN`, the richest first."""
    rows = [r for r in SCHEMES.values() if r.is_shift_add and _same_units(r)]
    return [row.name for row in sorted(rows, key=lambda r: (not r.k_per_filter, -r.max_terms))]


def _same_units(row: Scheme) -> bool:
    return row.fraction_bits == FLIGHTNN.fraction_bits


def round_filters(
    reference: Workload, images: NDArray[np.int16], to: Scheme = FLIGHTNN
) -> dict[str, RoundedLayer]:
    """Every layer with weights at every k, by name; `images` int16[count, ...] calibrate it.

    Raises `InputError` for a reference whose weights are not in units of `flightnn`.
    """
    check_reference(reference)
    means = input_means(reference, images)
    return {
        layer.layer.name: _rounded(layer, means[layer.layer.name], to)
        for layer in reference.layers
        if layer.weights is not None
    }


def with_k(
    reference: Workload, rounded: Mapping[str, RoundedLayer], k: KMap, to: Scheme = FLIGHTNN
) -> Workload:
    """The reference under `to`, as which it is rounded, with the given k of every filter.

    Raises `InputError` unless `k` has 0 to K for every filter of every layer with weights.
    """
    check_k(reference, k, to)
    layers = tuple(
        rounded[layer.layer.name].at(k[layer.layer.name]) if layer.weights is not None else layer
        for layer in reference.layers
    )
    return rounded_workload(reference, layers, to)


def rounded_workload(
    reference: Workload, layers: tuple[QuantisedLayer, ...], to: Scheme = FLIGHTNN
) -> Workload:
    """The reference under `to`, with the given layers in the place of its own."""
    origin = f"{reference.weights_origin}; {reference.scheme.name} rounded to k terms per filter"
    return replace(reference, scheme=to, layers=layers, weights_origin=origin)


def check_reference(reference: Workload) -> None:
    """Raise `InputError` for a reference whose weights are not in units of `flightnn`."""
    if not _same_units(reference.scheme) or reference.scheme.largest > _WIDEST:
        raise InputError(
            f"reference weights of scheme '{reference.scheme.name}'",
            "are not in units of 2**-7"
            if reference.scheme.largest <= _WIDEST
            else "reach beyond 2",
            "accepted: fixed8, lightnn2, lightnn1, flightnn",
        )


def check_k(reference: Workload, k: KMap, to: Scheme = FLIGHTNN) -> None:
    """Raise `InputError` where `k` does not say 0 to K for every filter of the network."""
    accepted = ", ".join(map(str, range(to.max_terms))) + f" or {to.max_terms}"
    filters = {
        layer.layer.name: len(layer.weights)
        for layer in reference.layers
        if layer.weights is not None
    }
    for name in k:
        if name not in filters:
            raise unknown_name("k", "layer", name, filters)
    for name, count in filters.items():
        if name not in k:
            raise InputError(f"k of layer '{name}'", "is missing", f"{count} digits {accepted}")
        own = np.asarray(k[name])
        if own.shape != (count,):
            raise InputError(f"k of layer '{name}'", f"{own.size} values", f"{count}, one a filter")
        if own.size and not (0 <= int(own.min()) <= int(own.max()) <= to.max_terms):
            raise InputError(
                f"k of layer '{name}'", f"values from {own.min()} to {own.max()}", accepted
            )


def _rounded(layer: QuantisedLayer, means: NDArray[np.float64], to: Scheme) -> RoundedLayer:
    assert layer.weights is not None and layer.bias is not None
    parts = [_at_k(layer, means, terms, to) for terms in range(to.max_terms + 1)]
    weights, bias, multiplier = zip(*parts, strict=True)
    return RoundedLayer(layer, weights, bias, multiplier, to)


def _at_k(
    layer: QuantisedLayer, means: NDArray[np.float64], terms: int, to: Scheme
) -> tuple[NDArray[np.int16], NDArray[np.int32], NDArray[np.int32]]:
    """Weights, bias and multiplier of every filter with `terms` terms."""
    assert layer.weights is not None and layer.bias is not None
    steps = _steps(layer)
    values = _levels(steps, terms, to)
    filters = layer.weights.reshape(len(layer.weights), -1)
    places = np.arange(-_WIDEST, _WIDEST + 1)
    error = np.square(places - steps[:, None] * values)
    chosen = np.empty(len(filters), np.int64)
    lost = np.empty(len(filters))
    per_group = len(filters) // layer.layer.groups
    rounded = np.empty_like(filters)
    for number, row in enumerate(filters):
        counts = np.bincount(row.astype(np.int64) + _WIDEST, minlength=len(places))
        allowed = layer.multiplier[number] * steps <= LARGEST_MULTIPLIER
        energies = np.where(allowed, (error * counts).sum(axis=1), np.inf)
        best = chosen[number] = int(np.argmin(energies))
        rounded[number] = values[best][row.astype(np.int64) + _WIDEST]
        left = row - steps[best] * rounded[number]
        lost[number] = float((left * means[number // per_group]).sum())
    step = steps[chosen]
    bias = np.rint((layer.bias + lost) / step).astype(np.int32)
    multiplier = layer.multiplier
    if layer.output.is_requantised:
        multiplier = np.maximum(np.rint(layer.multiplier * step), 1).astype(np.int32)
    return rounded.reshape(layer.weights.shape), bias, multiplier


def _steps(layer: QuantisedLayer) -> NDArray[np.float64]:
    """The steps a filter may have: one where no multiplier can take another.

    A raw output has none, and where all multipliers are 1 the machine may be one that shifts.
    """
    free = layer.output.is_sign or (
        layer.output.is_requantised and bool((layer.multiplier > 1).any())
    )
    return _STEPS if free else np.ones(1)


def _levels(steps: NDArray[np.float64], terms: int, to: Scheme) -> NDArray[np.int16]:
    """The nearest sum of `terms` terms to every reference weight over every step, int16[s, w]."""
    real = np.arange(-_WIDEST, _WIDEST + 1) / steps[:, None] / 2.0**FLIGHTNN.fraction_bits
    k = np.full(len(steps), terms, np.int8)
    written = codec(to.name)
    assert isinstance(written, FlightnnCodec)
    return written.nearest_values(real, k=k)
