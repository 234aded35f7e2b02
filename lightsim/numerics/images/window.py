"""The window a convolution or pooling moves over an image: which input each output sees."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.descriptions import Count, check_fields
from lightsim.errors import InputError

__all__ = ["Pair", "Taps", "Window", "undilated"]

Pair = tuple[int, int]
Taps = tuple[slice, slice, Pair]
"""Rows and columns of a kernel, and how far from its first tap theirs lies."""


def undilated(kernel: Pair, dilation: Pair) -> tuple[Taps, ...]:
    """A kernel whose taps lie `dilation` apart, as kernels whose taps are neighbours.

    The convolution is the sum of theirs, each over the image moved by its distance: one kernel
    where nothing is dilated, else one for each row, column or tap.
    """
    high, wide = kernel
    rows = [slice(0, high)] if dilation[0] == 1 else [slice(y, y + 1) for y in range(high)]
    columns = [slice(0, wide)] if dilation[1] == 1 else [slice(x, x + 1) for x in range(wide)]
    return tuple(
        (row, column, (row.start * dilation[0], column.start * dilation[1]))
        for row in rows
        for column in columns
    )


@dataclass(frozen=True, slots=True)
class Window:
    """Output (r, c) sees input rows r * stride[0] + origin[0] + (0 .. kernel[0] - 1), and so on.

    `origin` is minus the top and left padding, or any other integers: a tile that starts in
    the middle of the image it holds has a positive origin. Raises `InputError` for an empty
    kernel or a stride below 1.
    """

    kernel: Pair
    stride: Pair
    origin: Pair
    rows: Count
    columns: Count

    def __post_init__(self) -> None:
        check_fields(self)
        if min(self.stride) < 1:
            raise InputError("stride", f"{self.stride[0]},{self.stride[1]}", "at least 1,1")
        if min(self.kernel) < 1:
            raise InputError("kernel", f"{self.kernel[0]}x{self.kernel[1]}", "at least 1x1")

    @property
    def span(self) -> Pair:
        """Height and width of the input that all outputs together see."""
        return (
            max(self.rows - 1, 0) * self.stride[0] + self.kernel[0],
            max(self.columns - 1, 0) * self.stride[1] + self.kernel[1],
        )

    @property
    def at_origin(self) -> Window:
        """The same window over an image that begins where it does."""
        return Window(self.kernel, self.stride, (0, 0), self.rows, self.columns)

    def strip(self, first_row: int, rows: int) -> Window:
        """The window of output rows first_row .. first_row + rows - 1 alone."""
        top = self.origin[0] + first_row * self.stride[0]
        return Window(self.kernel, self.stride, (top, self.origin[1]), rows, self.columns)
