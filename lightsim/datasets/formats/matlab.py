"""MATLAB 5 files: their arrays of numbers by name; all other content is skipped.

Source: The MathWorks, MAT-File Format, section "Level 5 MAT-File Format". SciPy has a reader too,
but a damaged file crashes it together with the process (segmentation fault, scipy 1.17.1).
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DamagedError", "matlab_arrays"]

_HEAD = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_NUMERIC_CLASSES = range(6, 16)  # classes of an array: double, single, integers
_MOST_AXES = 32


class DamagedError(ValueError):
    """A file whose content contradicts its own tags."""


def matlab_arrays(content: bytes, most: int) -> dict[str, NDArray[Any]]:
    """The arrays of numbers by name, with the types in which they are stored.

    No element may unpack to more than `most` bytes. Raises `DamagedError` for a damaged file.
    """
    order = {b"IM": "<", b"MI": ">"}.get(content[126:_HEAD])
    if order is None:
        raise DamagedError
    found = {}
    for kind, body in _elements(content[_HEAD:], order, padded=False):
        if kind == _COMPRESSED:
            packed = zlib.decompressobj()
            try:
                whole = packed.decompress(body, most)
            except zlib.error:
                raise DamagedError from None
            if not packed.eof:
                raise DamagedError
            kind, body = next(_elements(whole, order, padded=False), (0, b""))
        if kind == _MATRIX:
            array = _array(body, order)
            if array is not None:
                found[array[0]] = array[1]
    return found


def _elements(content: bytes, order: str, *, padded: bool) -> Iterator[tuple[int, bytes]]:
    """The type and body of each element in turn; inside an array elements fill whole words."""
    place = 0
    while place < len(content):
        if place + 8 > len(content):
            raise DamagedError
        kind, size = struct.unpack_from(f"{order}2I", content, place)
        if kind >> 16:  # a small element: size, type and up to four bytes in one word
            kind, size = kind & 0xFFFF, kind >> 16
            start, end = place + 4, place + 8
            if size > 4:
                raise DamagedError
        else:
            start = place + 8
            end = start + (-(-size // 8) * 8 if padded else size)
        if start + size > len(content):
            raise DamagedError
        yield kind, content[start : start + size]
        place = end


def _array(content: bytes, order: str) -> tuple[str, NDArray[Any]] | None:
    """The name and the numbers of an array; None for texts, structures and other content."""
    parts = _elements(content, order, padded=True)
    head = [next(parts, (0, b"")) for _ in range(3)]
    (_, flags), (_, sizes), (_, name) = head
    if len(flags) < 4 or len(sizes) % 4 or not 2 <= len(sizes) // 4 <= _MOST_AXES:
        raise DamagedError
    if struct.unpack_from(f"{order}I", flags)[0] & 0xFF not in _NUMERIC_CLASSES:
        return None
    shape = struct.unpack(f"{order}{len(sizes) // 4}i", sizes)
    kind, numbers = next(parts, (0, b""))
    if kind not in _NUMBERS or min(shape) < 0:
        raise DamagedError
    dtype = np.dtype(order + _NUMBERS[kind])
    if math.prod(shape) * dtype.itemsize != len(numbers):
        raise DamagedError
    array = np.frombuffer(numbers, dtype).reshape(shape, order="F")
    return name.decode("latin-1"), array
