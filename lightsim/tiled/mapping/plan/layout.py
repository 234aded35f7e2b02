"""Where activations and weights lie in memory, and the runs of bytes a tile of them touches.

Activations are stored in words of the memory port's width. A word holds neighbouring channels
of one pixel; words follow each other along the row, then the rows, then the channel blocks,
then the images of a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lightsim.tiled.mapping.plan.plan import Plan, TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.units import ceil_div

__all__ = [
    "MemoryMap",
    "Region",
    "Run",
    "Span",
    "Volume",
    "activation_runs",
    "first_in_word",
    "seen_through",
]

_ALIGNMENT = 4096


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of indices."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many indices the span holds."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Volume:
    """A box of activations: images of the batch, channels of the view, rows and columns."""

    images: Span
    channels: Span
    rows: Span
    columns: Span

    @property
    def pixels(self) -> int:
        """Pixels of all images."""
        return self.images.size * self.rows.size * self.columns.size

    def blocks(self, block: int, first: int = 0) -> int:
        """How many channel blocks of `block` channels the box touches, where channel 0 is the
        channel `first` of its block.
        """
        return ceil_div(first + self.channels.stop, block) - (first + self.channels.start) // block


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive bytes in memory."""

    address: int
    nbytes: int


@dataclass(frozen=True, slots=True)
class Region:
    """Where a tensor lies: its first byte, and its extent in words."""

    base: int
    images: int
    blocks: int
    height: int
    width: int
    block: int
    word_bytes: int

    @property
    def nbytes(self) -> int:
        """The bytes the tensor occupies."""
        return self.images * self.blocks * self.height * self.width * self.word_bytes


@dataclass(frozen=True, slots=True)
class MemoryMap:
    """The regions of all tensors, and the first byte of each pass's weights."""

    regions: dict[str, Region]
    weights: dict[str, int]
    nbytes: int

    @classmethod
    def place(
        cls, plan: Plan, weight_bytes: dict[str, int], word_bytes: int, images: int
    ) -> MemoryMap:
        """Lay out the tensors of `images` images and each pass's weights, one after another."""
        base = 0
        regions: dict[str, Region] = {}
        for tensor in plan.tensors:
            block = block_channels(word_bytes, tensor.element.bits)
            shape = tensor.shape
            region = Region(
                base,
                images,
                ceil_div(shape.channels, block),
                shape.height,
                shape.width,
                block,
                word_bytes,
            )
            regions[tensor.name] = region
            base += ceil_div(region.nbytes, _ALIGNMENT) * _ALIGNMENT
        weights: dict[str, int] = {}
        for name, nbytes in weight_bytes.items():
            weights[name] = base
            base += ceil_div(nbytes, _ALIGNMENT) * _ALIGNMENT
        return cls(regions, weights, base)


def first_in_word(view: TensorView, block: int) -> int:
    """Which channel of its memory word of `block` channels is the view's first.

    Only what is written may begin inside a word; what the machine reads begins with one.
    """
    return view.offset % block


def seen_through(view: TensorView, region: Region) -> Region:
    """The region as a view sees it: itself, or all its words as the blocks of one long pixel."""
    if not view.as_vector:
        return region
    return replace(region, blocks=region.blocks * region.height * region.width, height=1, width=1)


def activation_runs(region: Region, view: TensorView, volume: Volume) -> Iterator[Run]:
    """The runs of bytes of a box of a view, in the order in which they are moved.

    Neighbouring rows, and then neighbouring channel blocks, join into one run when the box
    covers them whole.
    """
    region = seen_through(view, region)
    first = (view.offset + volume.channels.start) // region.block
    blocks = ceil_div(view.offset + volume.channels.stop, region.block) - first
    row = region.width * region.word_bytes
    plane = region.height * row
    rows = volume.rows.size
    if volume.columns.size == region.width:
        length, rows_apart = rows * row, 1
    else:
        length, rows_apart = volume.columns.size * region.word_bytes, rows
    if length == plane:
        length, blocks_apart = blocks * plane, 1
    else:
        blocks_apart = blocks
    for image in range(volume.images.start, volume.images.stop):
        for block in range(first, first + blocks_apart):
            start = region.base + (image * region.blocks + block) * plane
            start += volume.rows.start * row + volume.columns.start * region.word_bytes
            for line in range(rows_apart):
                yield Run(start + line * row, length)
