"""Bit packing: codes of equal width laid into memory words, little end first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError

__all__ = ["pack_bits", "packed_bytes", "unpack_bits"]


def packed_bytes(count: int, width_bits: int, word_bytes: int = 1) -> int:
    """Bytes that `count` codes of `width_bits` fill, in whole words of `word_bytes`."""
    word_bits = 8 * word_bytes
    return -(-count * width_bits // word_bits) * word_bytes


def pack_bits(
    codes: NDArray[np.unsignedinteger[Any]], width_bits: int, word_bytes: int = 1
) -> NDArray[np.uint8]:
    """The bytes of a stream of codes: uint8[`packed_bytes(codes.size, ...)`].

    Codes follow one another in C order (so the last axis is the lane), the first in the lowest
    bits of the first byte; a code may cross a byte. Zero bits fill the last word.
    """
    flat = np.ascontiguousarray(codes, dtype="<u2" if width_bits > 8 else "u1").reshape(-1)
    parts = flat.view(np.uint8).reshape(flat.size, flat.itemsize)
    bits = np.unpackbits(parts, axis=1, count=width_bits, bitorder="little")
    packed = np.zeros(packed_bytes(flat.size, width_bits, word_bytes), np.uint8)
    body = np.packbits(bits.reshape(-1), bitorder="little")
    packed[: body.size] = body
    return packed


def unpack_bits(
    data: NDArray[np.uint8], shape: tuple[int, ...], width_bits: int, word_bytes: int = 1
) -> NDArray[np.unsignedinteger[Any]]:
    """The codes of `shape` that `pack_bits` laid into `data`: uint8, or uint16 for wider ones.

    Raises `InputError` if `data` is not exactly the words that so many codes fill.
    """
    count = int(np.prod(shape, dtype=np.int64))
    expected = packed_bytes(count, width_bits, word_bytes)
    if data.size != expected:
        raise InputError(
            "packed codes",
            f"{data.size} bytes for {count} codes of {width_bits} bits",
            f"{expected} bytes",
        )
    bits = np.unpackbits(data, count=count * width_bits, bitorder="little")
    parts = np.packbits(bits.reshape(count, width_bits), axis=1, bitorder="little")
    codes = parts.reshape(-1).view("<u2") if width_bits > 8 else parts
    return codes.reshape(shape)
