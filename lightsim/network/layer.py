"""One layer of a network: an operator, its attributes and the shapes it joins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lightsim.network.tensor import TensorShape
from lightsim.network.trained_files import TrainedFiles

__all__ = ["Activation", "Layer", "Network", "Operator", "Padding"]

Operator = Literal[
    "conv2d",
    "dense",
    "max_pool",
    "average_pool",
    "global_pool",
    "add",
    "concat",
    "flatten",
    "reorganise",
]
Activation = Literal["none", "relu", "sign"]


@dataclass(frozen=True, slots=True)
class Padding:
    """Rows and columns added around an image before the window moves over it."""

    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0

    def __str__(self) -> str:
        return f"{self.top},{self.left},{self.bottom},{self.right}"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer with its shapes inferred.

    `inputs` are names of earlier layers, or `input` for the network's own input; `input_shape`
    is the first input's. Attributes that an operator does not use keep their defaults.
    For `dense` the weights are `[filters, channels * height * width]` of its input in channel,
    row, column order, which is a convolution whose kernel is the whole image.
    """

    name: str
    operator: Operator
    inputs: tuple[str, ...]
    input_shape: TensorShape
    output_shape: TensorShape
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: Padding = Padding()
    groups: int = 1
    activation: Activation = "none"
    bias: bool = True

    @property
    def has_weights(self) -> bool:
        """Whether the layer multiplies by trained weights."""
        return self.operator in ("conv2d", "dense")

    @property
    def filters_of_group(self) -> int:
        """Filters of each group of a grouped convolution; all of them where there is one group."""
        return self.output_shape.channels // self.groups

    @property
    def channels_of_group(self) -> int:
        """Input channels that a filter reads."""
        return self.input_shape.channels // self.groups

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """`[out, in / groups, kernel height, kernel width]` of a layer with weights."""
        return (
            self.output_shape.channels,
            self.channels_of_group,
            self.kernel[0],
            self.kernel[1],
        )

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        if not self.has_weights:
            return 0
        out, inner, high, wide = self.weight_shape
        return out * inner * high * wide + (out if self.bias else 0)

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one image (0 for a layer without weights)."""
        if not self.has_weights:
            return 0
        out, inner, high, wide = self.weight_shape
        return out * inner * high * wide * self.output_shape.height * self.output_shape.width


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its input and its layers in an order in which every input comes earlier.

    `outputs` are the layers whose outputs are the network's, by default those that no later layer
    reads (`ends`); a layer that others read too may be one, every end is. `binary_activations` says
    that under the scheme
    `binary` every `relu` becomes `sign` (1-bit activations); networks that add residuals keep
    8-bit activations and get binary weights alone. `trained` names the files that its file names
    for its weights; networks of equal layers are equal with or without.
    """

    name: str
    title: str
    input_shape: TensorShape
    input_bits: int
    input_signed: bool
    layers: tuple[Layer, ...]
    binary_activations: bool
    source: str
    trained: TrainedFiles | None = field(default=None, compare=False, repr=False)
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.outputs:
            object.__setattr__(self, "outputs", self.ends)

    @property
    def ends(self) -> tuple[str, ...]:
        """The layers that no later layer reads, in order."""
        read = {name for layer in self.layers for name in layer.inputs}
        return tuple(layer.name for layer in self.layers if layer.name not in read)

    def layer(self, name: str) -> Layer:
        """The layer called `name`; raises `KeyError` if there is none."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    @property
    def parameters(self) -> int:
        """The number of weights and biases of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one image."""
        return sum(layer.macs for layer in self.layers)
