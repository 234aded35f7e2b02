"""How a pass is cut into tiles: sizes, loop order, and what is legal on an accelerator."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, lcm
from typing import Literal

from lightsim.descriptions import Positive, check_fields
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.units import ceil_div

__all__ = [
    "ORDERS",
    "Axis",
    "Grain",
    "LoopOrder",
    "Tiling",
    "axis_of",
    "grain",
    "input_extent",
]

LoopOrder = Literal["msn", "smn", "mns", "snm", "nms", "nsm"]

ORDERS: dict[LoopOrder, str] = {
    "msn": "filters, then positions, input channels innermost: an output tile is finished at once",
    "smn": "positions, then filters, input channels innermost: an output tile is finished at once",
    "mns": "filters, then input channels, positions innermost: a weight tile is loaded once",
    "nms": "input channels, then filters, positions innermost: a weight tile is loaded once",
    "snm": "positions, then input channels, filters innermost: an input tile is loaded once",
    "nsm": "input channels, then positions, filters innermost: an input tile is loaded once",
}


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tile sizes and loop order of one pass.

    `m` filters, `n` input channels, `r` x `c` positions of the computed image, `b` images;
    `order` names the loops from outermost to innermost, s being images, rows, columns.
    `sort_filters` puts filters of equal k into the same row groups (and undoes it when the
    output is written).
    """

    m: Positive
    n: Positive
    r: Positive
    c: Positive
    b: Positive = 1
    order: LoopOrder = "msn"
    sort_filters: bool = True

    def __post_init__(self) -> None:
        check_fields(self)

    def __str__(self) -> str:
        batch = f" Tb={self.b}" if self.b > 1 else ""
        return f"Tm={self.m} Tn={self.n} Tr={self.r} Tc={self.c}{batch} {self.order}"


@dataclass(frozen=True, slots=True)
class Grain:
    """What tile sizes must be multiples of, unless a tile covers the whole extent."""

    m: int
    n: int
    r: int
    c: int


def grain(layer: EngineLayer, accelerator: Accelerator) -> Grain:
    """The grain of a pass's tiles.

    Filters come in whole output words and, for a convolution, whole row groups; input channels
    in whole input words and whole column groups. Grouped convolutions tile whole groups, or
    parts of groups whose filters fill whole output words and whole row groups; depthwise ones
    tile whole words of channels.
    """
    word = accelerator.word_bytes
    out_block = block_channels(word, layer.destination.element.bits)
    in_block = block_channels(word, layer.source.element.bits)
    pool = layer.pool
    if layer.residual is not None:
        out_block = lcm(out_block, block_channels(word, layer.residual.element.bits))
    if layer.phases:  # every tile reads all parts, from the first of a position's phases on
        return Grain(layer.computed.channels, layer.source.shape.channels, *layer.repeat)
    if layer.kind in ("pooling", "addition"):
        step = lcm(out_block, in_block)
        return Grain(step, step, *pool)
    array = accelerator.array
    if layer.groups > 1:
        outer = layer.filters_of_group
        part = lcm(out_block, array.rows)
        if layer.kind == "depthwise" or outer % part:
            part = _whole_groups(layer, out_block, in_block) * outer
        return Grain(part, layer.source.shape.channels, *pool)
    return Grain(lcm(out_block, array.rows), lcm(in_block, array.columns), *pool)


def _whole_groups(layer: EngineLayer, out_block: int, in_block: int) -> int:
    """The fewest groups whose filters, and for a depthwise pass channels, fill whole words."""
    inner = layer.channels_of_group if layer.kind == "depthwise" else 0
    outer = layer.filters_of_group
    step = lcm(out_block // gcd(out_block, outer), in_block // gcd(in_block, inner))
    return min(step, layer.groups)


def input_extent(layer: EngineLayer, axis: int, start: int, stop: int) -> tuple[int, int]:
    """The input rows (axis 0) or columns (axis 1) that outputs `start`..`stop` need.

    Clipped to the image; empty as (0, 0) when every position lies in the padding.
    """
    return axis_of(layer, axis).needed(start, stop)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a pass: how a kernel that spans `kernel` strides over `size` inputs to `extent`
    outputs, with `before` of padding in front."""

    extent: int
    size: int
    kernel: int
    stride: int
    before: int
    repeat: int = 1

    def needed(self, start: int, stop: int) -> tuple[int, int]:
        """The inputs that outputs `start`..`stop` need, as `input_extent` has them."""
        if self.repeat > 1:
            return start // self.repeat, ceil_div(stop, self.repeat)
        first = start * self.stride - self.before
        last = (stop - 1) * self.stride - self.before + self.kernel
        low, high = max(first, 0), min(last, self.size)
        return (low, high) if low < high else (0, 0)


def axis_of(layer: EngineLayer, axis: int) -> Axis:
    """The rows (axis 0) or the columns (axis 1) of a pass."""
    shape, computed = layer.source.shape, layer.computed
    down = axis == 0
    return Axis(
        computed.height if down else computed.width,
        shape.height if down else shape.width,
        layer.reach[axis],
        layer.stride[axis],
        layer.padding.top if down else layer.padding.left,
        layer.repeat[axis],
    )
