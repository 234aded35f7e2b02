"""`sensitivity`: the error that each filter's rounding adds to the network's output.

Every filter is rounded by itself to 0, 1 or 2 terms and run on calibration images by the bit-exact
kernels. If there are few enough products, the error of every filter is carried to the network's
output. Otherwise the error energy of the filter's own output is multiplied by the gain of its
layer. The gain is the energy at the network's output over the energy at the layer's output, with
one term in all filters of the layer. Energies are shares of the output's own energy about its mean.
They are added over filters as if the errors were independent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.propagation import Propagation
from dse.accuracy.rounded_network import RoundedNetwork
from dse.accuracy.source import Losses, total_loss
from lightsim.descriptions import check_fields
from lightsim.quantisation.inference.layer_output import Activations
from lightsim.quantisation.per_filter import KMap

__all__ = ["SensitivityModel", "sensitivity"]

# Up to so many products the error of each filter is carried to the output by itself.
_PRODUCTS = 8_000_000_000
_MOST_IMAGES = 64
_TERMS = (0, 1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class SensitivityModel:
    """The losses of all filters. `granularity` is `filters` if the error of each filter was carried
    to the output, `layers` if the gains of layers were used."""

    losses: Losses
    granularity: str
    name: str = "sensitivity"

    def __post_init__(self) -> None:
        check_fields(self)

    def evaluate(self, k: KMap) -> float:
        """The share of the output's energy that is signal and not error: 1 without any loss.

        The share rises with accuracy but is not an accuracy.
        """
        return 1 / (1 + total_loss(self.losses, k))


def sensitivity(rounded_network: RoundedNetwork, *, products: int = _PRODUCTS) -> SensitivityModel:
    """The sensitivity model of a network, by its own calibration images; the result is always the
    same for the same network.

    `products` is the most multiplications that may be spent to carry errors of single filters to
    the output.
    """
    images = rounded_network.calibration[:_MOST_IMAGES]
    carrying = Propagation(rounded_network.reference, images)
    spent = sum(
        len(_TERMS) * count * carrying.products_after(name)
        for name, count in rounded_network.filters.items()
    )
    single = spent <= products
    losses = {
        name: (_by_filter if single else _by_layer)(rounded_network, carrying, name)
        for name in rounded_network.rounded
    }
    return SensitivityModel(losses, "filters" if single else "layers")


def _variants(
    rounded_network: RoundedNetwork, carrying: Propagation, name: str
) -> Mapping[int, Activations]:
    """The layer's output for each k, with this k in all filters."""
    rounded, count = rounded_network.rounded[name], rounded_network.filters[name]
    return {
        terms: carrying.output_of(rounded.at(np.full(count, terms, np.int8))) for terms in _TERMS
    }


def _by_filter(
    rounded_network: RoundedNetwork, carrying: Propagation, name: str
) -> NDArray[np.float64]:
    """The losses float64[out, 3] of a layer's filters at k = 0, 1, 2, each carried to the output by
    itself."""
    losses = np.empty((rounded_network.filters[name], len(_TERMS)))
    for terms, outputs in _variants(rounded_network, carrying, name).items():
        losses[:, terms] = carrying.energies_of_channels(name, outputs)
    return losses


def _by_layer(
    rounded_network: RoundedNetwork, carrying: Propagation, name: str
) -> NDArray[np.float64]:
    """The losses float64[out, 3] of a layer's filters at k = 0, 1, 2: the error energy of each
    filter times the gain of its layer."""
    own = np.empty((rounded_network.filters[name], len(_TERMS)))
    variants = _variants(rounded_network, carrying, name)
    for terms, outputs in variants.items():
        own[:, terms] = carrying.own_energies(name, outputs)
    total = float(own[:, 1].sum())
    if total == 0:
        return np.zeros_like(own)
    return own * (carrying.energy_of(name, variants[1]) / total)
