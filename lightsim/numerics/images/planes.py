"""Images split by stride phase, so that every tap of a kernel is one run over all outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.images.window import Window

__all__ = ["Planes", "split"]

Element = TypeVar("Element", np.int16, np.uint64)


@dataclass(frozen=True, slots=True)
class Planes:
    """How a window reads an image that `split` has cut into stride[0] x stride[1] planes.

    Plane (p, q) keeps the rows p, p + stride, ... and columns q, q + stride, ... of the span;
    it is `high` x `wide`. Tap (ky, kx) of output (r, c) lies `taps[ky, kx] + r * wide + c`
    numbers after the channel's start, so one run of `run` numbers serves all outputs (the
    `wide` - columns numbers between rows are computed and dropped).
    """

    window: Window

    @property
    def high(self) -> int:
        """Rows of a plane."""
        return self.window.rows + (self.window.kernel[0] - 1) // self.window.stride[0]

    @property
    def wide(self) -> int:
        """Columns of a plane."""
        return self.window.columns + (self.window.kernel[1] - 1) // self.window.stride[1]

    @property
    def run(self) -> int:
        """Numbers from the first output's to the last output's."""
        return (self.window.rows - 1) * self.wide + self.window.columns

    @property
    def outputs(self) -> int:
        """Numbers of a channel's outputs with the dropped ones between and after them."""
        return self.window.rows * self.wide

    @property
    def channel(self) -> int:
        """Numbers of all planes of a channel."""
        return self.window.stride[0] * self.window.stride[1] * self.high * self.wide

    @property
    def taps(self) -> NDArray[np.int64]:
        """int64[kh, kw]: where each tap's run begins in its channel."""
        sy, sx = self.window.stride
        ky = np.arange(self.window.kernel[0], dtype=np.int64)[:, None]
        kx = np.arange(self.window.kernel[1], dtype=np.int64)
        plane = (ky % sy) * sx + kx % sx
        return plane * (self.high * self.wide) + (ky // sy) * self.wide + kx // sx


def split(x: NDArray[Element], planes: Planes, pad_value: int, room: int = 0) -> NDArray[Element]:
    """Flat [batch, channels, sy, sx, high, wide] of `x` [batch, channels, h, w] with its padding.

    `room` numbers behind are not set.
    """
    window: Window = planes.window
    out = np.empty(x.shape[0] * x.shape[1] * planes.channel + room, x.dtype)
    kernel: Any = _split_uint64
    if x.dtype == np.int16:
        if window.stride[1] <= 2:
            from lightsim.numerics.images.split_lines import split_lines as kernel
        else:
            kernel = _split_int16
    flat = np.ascontiguousarray(x).reshape(-1)
    batch, channels, high, wide = x.shape
    moves = (*window.stride, *window.origin)
    planes_shape = (batch * channels, *window.stride, planes.high, planes.wide)
    kernel(flat, (high, wide), moves, pad_value, planes_shape, out)
    return out


def _split(
    x: NDArray[Element],
    size: tuple[int, int],
    moves: tuple[int, int, int, int],
    pad_value: int,
    shape: tuple[int, int, int, int, int],
    out: NDArray[Element],
) -> None:
    """Flat arrays: a view of a row would be counted by an atomic instruction, which takes longer
    than a short row does; and indices without a sign, which cannot count from the end.
    """
    stride_y, stride_x, top, left = moves
    images, phases_y, phases_x, high, wide = shape
    word = np.uint64
    for n in range(images):
        for p in range(phases_y):
            for q in range(phases_x):
                first = min(max(0, -((left + q) // stride_x)), wide)
                last = max(first, min(wide, -((left + q - size[1]) // stride_x)))
                for i in range(high):
                    row = i * stride_y + p + top
                    to = word((((n * phases_y + p) * phases_x + q) * high + i) * wide)
                    begin, end = first, last
                    if row < 0 or row >= size[0]:
                        begin = end = wide
                    for j in range(word(begin)):
                        out[to + j] = pad_value
                    for j in range(word(end), word(wide)):
                        out[to + j] = pad_value
                    if begin == end:
                        continue
                    seen = word((n * size[0] + row) * size[1] + begin * stride_x + q + left)
                    to += word(begin)
                    if stride_x == 1:
                        for j in range(word(end - begin)):
                            out[to + j] = x[seen + j]
                        continue
                    for j in range(word(end - begin)):
                        out[to + j] = x[seen + j * word(stride_x)]


_SIGNATURE = (
    "void(Array({0}, 1, 'C', True), UniTuple(int64, 2), UniTuple(int64, 4), int64, "
    "UniTuple(int64, 5), {0}[::1])"
)
_split_int16 = compiled(_SIGNATURE.format("int16"))(_split)
_split_uint64 = compiled(_SIGNATURE.format("uint64"))(_split)
