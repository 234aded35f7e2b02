"""A workload: a network whose every layer has its integers, ready to be computed bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import Whole, check_fields, refuse
from lightsim.errors import InputError
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.sums.requantise import Rounding
from lightsim.numerics.sums.thresholds import check_thresholds

__all__ = ["LabelledImages", "QuantisedLayer", "Undrawn", "Workload", "check_drawn"]


@dataclass(frozen=True, slots=True, eq=False)
class Undrawn:
    """What is known of a layer before its integers are drawn, which `draw` does.

    No sum that the layer could form lies outside -`reach`..`reach`, whatever the accumulation.
    """

    reach: int
    draw: Callable[[], QuantisedLayer]


@dataclass(frozen=True, slots=True, eq=False)
class QuantisedLayer:
    """A layer with its integers.

    With weights (`conv2d`, `dense`):
      `weights`    int16[out, in / groups, kernel height, kernel width], the integer values
                   (`dense`: kernel = the whole input image)
      `k`          int8[out], terms of each filter (0..2; 0 everywhere for fixed formats)
      `bias`       int32[out], the accumulator's first value
      `multiplier` int32[out], 1..32767
      `shift`      0..31
    and the output is
      `threshold` (1-bit output)   +1 where acc >= 0, else -1
      `raw` (32-bit output)        acc
      with `thresholds` int64[out, highest - lowest], rising
                                   lowest + how many of them are <= acc
      otherwise                    clamp(round((acc * multiplier) / 2**shift))
    with `rounding` naming the rounding and the clamp going from `lowest` to `highest`
    (`lowest` = 0 for relu). A layer with a `table` int16[256] gives table[128 + that] in its
    place; the clamp then goes from -128 to 127.

    `requantise`: clamp(round(x * multiplier[0] / 2**shift)), and the table where there is one.
    `multiply`: clamp(round(a * b * multiplier[0] / 2**shift)).
    `add`: both inputs are requantised by themselves, then added, then clamped:
    clamp(round(a * multiplier[0] / 2**shift) + round(b * residual_multiplier / 2**residual_shift)).
    Average and global pooling: clamp(round(sum * multiplier[0] / 2**shift)), the sum taken over
    the window with padding counted as zeros. Max pooling: padding never wins.

    Of a layer in outline, `undrawn` says how its integers come about: `k` is that of the drawn
    layer, `weights` and `bias` are zeros of the right shape that take no room, `shift` is no more
    than the drawn one and `multiplier` holds other numbers than 1 where the drawn one does.
    """

    layer: Layer
    inputs: tuple[ElementType, ...]
    output: ElementType
    lowest: int
    highest: int
    scheme: Scheme | None = None
    weights: NDArray[np.int16] | None = None
    k: NDArray[np.int8] | None = None
    bias: NDArray[np.int32] | None = None
    multiplier: NDArray[np.int32] = field(default_factory=lambda: np.ones(1, np.int32))
    shift: Annotated[int, Whole(0, 31)] = 0
    rounding: Rounding = "half_up"
    residual_multiplier: int = 1
    residual_shift: Annotated[int, Whole(0, 31)] = 0
    thresholds: NDArray[np.int64] | None = None
    undrawn: Undrawn | None = None
    table: NDArray[np.int16] | None = None
    # What `parts.parts_of` has packed of the weights.
    packed: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.thresholds is not None:
            check_thresholds(self.thresholds, self.layer.output_shape.channels)
            levels = self.highest - self.lowest
            if self.thresholds.shape[1] != levels:
                told = f"{self.thresholds.shape[1]} a filter"
                refuse(self, "thresholds", told, f"{levels}, from {self.lowest} to {self.highest}")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImages:
    """Images of the network's input type and their class numbers.

    `images` int16[count, channels, height, width]; `labels` int64[count].
    """

    images: NDArray[np.int16]
    labels: NDArray[np.int64]
    origin: str

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """A quantised network. `weights_origin` says `trained (...)` or `synthetic (seed N)`.

    In outline (`in_outline`) it can be mapped and timed, but computes nothing.
    """

    network: Network
    scheme: Scheme
    layers: tuple[QuantisedLayer, ...]
    weights_origin: str
    trained: bool
    held_out: LabelledImages | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def input_type(self) -> ElementType:
        """The integer type of the network's input."""
        return ElementType(self.network.input_bits, self.network.input_signed)

    @property
    def in_outline(self) -> bool:
        """Whether the integers of some layers are not drawn."""
        return any(layer.undrawn is not None for layer in self.layers)

    def layer(self, name: str) -> QuantisedLayer:
        """The quantised layer called `name`; raises `KeyError` if there is none."""
        for layer in self.layers:
            if layer.layer.name == name:
                return layer
        raise KeyError(name)


def check_drawn(workload: Workload) -> None:
    """Raise `InputError` for a workload in outline, which nothing can be computed with."""
    if workload.in_outline:
        raise InputError(
            f"workload '{workload.network.name}'",
            "is an outline, which has no weights to compute with",
            "accepted: one quantised without `outline`",
        )
