"""The tiles of a pass in the order in which the machine computes them.

A tile is a box of the computed image (images, rows, columns), a range of filters and a range
of input channels. It says what has to be loaded for it (what the previous tile did not leave
in the buffers), whether it starts or finishes its sums, and where its partial sums are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import RowGroup, row_groups
from lightsim.tiled.mapping.plan.layout import Span, Volume
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.tiling import Tiling, input_extent
from lightsim.units import ceil_div

__all__ = ["Schedule", "Tile", "cut", "input_channels", "make_schedule"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of a pass.

    `computed` is its box of the computed image (channels = its filters); `read` the box of the
    source it needs, clipped to the image; `written` its box of the destination. `first` and
    `last` say whether its sums start and finish here; `slot` numbers the partial sums that it
    continues. `weight_tile` numbers its weights in memory.
    """

    index: int
    computed: Volume
    read: Volume
    written: Volume
    first: bool
    last: bool
    slot: int
    weight_tile: int
    groups: tuple[RowGroup, ...]
    load_input: bool
    load_weight: bool
    load_residual: bool


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """A pass, its tiling, and its tiles in order.

    `weight_groups[i]` and `weight_channels[i]` are the row groups and input channels of weight
    tile i, in the order in which the weight tiles lie in memory.
    """

    layer: EngineLayer
    tiling: Tiling
    tiles: tuple[Tile, ...]
    weight_groups: tuple[tuple[RowGroup, ...], ...]
    weight_channels: tuple[Span, ...]


def cut(extent: int, size: int) -> tuple[Span, ...]:
    """`extent` in spans of `size`, the last one possibly shorter."""
    return tuple(Span(i, min(i + size, extent)) for i in range(0, extent, size))


def make_schedule(
    layer: EngineLayer, accelerator: Accelerator, tiling: Tiling, images: int
) -> Schedule:
    """The tiles of one pass over `images` images."""
    filters = cut(layer.computed.channels, tiling.m)
    channels = input_channels(layer, accelerator, tiling.n, filters)
    has_weights = layer.weights is not None
    groups = tuple(
        row_groups(layer, accelerator, span, tiling.sort_filters) if has_weights else ()
        for span in filters
    )
    boxes = tuple(
        product(
            cut(images, tiling.b),
            cut(layer.computed.height, tiling.r),
            cut(layer.computed.width, tiling.c),
        )
    )
    per_m = len(channels[0])
    tiles: list[Tile] = []
    before: tuple[int, int, int] | None = None
    counts = {"m": len(filters), "n": per_m, "s": len(boxes)}
    for m, n, s in _walk(tiling.order, counts):
        box, span, inner = boxes[s], filters[m], channels[m][n]
        read = _read_box(layer, box, inner)
        last = n == per_m - 1
        tied = layer.groups > 1 or not has_weights
        new_input = before is None or before[2] != s or before[1] != n or (tied and before[0] != m)
        new_weight = has_weights and (before is None or before[0] != m or before[1] != n)
        tiles.append(
            Tile(
                index=len(tiles),
                computed=Volume(box[0], span, box[1], box[2]),
                read=read,
                written=_written_box(layer, box, span),
                first=n == 0,
                last=last,
                slot=_slot(tiling.order, counts, m, s),
                weight_tile=m * per_m + n,
                groups=groups[m],
                load_input=new_input,
                load_weight=new_weight,
                load_residual=layer.residual is not None and last,
            )
        )
        before = (m, n, s)
    return Schedule(
        layer,
        tiling,
        tuple(tiles),
        tuple(groups[m] for m in range(len(filters)) for _ in range(per_m)) if has_weights else (),
        tuple(span for row in channels for span in row) if has_weights else (),
    )


def input_channels(
    layer: EngineLayer, accelerator: Accelerator, size: int, filters: tuple[Span, ...]
) -> list[tuple[Span, ...]]:
    """For every filter tile, the input channel tiles of `size` channels that it sums over.

    Those of a grouped convolution begin where the word begins that holds the first channel.
    """
    if layer.phases:
        return [(Span(0, layer.source.shape.channels),) for _ in filters]
    if layer.weights is None:
        return [(span,) for span in filters]
    total = layer.source.shape.channels
    if layer.groups == 1:
        return [cut(total, size)] * len(filters)
    outer = layer.filters_of_group
    inner = layer.channels_of_group
    block = block_channels(accelerator.word_bytes, layer.source.element.bits)
    firsts = [f.start // outer * inner // block * block for f in filters]
    return [
        (Span(first, ceil_div(f.stop, outer) * inner),)
        for first, f in zip(firsts, filters, strict=True)
    ]


def window_origin(layer: EngineLayer, tile: Tile) -> tuple[int, int]:
    """Row and column of the first window of a tile, counted from the first that the tile reads.

    Negative where the window begins in the padding.
    """
    (down, across), padding = layer.stride, layer.padding
    return (
        tile.computed.rows.start * down - padding.top - tile.read.rows.start,
        tile.computed.columns.start * across - padding.left - tile.read.columns.start,
    )


def _walk(order: str, counts: dict[str, int]) -> Iterator[tuple[int, int, int]]:
    """Indices (m, n, s) of all tiles, the loops nested as `order` names them."""
    places = [order.index(letter) for letter in "mns"]
    for at in product(*(range(counts[letter]) for letter in order)):
        yield at[places[0]], at[places[1]], at[places[2]]


def _slot(order: str, counts: dict[str, int], m: int, s: int) -> int:
    """The partial-sum slot: the number of the tile within the loops inside the n loop."""
    slot = 0
    for letter in order[order.index("n") + 1 :]:
        slot = slot * counts[letter] + (m if letter == "m" else s)
    return slot


def _read_box(layer: EngineLayer, box: tuple[Span, Span, Span], channels: Span) -> Volume:
    images, rows, columns = box
    return Volume(
        images,
        channels,
        Span(*input_extent(layer, 0, rows.start, rows.stop)),
        Span(*input_extent(layer, 1, columns.start, columns.stop)),
    )


def _written_box(layer: EngineLayer, box: tuple[Span, Span, Span], filters: Span) -> Volume:
    images, rows, columns = box
    down, across = layer.pool
    return Volume(
        images,
        filters,
        Span(rows.start // down, rows.stop // down),
        Span(columns.start // across, columns.stop // across),
    )
