"""One layer of a network: an operator, its attributes and the shapes it joins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from lightsim.descriptions import Positive, Text, Whole, check_fields, refuse
from lightsim.network.activations import Activation
from lightsim.network.tensor import TensorShape
from lightsim.network.trained_files import TrainedFiles

__all__ = ["Layer", "Network", "Operator", "Padding", "reach_of"]

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
    "requantise",
    "upsample",
    "interleave",
    "multiply",
]

Rows = Annotated[int, Whole(-(1 << 30), 1 << 30)]


@dataclass(frozen=True, slots=True)
class Padding:
    """Rows and columns added around an image before the window moves over it.

    Negative ones are left out of the image, which a mapping makes use of and no layer does.
    """

    top: Rows = 0
    left: Rows = 0
    bottom: Rows = 0
    right: Rows = 0

    def __post_init__(self) -> None:
        check_fields(self)

    def __str__(self) -> str:
        return f"{self.top},{self.left},{self.bottom},{self.right}"


def reach_of(kernel: tuple[int, int], dilation: tuple[int, int]) -> tuple[int, int]:
    """What a kernel spans whose taps lie `dilation` apart."""
    return (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer with its shapes inferred.

    `dilation` is how many rows and columns the taps of a convolution's kernel lie apart.
    `inputs` are names of earlier layers, or `input` for the network's own input; `input_shape`
    is the first input's. Attributes that an operator does not use keep their defaults.
    For `dense` the weights are `[filters, channels * height * width]` of its input in channel,
    row, column order, which is a convolution whose kernel is the whole image.
    `activation_bits` and `activation_signed` are those of its output where it does not have those
    of the network (`quantisation.elements` says which they are).
    """

    name: Annotated[str, Text()]
    operator: Operator
    inputs: tuple[str, ...]
    input_shape: TensorShape
    output_shape: TensorShape
    kernel: tuple[Positive, Positive] = (1, 1)
    stride: tuple[Positive, Positive] = (1, 1)
    padding: Padding = Padding()
    groups: Positive = 1
    activation: Activation = "none"
    bias: bool = True
    activation_bits: Annotated[int, Whole(1, 8)] | None = None
    activation_signed: bool | None = None
    dilation: tuple[Positive, Positive] = (1, 1)

    def __post_init__(self) -> None:
        check_fields(self)
        padding = self.padding
        if min(padding.top, padding.left, padding.bottom, padding.right) < 0:
            refuse(self, "padding", padding, "four whole numbers of at least 0")
        if self.input_shape.channels % self.groups or self.output_shape.channels % self.groups:
            accepted = f"a divisor of {self.input_shape.channels} and {self.output_shape.channels}"
            refuse(self, "groups", self.groups, f"{accepted}, its input and output channels")

    @property
    def has_weights(self) -> bool:
        """Whether the layer multiplies by trained weights."""
        return self.operator in ("conv2d", "dense")

    @property
    def reach(self) -> tuple[int, int]:
        """Rows and columns from the first tap of the kernel to behind its last."""
        return reach_of(self.kernel, self.dilation)

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
    8-bit activations and get binary weights alone. `activation_bits` are those of every layer that
    does not state its own. `trained` names the files that its file names
    for its weights; networks of equal layers are equal with or without.
    """

    name: Annotated[str, Text()]
    title: str
    input_shape: TensorShape
    input_bits: Annotated[int, Whole(1, 32)]
    input_signed: bool
    layers: tuple[Layer, ...]
    binary_activations: bool
    source: str
    trained: TrainedFiles | None = field(default=None, compare=False, repr=False)
    outputs: tuple[str, ...] = ()
    activation_bits: Annotated[int, Whole(1, 8)] = 8

    def __post_init__(self) -> None:
        check_fields(self)
        earlier = {"input"}
        for layer in self.layers:
            if layer.name in earlier:
                refuse(self, "the name of a layer", f"'{layer.name}' twice", "each name once")
            for name in layer.inputs:
                if name not in earlier:
                    problem = f"'{name}', which is no earlier layer"
                    refuse(self, f"an input of layer '{layer.name}'", problem, "an earlier layer")
            earlier.add(layer.name)
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
