"""A network as a recipe wants it: narrower, or with other activations than its file says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from lightsim.errors import InputError
from lightsim.network import dump_network
from lightsim.network.layer import Network
from lightsim.network.parsing import parse_network

__all__ = ["Activations", "altered"]

Activations = Literal["bytes", "signs"]

_FILTERS = re.compile(r"filters = (\d+)")


def altered(network: Network, activations: Activations | None, width: float, where: str) -> Network:
    """`network` with `width` times its filters, all layers but the last, and the activations named.

    `signs` makes one bit of every `relu` behind weights, under every scheme; `bytes` keeps all of
    them at 8 bits, under `binary` too. Without either it is the same network. Raises `InputError`
    for a network with grouped convolutions that is to be of another width, and for one that adds
    and is to have signs.
    """
    lines = dump_network(network).splitlines()
    name, title = network.name, network.title
    if width != 1:
        if any(layer.groups > 1 for layer in network.layers):
            problem = f"is {width:g}, and '{network.name}' has grouped convolutions"
            raise InputError(f"{where}: width", problem, "accepted: 1")
        rows = [number for number, line in enumerate(lines) if _FILTERS.fullmatch(line)]
        for number in rows[:-1]:
            count = int(lines[number].rpartition(" ")[2])
            lines[number] = f"filters = {max(1, round(width * count))}"
        name, title = f"{name}-width{100 * width:g}", f"{title}, {width:g} times as wide"
    if activations == "bytes":
        lines = [line.replace("binary_activations = true", "binary_activations = false")
                 for line in lines]  # fmt: skip
    if activations == "signs":
        if any(layer.operator == "add" for layer in network.layers):
            problem = f"is signs, and '{network.name}' adds what they would be"
            raise InputError(f"{where}: activations", problem, "accepted: bytes")
        lines = [line.replace('activation = "relu"', 'activation = "sign"') for line in lines]
        name, title = f"{name}-signs", f"{title}, with activations of one bit"
    if lines == dump_network(network).splitlines():
        return network
    return replace(parse_network("\n".join(lines), where), name=name, title=title)
