"""Every choice of the images, rows and columns of a tile, and the demands of each choice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.tiles.schedule import cut
from lightsim.tiled.mapping.tiles.tiling import Axis, axis_of, grain
from lightsim.tiled.optimum import layout as at

__all__ = ["Positions", "least_positions", "least_read", "position_choices", "sizes_along"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Choices of images, rows and columns, with their demands on the machine.

    `b` (Tb, images), `r` (Tr, rows) and `c` (Tc, columns) are int64[choice]; `table` is
    float64[POSITION_FIELDS, choice], a row for every number of `optimum.layout`.
    """

    b: Ints
    r: Ints
    c: Ints
    table: Floats


def sizes_along(extent: int, unit: int) -> Ints:
    """Every legal size along an extent: multiples of `unit` below the extent, and the extent."""
    return np.unique(np.append(np.arange(unit, extent + 1, unit), extent))


def position_choices(layer: EngineLayer, accelerator: Accelerator, images: int) -> Positions:
    """All legal choices of Tb, Tr and Tc for a pass over `images` images."""
    step, shape = grain(layer, accelerator), layer.computed
    extents = (images, shape.height, shape.width)
    sizes = [sizes_along(e, u) for e, u in zip(extents, (1, step.r, step.c), strict=True)]
    grid = np.meshgrid(*(np.arange(len(s)) for s in sizes), indexing="ij")
    places = [index.ravel() for index in grid]
    b, r, c = (s[i] for s, i in zip(sizes, places, strict=True))
    rows = _spans(axis_of(layer, 0), step.r)[:, places[1]]
    columns = _spans(axis_of(layer, 1), step.c)[:, places[2]]
    width = accelerator.array.pixels if layer.weights is not None else 1
    table = np.zeros((at.POSITION_FIELDS, len(b)))
    tiles, last = zip(*(_cuts(e, s) for e, s in zip(extents, (b, r, c), strict=True)), strict=True)
    table[at.TILES] = tiles[0] * tiles[1] * tiles[2]
    table[at.PIXEL_GROUPS] = _pixel_groups((b, r, c), tiles, last, width)
    table[at.READ] = images * rows[0] * columns[0]
    table[at.HELD_READ] = b * rows[1] * columns[1]
    table[at.FIRST_READ] = b * rows[2] * columns[2]
    table[at.FILLED] = tiles[0] * rows[3] * columns[3]
    table[at.HELD_COMPUTED] = b * r * c
    table[at.LARGEST_GROUPS] = -(-(b * r * c) // width)
    table[at.FIRST_GROUPS] = table[at.LARGEST_GROUPS]
    final = last[0] * last[1] * last[2]
    table[at.LAST_GROUPS] = -(-final // width)
    table[at.LAST_REST] = final - (table[at.LAST_GROUPS] - 1) * width
    table[at.LAST_COMPUTED] = final
    return Positions(b, r, c, table)


def least_read(layer: EngineLayer) -> int:
    """The most input pixels that one tile of the smallest legal Tr and Tc reads."""
    down, across = (_spans(axis_of(layer, axis), layer.pool[axis]) for axis in (0, 1))
    return int(down[1, 0] * across[1, 0])


def least_positions(layer: EngineLayer, accelerator: Accelerator) -> tuple[int, int]:
    """The most positions that one of the smallest tiles reads, and the most that one computes."""
    step, shape = grain(layer, accelerator), layer.computed
    return least_read(layer), min(step.r, shape.height) * min(step.c, shape.width)


def _cuts(extent: int, size: Ints) -> tuple[Ints, Ints]:
    """The number of tiles along an extent, and the length of the last tile."""
    count = -(-extent // size)
    return count, extent - (count - 1) * size


def _pixel_groups(
    size: tuple[Ints, Ints, Ints],
    tiles: tuple[Ints, ...],
    last: tuple[Ints, ...],
    width: int,
) -> Ints:
    """Pixel groups of all tiles: the full tiles, and along each extent the last tiles."""
    total = np.zeros_like(size[0])
    for corner in range(8):
        count, pixels = np.ones_like(total), np.ones_like(total)
        for axis in range(3):
            final = corner >> axis & 1
            count = count * (1 if final else tiles[axis] - 1)
            pixels = pixels * (last[axis] if final else size[axis])
        total = total + count * -(-pixels // width)
    return total


@lru_cache(maxsize=256)
def _spans(axis: Axis, unit: int) -> Ints:
    """Input rows (or columns) for every legal size, int64[4, size].

    The four numbers are the rows of all tiles together, the most rows of one tile, the rows of the
    first tile, and the number of tiles that read any row. Passes and arrays share the result.
    """
    sizes = sizes_along(axis.extent, unit)
    found = np.zeros((4, len(sizes)), np.int64)
    for index, size in enumerate(sizes.tolist()):
        lengths = []
        for span in cut(axis.extent, size):
            low, high = axis.needed(span.start, span.stop)
            lengths.append(high - low)
        found[:, index] = sum(lengths), max(lengths), lengths[0], sum(n > 0 for n in lengths)
    return found
