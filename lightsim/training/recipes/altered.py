"""A network as a recipe asks for it: narrower, or with other activations than in its file."""

from __future__ import annotations

import tomllib
from typing import Literal

from lightsim.errors import InputError
from lightsim.network import dump_network
from lightsim.network.layer import Network
from lightsim.network.parsing import network_of

__all__ = ["Activations", "altered"]

Activations = Literal["bytes", "signs"]


def altered(
    network: Network,
    activations: Activations | None,
    width: float,
    where: str,
    activation_bits: int | None = None,
) -> Network:
    """`network` with another width or with other activations; unchanged without any argument.

    `width` multiplies the number of filters of all layers except the last. With `signs` every
    `relu` behind weights becomes one bit, under every scheme; with `bytes` every `relu` stays at 8
    bits, even under `binary`. `activation_bits` is the width for all layers that state none. Raises
    `InputError` for another width of a network with grouped convolutions, and for `signs` in a
    network with additions.
    """
    text = dump_network(network)
    table = tomllib.loads(text)
    if width != 1:
        if any(layer.groups > 1 for layer in network.layers):
            problem = f"is {width:g}, and '{network.name}' has grouped convolutions"
            raise InputError(f"{where}: width", problem, "accepted: 1")
        with_filters = [layer for layer in table["layer"] if "filters" in layer]
        for layer in with_filters[:-1]:
            layer["filters"] = max(1, round(width * layer["filters"]))
        table["name"] += f"-width{100 * width:g}"
        table["title"] += f", {width:g} times as wide"
    if activations == "bytes":
        table["binary_activations"] = False
    if activations == "signs":
        if any(layer.operator == "add" for layer in network.layers):
            problem = f"is signs, and '{network.name}' adds what they would be"
            raise InputError(f"{where}: activations", problem, "accepted: bytes")
        for layer in table["layer"]:
            if layer.get("activation") == "relu":
                layer["activation"] = "sign"
        table["name"] += "-signs"
        table["title"] += ", with activations of one bit"
    if activation_bits is not None:
        table["activation_bits"] = activation_bits
        if activation_bits > 1:
            table["binary_activations"] = False
        table["name"] += f"-a{activation_bits}"
        table["title"] += f", with activations of {activation_bits} bits"
    return network if table == tomllib.loads(text) else network_of(table, where)
