"""The keys a network file may hold; each description is the answer to a wrong value."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lightsim.network.activations import Activation
from lightsim.network.layer import Operator

__all__ = [
    "AddEntry",
    "ConcatEntry",
    "ConvolutionEntry",
    "DenseEntry",
    "Entry",
    "InputEntry",
    "JoinEntry",
    "LayerEntry",
    "NetworkEntry",
    "PoolEntry",
    "ReorganiseEntry",
    "SingleEntry",
    "TrainedEntry",
]

# Operators of files that are written with those of layers.
Written = Literal[
    "conv1d", "max_pool1d", "average_pool1d", "global_max_pool", "matmul", "conv_transpose2d",
]  # fmt: skip

LARGEST = 65536
"""The largest side, kernel or filter count: beyond it, a slip of the hand asks for terabytes."""


_COUNT = f"a whole number from 1 to {LARGEST}"
_PAIR = f"{_COUNT}, or [height, width]"
_Extent = Annotated[int, Field(ge=1, le=LARGEST)]
_Sides = _Extent | Annotated[list[_Extent], Field(min_length=2, max_length=2)]
_Edge = Annotated[int, Field(ge=0, le=LARGEST)]
_RowEdges = _Edge | Literal["same"] | Annotated[list[_Edge], Field(min_length=2, max_length=2)]
_Edges = _Edge | Literal["same"] | Annotated[list[_Edge], Field(min_length=4, max_length=4)]

# Keys that may be left out have their own type: a description inside `X | None` would be lost.
Count = Annotated[_Extent, Field(description=_COUNT)]
CountOrNone = Annotated[_Extent | None, Field(description=_COUNT)]
Pair = Annotated[_Sides, Field(description=_PAIR)]
PairOrNone = Annotated[_Sides | None, Field(description=_PAIR)]
Edges = Annotated[
    _Edges, Field(description=f"0 to {LARGEST}, 'same', or [top, left, bottom, right]")
]
EvenEdges = Annotated[
    _Edge | Annotated[list[_Edge], Field(min_length=2, max_length=2)],
    Field(description=f"0 to {LARGEST}, or [height, width]"),
]
RowEdges = Annotated[_RowEdges, Field(description=f"0 to {LARGEST}, 'same', or [left, right]")]
Name = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$",
        max_length=64,
        description="up to 64 letters, digits, '_', '-' and '.', a letter or digit first",
    ),
]
NameOrNone = Annotated[str | None, Field(description="the name of an earlier layer, or 'input'")]
Text = Annotated[str, Field(pattern=r"\S", description="a text that is not empty")]
Flag = Annotated[bool, Field(description="true or false")]
Bits = Annotated[int, Field(ge=1, le=8, description="a whole number from 1 to 8")]
BitsOrNone = Annotated[int | None, Field(ge=1, le=8, description="a whole number from 1 to 8")]
FlagOrNone = Annotated[bool | None, Field(description="true or false")]
ActivationName = Annotated[Activation, Field(description=", ".join(get_args(Activation)))]
_LOOKED_UP = tuple(name for name in get_args(Activation) if name != "sign")


def _of_bytes(name: str) -> str:
    if name == "sign":
        raise ValueError
    return name


ByteActivation = Annotated[
    Activation, AfterValidator(_of_bytes), Field(description=", ".join(_LOOKED_UP))
]
# What a sum of two branches may be clamped by.
SumActivation = Annotated[
    Literal["none", "relu"],
    Field(description="none or relu (another one is a layer requantise behind it)"),
]


class Entry(BaseModel):
    """A table of a network file: exact types, and no key that is not listed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InputEntry(Entry):
    """`[input]`: the shape and integer type of one image."""

    channels: Count
    height: Count
    width: Count
    bits: Bits = 8
    signed: Flag = False


class TrainedEntry(Entry):
    """`[trained]`: weights that were trained for this network, and images to judge them by."""

    weights: Annotated[
        dict[str, str],
        Field(min_length=1, description="a table of npz files by scheme, as flightnn = 'w.npz'"),
    ]
    provenance: Text
    held_out: Annotated[str | None, Field(min_length=1, description="an npz file of images")] = None
    data: Text = "labelled images"
    fingerprint: Annotated[
        str | None,
        Field(pattern=r"^[0-9a-f]{16}$", description="16 hexadecimal digits, as training wrote"),
    ] = None
    dataset: Annotated[str | None, Field(min_length=1, description="the name of a data set")] = None
    test_images: Annotated[int | None, Field(ge=1, description="a whole number from 1")] = None
    accuracy: Annotated[
        dict[str, Annotated[float, Field(ge=0, le=1)]],
        Field(description="a table of shares from 0 to 1 by scheme, as flightnn = 0.995"),
    ] = {}


class NetworkEntry(Entry):
    """The whole file; the tables inside are checked one by one, so that errors can name them."""

    name: Name
    title: Text
    source: Text
    binary_activations: Flag = False
    activation_bits: Bits = 8
    outputs: Annotated[
        list[str] | None, Field(min_length=1, description="a list of names of layers")
    ] = None
    input: Annotated[dict[str, Any], Field(description="a table [input]")]
    layer: Annotated[
        list[dict[str, Any]], Field(min_length=1, description="one [[layer]] block for each layer")
    ]
    trained: Annotated[dict[str, Any] | None, Field(description="a table [trained]")] = None


class LayerEntry(Entry):
    """`[[layer]]`: what every operator has."""

    name: Name
    operator: Annotated[Operator | Written, Field(description="the name of an operator")]


class SingleEntry(LayerEntry):
    """An operator with one input, by default the previous layer (`global_pool`, `flatten`)."""

    input: NameOrNone = None


class ConvolutionEntry(SingleEntry):
    """`conv2d`."""

    filters: Count
    kernel: Pair
    stride: Pair = 1
    padding: Edges = 0
    dilation: Pair = 1
    groups: CountOrNone = None
    depthwise: Flag = False
    activation: ActivationName = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None
    bias: Flag = True


class DenseEntry(SingleEntry):
    """`dense`: a convolution whose kernel is the whole image."""

    filters: Count
    activation: ActivationName = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None
    bias: Flag = True


class PoolEntry(SingleEntry):
    """`max_pool`, `average_pool`: the stride is the kernel unless given."""

    kernel: Pair
    stride: PairOrNone = None
    padding: Edges = 0
    ceil_mode: Flag = False
    count_padding: Flag = True


class ReorganiseEntry(SingleEntry):
    """`reorganise`: space to depth with square blocks of `stride` by `stride`."""

    stride: Count = 2


class JoinEntry(LayerEntry):
    """An operator with several inputs."""

    inputs: Annotated[
        list[str], Field(min_length=2, description="a list of two or more names of earlier layers")
    ]


class ConcatEntry(JoinEntry):
    """`concat`: the channels of its inputs, in the order in which they are named."""


class AddEntry(JoinEntry):
    """`add`: the sum of two residual branches."""

    inputs: Annotated[
        list[str],
        Field(min_length=2, max_length=2, description="a list of two names of earlier layers"),
    ]
    activation: SumActivation = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None
