"""A network whose filters get a k: its reference workload, and every filter at every k."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.calibration import calibration_images
from lightsim.quantisation.per_filter import (
    KMap,
    RoundedLayer,
    reference_scheme,
    round_filters,
    with_k,
)
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import Workload

__all__ = ["RoundedNetwork", "rounded_network_of", "uniform"]


@dataclass(frozen=True, slots=True, eq=False)
class RoundedNetwork:
    """A reference workload, its filters at every k, and the images that calibrated the rounding.

    `lightsim run --k FILE` with the same k runs the workload `with_k(k)`, bit for bit.
    """

    reference: Workload
    rounded: Mapping[str, RoundedLayer]
    calibration: NDArray[np.int16]
    weights: str

    @property
    def filters(self) -> dict[str, int]:
        """The number of filters of every layer with weights, in the network's order."""
        return {name: len(layer.weights[0]) for name, layer in self.rounded.items()}

    @property
    def last(self) -> str:
        """The last layer with weights; each of its filters is an output of the network."""
        return list(self.rounded)[-1]

    def with_k(self, k: KMap) -> Workload:
        """The `flightnn` workload with `k`; raises `InputError` if `k` lacks a layer or a
        filter."""
        return with_k(self.reference, self.rounded, k)


def rounded_network_of(
    network: Network, *, seed: int = 0, weights: str | None = None
) -> RoundedNetwork:
    """The rounded network of `network`, ready for any k. It has the weights of the scheme `weights`
    (default: `reference_scheme`), trained weights if the network has them."""
    weights = reference_scheme(network) if weights is None else weights
    reference = quantise(network, scheme(weights), seed)
    images = calibration_images(reference)
    return RoundedNetwork(reference, round_filters(reference, images), images, weights)


def uniform(rounded_network: RoundedNetwork, terms: int) -> dict[str, NDArray[np.int8]]:
    """The same k for every filter."""
    return {name: np.full(count, terms, np.int8) for name, count in rounded_network.filters.items()}
