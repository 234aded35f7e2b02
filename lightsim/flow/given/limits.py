"""How large a run may be: what no machine's memory would hold is refused before it is tried."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.layer import Network
from lightsim.units import spell

__all__ = ["check_activations", "check_weights"]

_MOST_PARAMETERS = 1 << 30
"""Seven times the largest network of the zoo; quantising takes about 20 bytes for each."""

_MOST_ACTIVATION_BYTES = 16 << 30
_BYTES_PER_VALUE = 6
"""A simulated activation is held as it lies in memory (2 bytes) and as a result (4 bytes)."""


def check_weights(network: Network) -> None:
    """Raises `InputError` for a network with more parameters than a run could hold."""
    if network.parameters > _MOST_PARAMETERS:
        largest = max(network.layers, key=lambda layer: layer.parameters)
        raise InputError(
            f"{network.name}, layer '{largest.name}'",
            f"has {largest.parameters} of the network's {network.parameters} parameters",
            f"accepted: at most {_MOST_PARAMETERS} in all",
        )


def check_activations(network: Network, images: int) -> None:
    """Raises `InputError` for more images than a run could hold, naming how many it could."""
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
