"""Operators over one dimension: those of two dimensions over images of one row."""

from __future__ import annotations

from typing import Literal

from lightsim.errors import InputError
from lightsim.network.entries import (
    ConvolutionEntry,
    PoolEntry,
    RowConvolutionEntry,
    RowPoolEntry,
    SingleEntry,
)
from lightsim.network.tensor import TensorShape

_Edges = int | Literal["same"] | list[int]

__all__ = ["as_image_convolution", "as_image_pooling", "check_one_row"]

_POOLS: dict[str, Literal["max_pool", "average_pool"]] = {
    "max_pool1d": "max_pool",
    "average_pool1d": "average_pool",
}


def check_one_row(entry: SingleEntry, image: TensorShape, where: str) -> None:
    """Raise `InputError` for an image of several rows."""
    if image.height != 1:
        twin = "conv2d" if entry.operator == "conv1d" else _POOLS[entry.operator]
        raise InputError(
            where,
            f"reads an image of {image}",
            f"accepted: an image of one row (height = 1), or {twin}",
        )


def as_image_convolution(entry: RowConvolutionEntry) -> ConvolutionEntry:
    """`conv1d` as a convolution of one row."""
    return ConvolutionEntry(
        name=entry.name,
        operator="conv2d",
        input=entry.input,
        filters=entry.filters,
        kernel=[1, entry.kernel],
        stride=[1, entry.stride],
        padding=_edges(entry.padding),
        dilation=[1, entry.dilation],
        groups=entry.groups,
        depthwise=entry.depthwise,
        activation=entry.activation,
        activation_bits=entry.activation_bits,
        activation_signed=entry.activation_signed,
        bias=entry.bias,
    )


def as_image_pooling(entry: RowPoolEntry) -> PoolEntry:
    """`max_pool1d` and `average_pool1d` as poolings of one row."""
    stride = entry.kernel if entry.stride is None else entry.stride
    return PoolEntry(
        name=entry.name,
        operator=_POOLS[entry.operator],
        input=entry.input,
        kernel=[1, entry.kernel],
        stride=[1, stride],
        padding=_edges(entry.padding),
        ceil_mode=entry.ceil_mode,
    )


def _edges(padding: _Edges) -> _Edges:
    """The edges of a row's padding: a number, `"same"`, or [left, right]."""
    if isinstance(padding, str):
        return padding
    left, right = (padding, padding) if isinstance(padding, int) else padding
    return [0, left, 0, right]
