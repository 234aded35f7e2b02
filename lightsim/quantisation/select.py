"""Which weights a network gets: trained ones where they exist, seeded random ones elsewhere."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme
from lightsim.quantisation.elements import element_types, input_types
from lightsim.quantisation.stored.trained import load_trained, trained_schemes
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.quantisation.workload import Workload

__all__ = ["check_applicable", "quantise"]


def quantise(network: Network, scheme: Scheme, seed: int, *, outline: bool = False) -> Workload:
    """The workload of `network` under `scheme`: trained if it can be, else synthetic with `seed`.

    In `outline` it is one for mapping and timing: random weights are not drawn, but for the k of
    the filters.

    Raises `InputError` for a network that the scheme cannot serve: one without weights, a mean
    of 1-bit activations (a mean of signs is not a sign), or a join of different types.
    """
    check_applicable(network, scheme)
    if scheme.name in trained_schemes(network):
        return load_trained(network, scheme)
    return synthetic_workload(network, scheme, seed, outline=outline)


def check_applicable(network: Network, scheme: Scheme) -> None:
    """Raises `InputError` for a network that the scheme cannot serve, as `quantise` says."""
    if not any(layer.has_weights for layer in network.layers):
        raise InputError(
            network.name, "has no layer with weights to quantise", "add a conv2d or dense layer"
        )
    types = element_types(network, scheme)
    for layer in network.layers:
        if layer.operator not in ("average_pool", "global_pool"):
            continue
        if input_types(network, layer, types)[0].bits == 1:
            raise InputError(
                f"{network.name}, layer '{layer.name}'",
                f"{layer.operator} takes the mean of 1-bit activations under '{scheme.name}'",
                "use max_pool, or binary_activations = false",
            )
