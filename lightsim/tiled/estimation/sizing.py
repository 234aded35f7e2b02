"""Buffers for an array on a board: the practical minimum, then as large as fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import Board, Device, Resources
from lightsim.network.tensor import field_bits
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import (
    Accelerator,
    Accumulator,
    Array,
    Buffer,
    PortAssignment,
    PostProcessing,
    StreamName,
)
from lightsim.tiled.description.products import built_products
from lightsim.tiled.estimation.resources import needed
from lightsim.tiled.estimation.storage import input_word_bits, psum_word_bits, weight_word_bits

__all__ = [
    "MOST_BYTES",
    "PORT_STREAMS",
    "doubled",
    "grown",
    "least_bytes",
    "least_design",
    "post_lanes",
    "within",
]

Number = int | NDArray[np.int64]

# The streams that share a port, by the number of ports.
PORT_STREAMS: dict[int, tuple[tuple[StreamName, ...], ...]] = {
    1: (("input", "weight", "residual", "output"),),
    2: (("input", "residual"), ("weight", "output")),
    3: (("input", "residual"), ("weight",), ("output",)),
    4: (("input",), ("weight",), ("residual",), ("output",)),
}

# Post-processing lanes: enough to keep up with layers of about 128 products per value, such as a
# 1x1 convolution of 128 channels, and at least 16.
_POST_LANES = 16
_LANES_PER_POST_LANE = 128
# Half as many lanes where k differs between filters, because every lane then needs a multiplexer of
# all rows. On the default array of zc706 under flightnn, 16 lanes instead of 8 would save 1.4 %
# (vgg7-cifar10), 1.7 % (resnet18-cifar10) and 1.5 % (resnet20-cifar10) of the cycles; 4 lanes
# instead of 8 would cost 5 %, 7 % and 13 %.
_SORTING_POST_LANES = 8
_LANES_PER_SORTING_POST_LANE = 256
_BANKS = 2
# Words that a block RAM holds at its full width; a shallower memory costs the same.
_BLOCK_WORDS = 512
_LEAST_INPUT_BYTES = 16 * 1024
_LEAST_OUTPUT_BYTES = 8 * 1024
MOST_BYTES = {"input": 128 << 10, "weight": 1024 << 10, "psum": 512 << 10, "output": 64 << 10}
"""The most bytes that a memory is grown to: of a bank, or of all partial sums."""


def least_design(
    board: Board, scheme: Scheme, array: Array, activation_bits: tuple[int, ...] = (8,)
) -> Accelerator:
    """`array` with the board's ports, clock and memory and the smallest practical buffers.

    A weight bank and the psum memory hold 512 words, which is a 3x3 kernel over 28 groups of input
    channels with two terms per weight. An input bank holds 16 KiB and at least 512 words, an output
    bank 8 KiB.
    """
    word = board.port_bits // 8
    accumulator = Accumulator()
    output = Buffer(_LEAST_OUTPUT_BYTES, _BANKS)
    psum_word = psum_word_bits(array, accumulator.bits)
    inputs = input_word_bits(array, board.port_bits, field_bits(activation_bits[-1]))
    least = least_bytes(inputs, weight_word_bits(array, scheme), psum_word, word)
    kinds = "+".join(dict.fromkeys(group.pe for group in array.groups))
    return Accelerator(
        name=f"{board.name}-{scheme.name}-{kinds}-{array.rows}x{array.columns}x{array.pixels}",
        board=board.name,
        scheme=scheme.name,
        clock_hz=board.clock_hz,
        array=array,
        accumulator=accumulator,
        post=PostProcessing(post_lanes(array.lanes, scheme, word)),
        input=Buffer(int(least["input"]), _BANKS),
        weight=Buffer(int(least["weight"]), _BANKS),
        residual=output,
        output=output,
        psum_bytes=int(least["psum"]),
        memory=board.memory,
        ports=tuple(PortAssignment(streams) for streams in PORT_STREAMS[board.port_count]),
        port_bits=board.port_bits,
        products_per_dsp=built_products(array, scheme, board.device),
        activation_bits=activation_bits,
    )


def least_bytes(
    input_bits: Number, weight_bits: Number, psum_bits: Number, word: int
) -> dict[str, Number]:
    """The smallest practical bytes of a bank, by memory; automatic memories grow from this size.

    `input_bits`, `weight_bits` and `psum_bits` are the widths of the words of the memories, as
    numbers or arrays; `word` is the port width in bytes.
    """
    weight = -(-_BLOCK_WORDS * weight_bits // 8)
    return {
        "input": np.maximum(_LEAST_INPUT_BYTES, _BLOCK_WORDS * input_bits // 8),
        "weight": -(-weight // word) * word,
        "output": np.full_like(weight, _LEAST_OUTPUT_BYTES),
        "psum": _BLOCK_WORDS * psum_bits // 8,
    }


def post_lanes(lanes: int, scheme: Scheme, word: int) -> int:
    """The number of post-processing lanes for an array of `lanes` lanes: the largest power of two
    that is neither above the number that the array can use nor above the channels of a word.
    """
    wanted = max(_POST_LANES, lanes // _LANES_PER_POST_LANE)
    if scheme.k_per_filter:
        wanted = max(_SORTING_POST_LANES, lanes // _LANES_PER_SORTING_POST_LANE)
    wanted = min(word, wanted)
    return 1 << (wanted.bit_length() - 1)


def grown(acc: Accelerator, device: Device, utilisation: float) -> Accelerator:
    """`acc` with its memories doubled in turn while the design stays in the share `utilisation` of
    `device`.

    The order is input, weight, partial sums, output with residual. A memory stops growing at its
    limit (128 KiB, 1 MiB, 512 KiB, 64 KiB), or when the doubled memory would not fit.
    """
    growing = list(MOST_BYTES)
    while growing:
        for name in tuple(growing):
            larger = doubled(acc, name)
            if larger is None or not within(larger, device, utilisation):
                growing.remove(name)
            else:
                acc = larger
    return acc


def within(acc: Accelerator, device: Device, utilisation: float) -> bool:
    """Whether `acc` needs at most the share `utilisation` of each of the device's resources."""
    return _share_holds(needed(acc, device), device.resources, utilisation)


def _share_holds(used: Resources, available: Resources, utilisation: float) -> bool:
    pairs = zip(used.values(), available.values(), strict=True)
    return all(amount <= utilisation * limit for amount, limit in pairs)


def doubled(acc: Accelerator, name: str) -> Accelerator | None:
    """`acc` with the memory `name` twice as large, or None if it would exceed its limit."""
    most = MOST_BYTES[name]
    if name == "psum":
        psum_bytes = 2 * acc.psum_bytes
        return replace(acc, psum_bytes=psum_bytes) if psum_bytes <= most else None
    if name == "input":
        buffer = _twice(acc.input, most)
        return replace(acc, input=buffer) if buffer else None
    if name == "weight":
        buffer = _twice(acc.weight, most)
        return replace(acc, weight=buffer) if buffer else None
    buffer = _twice(acc.output, most)
    if buffer is None:
        return None
    larger = acc.residual.bytes_per_bank > buffer.bytes_per_bank
    return replace(acc, output=buffer, residual=acc.residual if larger else buffer)


def _twice(buffer: Buffer, most_bytes: int) -> Buffer | None:
    nbytes = 2 * buffer.bytes_per_bank
    return Buffer(nbytes, buffer.banks) if nbytes <= most_bytes else None
