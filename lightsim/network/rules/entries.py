"""The keys of operators that make images larger, scale values, or are written with others."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lightsim.network.entries import (
    ActivationName,
    BitsOrNone,
    ByteActivation,
    Count,
    CountOrNone,
    EvenEdges,
    Flag,
    FlagOrNone,
    JoinEntry,
    Pair,
    RowEdges,
    SingleEntry,
)

__all__ = [
    "InterleaveEntry",
    "MatrixEntry",
    "MultiplyEntry",
    "RequantiseEntry",
    "RowConvolutionEntry",
    "RowPoolEntry",
    "TransposedEntry",
    "UpsampleEntry",
]


class RequantiseEntry(SingleEntry):
    """`requantise`: every value scaled, rounded, clamped and, by a table, looked up."""

    activation: ByteActivation = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None


class UpsampleEntry(SingleEntry):
    """`upsample`: every value `scale` times down and across."""

    scale: Pair = 2


class InterleaveEntry(JoinEntry):
    """`interleave`: the values of its inputs in turn, row by row of blocks of `stride`; of the last
    rows and columns `crop` are left out.
    """

    stride: Pair = 2
    crop: EvenEdges = 0


class MultiplyEntry(JoinEntry):
    """`multiply`: two tensors, or a tensor and a vector that has a number for each channel."""

    inputs: Annotated[
        list[str],
        Field(min_length=2, max_length=2, description="a list of two names of earlier layers"),
    ]
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None


class TransposedEntry(SingleEntry):
    """`conv_transpose2d`: read as one convolution for each phase of its stride."""

    filters: Count
    kernel: Pair
    stride: Pair = 1
    padding: EvenEdges = 0
    output_padding: EvenEdges = 0
    activation: ActivationName = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None
    bias: Flag = True


class RowConvolutionEntry(SingleEntry):
    """`conv1d`: a convolution along the columns of an image of one row."""

    filters: Count
    kernel: Count
    stride: Count = 1
    padding: RowEdges = 0
    dilation: Count = 1
    groups: CountOrNone = None
    depthwise: Flag = False
    activation: ActivationName = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None
    bias: Flag = True


class MatrixEntry(SingleEntry):
    """`matmul`: every position's channels times a constant matrix, or `groups` matrices that take
    a share of the channels each.
    """

    filters: Count
    groups: CountOrNone = None
    activation: ActivationName = "none"
    activation_bits: BitsOrNone = None
    activation_signed: FlagOrNone = None
    bias: Flag = False


class RowPoolEntry(SingleEntry):
    """`max_pool1d`, `average_pool1d`: along the columns of an image of one row."""

    kernel: Count
    stride: CountOrNone = None
    padding: RowEdges = 0
    ceil_mode: Flag = False
    count_padding: Flag = True
