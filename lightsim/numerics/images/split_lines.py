"""Images split by stride phase line by line, sixteen numbers at a time: `planes.split`, faster.

This file imports numba: it is itself imported by the first convolution.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.images.lines import pad_line

__all__ = ["split_lines"]


@compiled(
    "void(Array(int16, 1, 'C', True), UniTuple(int64, 2), UniTuple(int64, 4), int64, "
    "UniTuple(int64, 5), int16[::1])"
)
def split_lines(
    x: NDArray[np.int16],
    size: tuple[int, int],
    moves: tuple[int, int, int, int],
    pad_value: int,
    shape: tuple[int, int, int, int, int],
    out: NDArray[np.int16],
) -> None:
    """As `planes._split`, for a stride of 1 or 2 numbers."""
    stride_y, stride_x, top, left = moves
    images, phases_y, phases_x, high, wide = shape
    for n in range(images):
        for p in range(phases_y):
            for q in range(phases_x):
                first = min(max(0, -((left + q) // stride_x)), wide)
                last = max(first, min(wide, -((left + q - size[1]) // stride_x)))
                for i in range(high):
                    row = i * stride_y + p + top
                    to = (((n * phases_y + p) * phases_x + q) * high + i) * wide
                    inside = (first, last) if 0 <= row < size[0] else (0, 0)
                    begin = (n * size[0] + row) * size[1] + q + left
                    if stride_x == 1:
                        pad_line(1, x, begin, pad_value, out, to, inside, wide)
                    else:
                        pad_line(2, x, begin, pad_value, out, to, inside, wide)
