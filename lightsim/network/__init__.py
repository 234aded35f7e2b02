"""Networks: layers with their shapes, the file that describes them, and the zoo."""

from lightsim.network.layer import Layer, Network, Padding
from lightsim.network.tensor import ElementType, TensorShape
from lightsim.network.writing import dump_network
from lightsim.network.zoo import load_network, zoo_names

__all__ = [
    "ElementType",
    "Layer",
    "Network",
    "Padding",
    "TensorShape",
    "dump_network",
    "load_network",
    "zoo_names",
]
