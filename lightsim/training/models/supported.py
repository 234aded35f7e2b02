"""The layers that can be trained: other layers are refused by name, before anything is built."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme
from lightsim.quantisation.select import check_applicable

__all__ = ["check_trainable"]

_OPERATORS = (
    "conv2d", "dense", "max_pool", "average_pool", "global_pool", "add", "concat", "flatten",
    "reorganise",
)  # fmt: skip
_ACTIVATIONS = ("none", "relu", "sign")


def check_trainable(network: Network, scheme: Scheme) -> None:
    """Raises `InputError` for an operator or an activation that training has no gradient for, and
    for a network that the scheme cannot serve.
    """
    check_applicable(network, scheme)
    for layer in network.layers:
        for what, value, accepted in (
            ("operator", layer.operator, _OPERATORS),
            ("activation", layer.activation, _ACTIVATIONS),
        ):
            if value not in accepted:
                raise InputError(
                    f"{network.name}, layer '{layer.name}'",
                    f"{what} '{value}' is not trained",
                    f"accepted: {', '.join(accepted)}",
                )
