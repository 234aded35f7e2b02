"""What a tile asks of each unit: array steps, post-processing cycles, bytes in each buffer.

These are the numbers that legality, the choice of a mapping and the simulation share.
"""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.hardware.pe_kinds import pe_kind
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import slot_bytes
from lightsim.tiled.mapping.filters.row_groups import RowGroup
from lightsim.tiled.mapping.plan.layout import Span, Volume, first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer, TensorView
from lightsim.tiled.mapping.plan.words import Streamed, block_channels, streamed
from lightsim.tiled.mapping.tiles.schedule import Tile
from lightsim.units import ceil_div

__all__ = [
    "GroupWork",
    "Work",
    "activation_bytes",
    "column_groups",
    "tile_groups",
    "weight_bytes",
    "weight_word_bits",
]


@dataclass(frozen=True, slots=True)
class GroupWork:
    """The work of one row group of a tile.

    `outputs` pixel groups need `steps` array cycles each; draining a finished pixel group takes
    `drain` cycles, the last one `last_drain` (0 when the tile does not finish its sums). In a
    pooling or addition the outputs are words; `last_drain` is what the last one takes to leave
    after the tile's end.
    """

    outputs: int
    steps: int
    drain: int
    last_drain: int


class Work:
    """The work of a layer's tiles on one accelerator."""

    def __init__(self, layer: EngineLayer, accelerator: Accelerator) -> None:
        self.layer = layer
        self.accelerator = accelerator
        self._taps = layer.kernel[0] * layer.kernel[1]

    def groups(self, tile: Tile) -> tuple[GroupWork, ...]:
        """The work of every row group, in order; for a pass without weights, one group."""
        if self.layer.weights is None:
            return (self._elementwise(tile),)
        return tile_groups(
            self.layer,
            self.accelerator,
            tile.groups,
            tile.read.channels,
            tile.computed.pixels,
            tile.last,
        )

    def _elementwise(self, tile: Tile) -> GroupWork:
        """A pooling or addition: one channel block of one pixel after the other.

        A pooling reads one word a cycle; every value leaves through a post-processing lane,
        a word's values as soon as the last word of its window has been read.
        """
        pixel = self.streamed(tile.computed.channels)
        words, behind = tile.computed.pixels * pixel.words, min(self._taps, pixel.leave_last) - 1
        return GroupWork(words, max(self._taps, pixel.leave), 0, behind)

    def streamed(self, channels: Span) -> Streamed:
        """A pixel of a pooling or addition tile of these channels."""
        block = block_channels(self.accelerator.word_bytes, self.layer.source.element.bits)
        return streamed(channels.start, channels.stop, block, self.accelerator.post.lanes)


def tile_groups(
    layer: EngineLayer,
    accelerator: Accelerator,
    groups: tuple[RowGroup, ...],
    channels: Span,
    pixels: int,
    last: bool,
) -> tuple[GroupWork, ...]:
    """The work of a tile's row groups over `pixels` positions and the given input channels."""
    width = accelerator.array.pixels
    outputs = ceil_div(pixels, width)
    rest = pixels - (outputs - 1) * width
    taps = layer.kernel[0] * layer.kernel[1]
    works = []
    for group in groups:
        columns = column_groups(layer, accelerator, group, channels)
        steps = max(1, taps * columns * group.passes)
        drain = group.drain if last else 0
        works.append(GroupWork(outputs, steps, min(width, pixels) * drain, rest * drain))
    return tuple(works)


def column_groups(
    layer: EngineLayer, accelerator: Accelerator, group: RowGroup, channels: Span
) -> int:
    """How many column groups a row group reads for one kernel tap."""
    columns = accelerator.array.columns
    if group.channels is None:
        return ceil_div(channels.size, columns)
    if layer.kind == "depthwise":
        return 1
    first = (group.channels.start - channels.start) // columns
    return ceil_div(group.channels.stop - channels.start, columns) - first


def weight_word_bits(layer: EngineLayer, accelerator: Accelerator) -> int:
    """The width of the weight buffer: the codes all lanes of one pixel read in one step."""
    scheme = layer.main.scheme
    if scheme is None:
        return 0
    groups = accelerator.array.groups
    bits = sum(group.rows * pe_kind(group.pe).code_bits(scheme) for group in groups)
    return bits if layer.kind == "depthwise" else bits * accelerator.array.columns


def weight_bytes(
    layer: EngineLayer, accelerator: Accelerator, groups: tuple[RowGroup, ...], channels: Span
) -> tuple[int, int]:
    """Bytes of a weight tile: of its filters' parameters, and of its weight codes.

    Both are whole port words. A weight word wider than the port takes several port words;
    narrower ones share a port word as far as they fit whole.
    """
    if layer.weights is None:
        return 0, 0
    port = accelerator.port_bits
    word = accelerator.word_bytes
    parameters = ceil_div(len(groups) * accelerator.array.rows * slot_bytes(layer.thresholds), word)
    parameters *= word
    taps = layer.kernel[0] * layer.kernel[1]
    wide = sum(
        taps * column_groups(layer, accelerator, group, channels) * group.planes for group in groups
    )
    bits = weight_word_bits(layer, accelerator)
    words = wide * ceil_div(bits, port) if bits >= port else ceil_div(wide, port // bits)
    return parameters, words * word


def activation_bytes(view: TensorView, volume: Volume, word_bytes: int) -> int:
    """Bytes of a box of activations, in whole words."""
    if volume.pixels == 0:
        return 0
    block = block_channels(word_bytes, view.element.bits)
    return volume.pixels * volume.blocks(block, first_in_word(view, block)) * word_bytes
