"""What a name of a foreign graph stands for: an array that is known, or a layer's output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.importing.lowering.axes import (
    CHANNELS,
    COLUMNS,
    ROWS,
    Atom,
    Axes,
    axes_of,
    sizes,
)
from lightsim.importing.lowering.draft import Draft, Grid, InputDraft
from lightsim.network.layer import Padding

_NONE = Padding()

__all__ = ["Codes", "Constant", "Value", "View"]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Integers behind an array of reals: `array` = `values` * `scale`, along `axis` if it has
    more than one scale; `values` are less their zero points."""

    values: NDArray[np.int32]
    scale: NDArray[np.float64]
    axis: int
    bits: int


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """An array that is known when the file is read."""

    array: NDArray[Any]
    codes: Codes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The output of a layer as a tensor of the graph.

    `alone`: no other value of the graph is read that is the same layer's output, so the layer may
    still change. `padding` zeros stand around the image. `grid`: the tensor holds the codes of
    this grid, and not what they stand for.
    """

    maker: Draft | InputDraft
    axes: Axes
    alone: bool
    padding: Padding = _NONE
    grid: Grid | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the tensor's axes, without the padding."""
        return sizes(self.axes)

    def with_axes(self, axes: Axes) -> View:
        """The same numbers under other axes."""
        return replace(self, axes=axes)

    def is_image(self, batch: int) -> bool:
        """Whether the axes are batch, channels, rows, columns; or no rows, for one row."""
        whole = axes_of(batch, self.maker.shape)
        if self.axes == whole:
            return True
        return (
            len(self.axes) == 3
            and self.axes == (*whole[:2], whole[2] + whole[3])
            and not (whole[ROWS] and whole[COLUMNS])
        )

    def channel_axis(self) -> int | None:
        """The axis that is just the channels; None if there is none."""
        count = self.maker.shape.channels
        if count == 1:
            return next((n for n, axis in enumerate(self.axes) if n > 0 and not axis), None)
        wanted = (Atom(CHANNELS, 1, count),)
        return next((n for n, axis in enumerate(self.axes) if axis == wanted), None)


Value = Constant | View
