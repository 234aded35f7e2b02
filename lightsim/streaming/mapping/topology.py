"""Who reads what in a network, flattens left out: they turn no wire."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.layer import Layer, Network

__all__ = ["Topology"]

_CHANNELWISE = ("max_pool", "average_pool", "global_pool")


class Topology:
    """`readers` of every tensor that an engine makes: names of layers, None for a store."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._layers = {layer.name: layer for layer in network.layers}
        self.readers: dict[str, list[str | None]] = {"input": []}
        for layer in network.layers:
            if layer.operator != "flatten":
                self.readers[layer.name] = []
                for name in layer.inputs:
                    self.readers[self.origin(name)].append(layer.name)
        for name in network.outputs:
            self.readers[self.origin(name)].append(None)

    def origin(self, tensor: str) -> str:
        """The tensor that flows where this one is read: a flatten's is its input's."""
        while tensor != "input" and self._layers[tensor].operator == "flatten":
            tensor = self._layers[tensor].inputs[0]
        return tensor

    def check_flatten(self, layer: Layer) -> None:
        """Raises `InputError` for a flatten of several pixels that other than dense layers read."""
        shape = layer.input_shape
        if shape.height * shape.width == 1:
            return
        for reader in self.network.layers:
            if layer.name in reader.inputs and reader.operator not in ("dense", "flatten"):
                problem = f"is read by '{reader.name}', a {reader.operator}"
                accepted = "accepted by template 'streaming': dense layers"
                raise InputError(f"layer '{layer.name}'", problem, accepted)

    def may_permute(self, layer: Layer) -> bool:
        """Whether the filters of a layer may leave in any order: all that reads them has weights
        for every channel, which are permuted instead."""
        return layer.groups == 1 and self._any_order(layer.name)

    def _any_order(self, tensor: str) -> bool:
        return all(
            reader is not None and self._takes_any_order(self._layers[reader])
            for reader in self.readers[tensor]
        )

    def _takes_any_order(self, layer: Layer) -> bool:
        if layer.operator in _CHANNELWISE:
            return self._any_order(layer.name)
        return layer.operator == "dense" or (layer.operator == "conv2d" and layer.groups == 1)
