"""The sliding window: which words of its line buffer each step reads, needs and sets free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Layer
from lightsim.network.tensor import TensorShape
from lightsim.streaming.mapping.program import Program

__all__ = ["WindowPlan", "window_depth", "window_plan", "window_program"]


@dataclass(frozen=True, slots=True, eq=False)
class WindowPlan:
    """`reads` int64[steps, taps] are the words of the image that a step joins to one, tap by tap,
    -1 for padding."""

    reads: NDArray[np.int64]
    outside: int


def window_plan(
    layer: Layer, image: TensorShape, lanes: int, sets: int, taps: int, outside: int
) -> WindowPlan:
    """The words read for every position, for every of `sets` sets of channels.

    Of a set all taps of its channels follow each other, `taps` of them in one word, a word of
    `lanes` channels after another.
    """
    words = image.channels // lanes
    rows = _taps_of(layer.output_shape.height, layer.stride[0], layer.padding.top, layer.kernel[0])
    columns = _taps_of(
        layer.output_shape.width, layer.stride[1], layer.padding.left, layer.kernel[1]
    )
    seen_y = (rows >= 0) & (rows < image.height)
    seen_x = (columns >= 0) & (columns < image.width)
    # [oy, ky, ox, kx] -> [oy, ox, ky, kx]
    pixel = rows[:, :, None, None] * image.width + columns[None, None]
    seen = seen_y[:, :, None, None] & seen_x[None, None]
    pixel, seen = pixel.transpose(0, 2, 1, 3), seen.transpose(0, 2, 1, 3)
    positions = pixel.shape[0] * pixel.shape[1]
    of_position = (positions, layer.kernel[0] * layer.kernel[1] // taps, taps)
    pixel, seen = pixel.reshape(of_position), seen.reshape(of_position)
    first = pixel[:, None, :, None, :] * words  # [position, set, tap group, word, tap]
    word = np.arange(words).reshape(1, sets, 1, words // sets, 1)
    reads = np.where(seen[:, None, :, None, :], first + word, -1)
    return WindowPlan(np.ascontiguousarray(reads.reshape(-1, taps)), outside)


def window_program(layer: Layer, image: TensorShape, lanes: int, plan: WindowPlan) -> Program:
    """Needs grow as the window moves; rows above the next window are free after a row of output.

    The image's last step needs its last word and frees all of it.
    """
    words = image.channels // lanes
    steps, positions = len(plan.reads), layer.output_shape.height
    needed = np.maximum.accumulate(np.maximum(plan.reads.max(axis=1) + 1, 0))
    needed[-1] = image.height * image.width * words
    free = np.zeros(steps, np.int64)
    row_ends = (np.arange(positions) + 1) * (steps // positions) - 1
    rows = np.clip(
        (np.arange(positions) + 1) * layer.stride[0] - layer.padding.top, 0, image.height
    )
    rows[-1] = image.height
    free[row_ends] = rows * image.width * words
    freed = np.minimum(np.maximum.accumulate(free), needed)
    entries = np.zeros((steps, 4), np.int64)
    entries[:, 0] = np.arange(steps)
    entries[:, 2] = np.diff(needed, prepend=0)
    entries[:, 3] = np.diff(freed, prepend=0)
    return Program(steps, 1, entries, np.arange(steps, dtype=np.int64))


def window_depth(layer: Layer, image: TensorShape, lanes: int) -> int:
    """Words of the line buffer: the rows of the kernel, and those that the next row needs more."""
    return (layer.kernel[0] + layer.stride[0]) * image.width * (image.channels // lanes)


def _taps_of(positions: int, stride: int, padding: int, kernel: int) -> NDArray[np.int64]:
    """The row, or column, of every tap at every position, [position, tap]."""
    at = np.arange(positions, dtype=np.int64)[:, None] * stride - padding
    return at + np.arange(kernel, dtype=np.int64)[None]
