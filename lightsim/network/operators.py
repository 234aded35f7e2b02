"""The operators a network may use: for each, its keys in a file and its rule for shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lightsim.errors import InputError
from lightsim.network.entries import (
    AddEntry,
    ConcatEntry,
    ConvolutionEntry,
    DenseEntry,
    InterleaveEntry,
    LayerEntry,
    MatrixEntry,
    MultiplyEntry,
    PoolEntry,
    ReorganiseEntry,
    RequantiseEntry,
    RowConvolutionEntry,
    RowPoolEntry,
    SingleEntry,
    TransposedEntry,
    UpsampleEntry,
)
from lightsim.network.layer import Layer, reach_of
from lightsim.network.one_row import as_image_convolution, check_one_row
from lightsim.network.pooling import global_max_pool, global_pool, pool, row_pool
from lightsim.network.resizing import interleave, multiply, upsample
from lightsim.network.site import Site
from lightsim.network.tensor import TensorShape
from lightsim.network.transposed import transposed
from lightsim.network.window import as_padding, as_pair, window_positions

__all__ = ["OPERATORS", "OperatorRow", "Site"]


def _convolution(entry: ConvolutionEntry, site: Site) -> Layer:
    image = site.shapes[0]
    kernel, stride = as_pair(entry.kernel), as_pair(entry.stride)
    # A single tap lies nowhere apart.
    down, across = as_pair(entry.dilation)
    dilation = (down if kernel[0] > 1 else 1, across if kernel[1] > 1 else 1)
    reach = reach_of(kernel, dilation)
    padding = as_padding(entry.padding, image, reach, stride)
    groups = _groups(entry, image.channels, site.where)
    high, wide = window_positions(image, reach, stride, padding, site.where)
    return Layer(
        name=entry.name,
        operator="conv2d",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(entry.filters, high, wide),
        kernel=kernel,
        stride=stride,
        padding=padding,
        groups=groups,
        activation=entry.activation,
        activation_bits=entry.activation_bits,
        activation_signed=entry.activation_signed,
        bias=entry.bias,
        dilation=dilation,
    )


def _row_convolution(entry: RowConvolutionEntry, site: Site) -> Layer:
    check_one_row(entry, site.shapes[0], site.where)
    return _convolution(as_image_convolution(entry), site)


def _matrix(entry: MatrixEntry, site: Site) -> Layer:
    own = entry.model_dump() | {"operator": "conv2d", "kernel": 1}
    return _convolution(ConvolutionEntry(**own), site)


def _groups(entry: ConvolutionEntry, channels: int, where: str) -> int:
    """The number of groups; both the input's channels and the filters must divide by it."""
    if entry.depthwise and entry.groups is not None:
        raise InputError(
            where,
            f"depthwise is true and groups is {entry.groups}",
            f"accepted: one of the two (depthwise means groups = {channels} here)",
        )
    groups = channels if entry.depthwise else (entry.groups or 1)
    if entry.depthwise:
        accepted = f"accepted: filters that are a multiple of {channels}"
    else:
        accepted = f"accepted: a divisor of {channels} input channels and {entry.filters} filters"
    for what, count in (("input channels", channels), ("filters", entry.filters)):
        if count % groups:
            raise InputError(where, f"{groups} groups do not divide {count} {what}", accepted)
    return groups


def _dense(entry: DenseEntry, site: Site) -> Layer:
    image = site.shapes[0]
    return Layer(
        name=entry.name,
        operator="dense",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(entry.filters, 1, 1),
        kernel=(image.height, image.width),
        activation=entry.activation,
        activation_bits=entry.activation_bits,
        activation_signed=entry.activation_signed,
        bias=entry.bias,
    )


def _add(entry: AddEntry, site: Site) -> Layer:
    first, second = site.shapes
    if first != second:
        raise InputError(
            site.where,
            f"adds '{site.inputs[0]}' of {first} to '{site.inputs[1]}' of {second}",
            "accepted: two inputs of one shape",
        )
    return Layer(
        name=entry.name,
        operator="add",
        inputs=site.inputs,
        input_shape=first,
        output_shape=first,
        activation=entry.activation,
        activation_bits=entry.activation_bits,
        activation_signed=entry.activation_signed,
    )


def _concat(entry: ConcatEntry, site: Site) -> Layer:
    first = site.shapes[0]
    for name, shape in zip(site.inputs, site.shapes, strict=True):
        if (shape.height, shape.width) != (first.height, first.width):
            raise InputError(
                site.where,
                f"joins '{site.inputs[0]}' of {first} with '{name}' of {shape}",
                f"accepted: inputs of {first.height}x{first.width}",
            )
    channels = sum(shape.channels for shape in site.shapes)
    return Layer(
        name=entry.name,
        operator="concat",
        inputs=site.inputs,
        input_shape=first,
        output_shape=TensorShape(channels, first.height, first.width),
    )


def _flatten(entry: SingleEntry, site: Site) -> Layer:
    """Channel, row, column order."""
    image = site.shapes[0]
    return Layer(
        name=entry.name,
        operator="flatten",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(image.elements, 1, 1),
    )


def _requantise(entry: RequantiseEntry, site: Site) -> Layer:
    image = site.shapes[0]
    return Layer(
        name=entry.name,
        operator="requantise",
        inputs=site.inputs,
        input_shape=image,
        output_shape=image,
        activation=entry.activation,
        activation_bits=entry.activation_bits,
        activation_signed=entry.activation_signed,
    )


def _reorganise(entry: ReorganiseEntry, site: Site) -> Layer:
    """Space to depth: output channel (dy * stride + dx) * C + c holds channel c, offset (dy, dx).

    Output row y and column x come from input row y * stride + dy and column x * stride + dx.
    """
    image, block = site.shapes[0], entry.stride
    if image.height % block or image.width % block:
        raise InputError(
            site.where,
            f"stride {block} does not divide the input of {image.height}x{image.width}",
            "accepted: a stride that divides both sides",
        )
    return Layer(
        name=entry.name,
        operator="reorganise",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(
            image.channels * block * block, image.height // block, image.width // block
        ),
        stride=(block, block),
    )


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator's keys in a file and its rule: (entry, site) -> layer with its shapes.

    Some are written with several layers, of which the last has the entry's name.
    """

    entry: type[LayerEntry]
    infer: Callable[[Any, Site], Layer | tuple[Layer, ...]]


OPERATORS: dict[str, OperatorRow] = {
    "conv2d": OperatorRow(ConvolutionEntry, _convolution),
    "dense": OperatorRow(DenseEntry, _dense),
    "max_pool": OperatorRow(PoolEntry, pool),
    "average_pool": OperatorRow(PoolEntry, pool),
    "global_pool": OperatorRow(SingleEntry, global_pool),
    "add": OperatorRow(AddEntry, _add),
    "concat": OperatorRow(ConcatEntry, _concat),
    "flatten": OperatorRow(SingleEntry, _flatten),
    "reorganise": OperatorRow(ReorganiseEntry, _reorganise),
    "requantise": OperatorRow(RequantiseEntry, _requantise),
    "upsample": OperatorRow(UpsampleEntry, upsample),
    "interleave": OperatorRow(InterleaveEntry, interleave),
    "multiply": OperatorRow(MultiplyEntry, multiply),
    # Written with the operators above: no layer of a network is one of these.
    "conv1d": OperatorRow(RowConvolutionEntry, _row_convolution),
    "max_pool1d": OperatorRow(RowPoolEntry, row_pool),
    "average_pool1d": OperatorRow(RowPoolEntry, row_pool),
    "global_max_pool": OperatorRow(SingleEntry, global_max_pool),
    "matmul": OperatorRow(MatrixEntry, _matrix),
    "conv_transpose2d": OperatorRow(TransposedEntry, transposed),
}
