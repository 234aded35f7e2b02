"""The limits of a run: runs too large for any machine's memory are refused before they start."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.layer import Network
from lightsim.units import spell

__all__ = ["check_activations", "check_weights"]

_MOST_PARAMETERS = 1 << 30
"""Seven times the parameters of the largest zoo network; quantising takes about 20 bytes each."""

_MOST_ACTIVATION_BYTES = 16 << 30
_BYTES_PER_VALUE = 6
"""A simulated activation takes 2 bytes in the modelled memory and 4 bytes as a result."""


def check_weights(network: Network) -> None:
    """Raises `InputError` for a network with more parameters than a run can hold."""
    if network.parameters > _MOST_PARAMETERS:
        largest = max(network.layers, key=lambda layer: layer.parameters)
        raise InputError(
            f"{network.name}, layer '{largest.name}'",
            f"has {largest.parameters} of the network's {network.parameters} parameters",
            f"accepted: at most {_MOST_PARAMETERS} in all",
        )


def check_activations(network: Network, images: int) -> None:
    """Raises `InputError` for more images than a run can hold, with the largest number."""
    values = network.input_shape.elements
    values += sum(layer.output_shape.elements for layer in network.layers)
    most = _MOST_ACTIVATION_BYTES // (values * _BYTES_PER_VALUE)
    if images <= most:
        return
    need = spell(values * _BYTES_PER_VALUE, "B")
    if most == 0:
        raise InputError(
            network.name,
            f"one image's activations take {need}",
            f"accepted: at most {spell(_MOST_ACTIVATION_BYTES, 'B')}",
        )
    raise InputError(
        "images",
        f"{images}, and each takes {need} of activations in '{network.name}'",
        f"accepted: 1 to {most}",
    )
