"""Memory words: how many channels of one pixel share one."""

from __future__ import annotations

from typing import NamedTuple

from lightsim.network.tensor import field_bits
from lightsim.units import ceil_div

__all__ = ["Streamed", "block_channels", "streamed"]


class Streamed(NamedTuple):
    """A pixel of a pooling or addition tile: its words, and the cycles in which the values of a
    word, and those of the last word, leave through the post-processing lanes.
    """

    words: int
    leave: int
    leave_last: int


def streamed(start: int, stop: int, block: int, lanes: int) -> Streamed:
    """The words of channels `start` to `stop`, `block` of them a word; `start` begins a word."""
    channels = stop - start
    words = ceil_div(stop, block) - start // block
    rest = channels - (words - 1) * block
    return Streamed(words, ceil_div(min(block, channels), lanes), ceil_div(rest, lanes))


def block_channels(word_bytes: int, bits: int) -> int:
    """How many channels of `bits` bits one memory word holds, each in a field of its own."""
    return word_bytes * 8 // field_bits(bits)
