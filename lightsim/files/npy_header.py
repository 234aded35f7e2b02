"""The header of one array in an npz file: its shape and type, read before its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

__all__ = ["ArrayHead", "BadHeadError", "read_head"]

_MOST_AXES = 32
_MOST_ELEMENTS = 1 << 59
_NUMBERS = "biuf"  # the kinds of dtype that are plain numbers


class BadHeadError(ValueError):
    """A header that does not describe an array of numbers; the message completes `array X ...`."""


@dataclass(frozen=True, slots=True)
class ArrayHead:
    """The content of an array's header: `dtype` of plain numbers, `shape`, and the order of the
    axes.

    The numbers begin after `start` bytes.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran_order: bool
    start: int

    @property
    def nbytes(self) -> int:
        """Bytes of the array's numbers."""
        return math.prod(self.shape) * self.dtype.itemsize

    def __str__(self) -> str:
        return f"{self.dtype} of shape {list(self.shape)}"


def read_head(member: IO[bytes]) -> ArrayHead:
    """The header at the beginning of `member`; raises `BadHeadError` if there is none."""
    try:
        version = npy.read_magic(member)
        if version == (1, 0):
            shape, fortran_order, dtype = npy.read_array_header_1_0(member)
        elif version in ((2, 0), (3, 0)):
            # Version 3 differs only in the names of fields, and arrays with fields are refused.
            shape, fortran_order, dtype = npy.read_array_header_2_0(member)
        else:
            raise BadHeadError(f"has version {version[0]}.{version[1]} of the npy format")
    except BadHeadError:
        raise
    except Exception:  # a header is a Python expression, so a damaged header can raise any error
        raise BadHeadError("has no npy head, or a damaged one") from None
    if dtype.kind not in _NUMBERS or dtype.names is not None or dtype.subdtype is not None:
        raise BadHeadError(f"is of {str(dtype)[:40]}, not of plain numbers")
    if len(shape) > _MOST_AXES or not _is_possible(shape):
        raise BadHeadError("has a shape that no array has")
    return ArrayHead(dtype, shape, fortran_order, member.tell())


def _is_possible(shape: tuple[Any, ...]) -> bool:
    """Whether numpy can make an array of this shape, given enough memory."""
    if any(type(size) is not int or size < 0 for size in shape):
        return False
    return int(math.prod(max(size, 1) for size in shape)) <= _MOST_ELEMENTS
