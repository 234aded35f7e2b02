"""A layer on its way: keys of a network file, real weights, and the grids that a file gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.network.activations import Activation
from lightsim.network.layer import Layer
from lightsim.network.tensor import TensorShape
from lightsim.numerics.sums.requantise import Rounding

__all__ = ["Draft", "Grid", "InputDraft", "Reals", "WeightCodes", "Weights"]

Reals = NDArray[np.float64]
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that a quantised tensor may have: (code - zero) * scale for the codes of a range.

    `sign` tensors have the values -scale and +scale, with the codes -1 and 1. `rounding` is that
    of reals to codes.
    """

    scale: float
    zero: int
    lowest: int
    highest: int
    sign: bool = False
    rounding: Rounding = "half_even"

    @property
    def bits(self) -> int:
        """Bits of a code."""
        return 1 if self.sign else (self.highest - self.lowest).bit_length()

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and highest multiple of the scale."""
        return self.lowest - self.zero, self.highest - self.zero


@dataclass(frozen=True, slots=True, eq=False)
class WeightCodes:
    """Integer weights as a file holds them: `values` of the weights' shape, less their zero
    points; `scale` float64[filters]; `bits` of a code."""

    values: NDArray[np.int32]
    scale: Reals
    bits: int


@dataclass(slots=True, eq=False)
class InputDraft:
    """The network's input: images of `shape`, of which the file says `grid` if it is quantised.

    `order` is how the axes of an image (without the batch) in the file's order become channels,
    rows and columns.
    """

    shape: TensorShape
    file_shape: tuple[int, ...]
    order: tuple[int, ...]
    grid: Grid | None = None
    element: str = "float32"
    name: str = "input"


@dataclass(slots=True, eq=False)
class Draft:
    """A layer: `layer` has its shapes, `weights` float32[out, in / groups, kh, kw], `bias`
    float64[out].

    `cap` is the largest value that a clipped ReLU lets through. `grid` and `codes` are what a
    quantised file says of its output and its weights.
    """

    layer: Layer
    where: str
    weights: Weights | None = None
    bias: Reals | None = None
    codes: WeightCodes | None = None
    grid: Grid | None = None
    cap: float | None = None
    activation: Activation = "none"
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the layer."""
        return self.layer.name

    @property
    def shape(self) -> TensorShape:
        """The shape of its output."""
        return self.layer.output_shape
