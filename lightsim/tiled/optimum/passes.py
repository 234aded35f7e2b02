"""Cycles that a network cannot beat on one machine, from the bounds of all its tilings.

The first pass begins with empty banks. Every later pass is given the best state that the previous
passes could leave: its first weights in every bank, and open rows in the memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.optimum.choices.filters import Filters, filter_choices
from lightsim.tiled.optimum.choices.orders import ORDER_TABLE
from lightsim.tiled.optimum.choices.positions import Positions, least_positions, position_choices
from lightsim.tiled.optimum.layout import (
    HELD_BLOCKS,
    HELD_OUTPUT,
    HELD_RESIDUAL,
    HELD_WEIGHT,
    ROW_GROUPS,
)
from lightsim.tiled.optimum.limit import least
from lightsim.tiled.optimum.machine import machine_numbers
from lightsim.tiled.optimum.traffic import fewest_words

__all__ = ["PassTilings", "network_limit", "network_words", "pass_tilings", "smallest_tiles"]


@dataclass(frozen=True, slots=True, eq=False)
class PassTilings:
    """A pass with all its tile sizes: they depend on the array, not on buffers, ports or clock."""

    layer: EngineLayer
    filters: Filters
    positions: Positions


def pass_tilings(
    workload: Workload, accelerator: Accelerator, images: int
) -> tuple[PassTilings, ...]:
    """Every pass of a network with all tile sizes that the pass may use."""
    return tuple(
        PassTilings(
            layer,
            filter_choices(layer, accelerator, True),
            position_choices(layer, accelerator, images),
        )
        for layer in lower(workload, accelerator).layers
    )


def network_limit(
    passes: tuple[PassTilings, ...], accelerator: Accelerator, images: int
) -> int | None:
    """Cycles that no legal tilings and loop orders of the passes can beat, with filters sorted by
    k.

    `passes` are the passes of an accelerator with the same array. None if a pass has no legal
    tiling.
    """
    total = 0
    for number, one in enumerate(passes):
        machine = machine_numbers(one.layer, accelerator, images, ahead=number > 0)
        place = np.full(3, -1)
        found = least(one.filters.table, one.positions.table, machine, ORDER_TABLE, place)
        if place[0] < 0:
            return None
        total += int(np.ceil(found - 1e-6))
    return total


def network_words(
    passes: tuple[PassTilings, ...], accelerator: Accelerator, images: int
) -> int | None:
    """The fewest words that legal tilings and loop orders of the passes move through the memory.

    `passes` are as in `network_limit`. None if a pass has no legal tiling.
    """
    total = 0.0
    for one in passes:
        machine = machine_numbers(one.layer, accelerator, images)
        total += fewest_words(one.filters.table, one.positions.table, machine, ORDER_TABLE)
    return int(np.ceil(total - 1e-6)) if np.isfinite(total) else None


def smallest_tiles(
    layer: EngineLayer, accelerator: Accelerator
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """The demands of the smallest tiles of a pass, in the numbers of `mapping.tiles.footprint`.

    There are one or two such tiles: the tile of the fewest input channels and, if it is another,
    the tile of all input channels. Returns the bytes int64[tile, 4] of input, weight, residual and
    output; the row groups int64[tile]; and the positions that a tile computes. The result does not
    depend on the pixels of the array.
    """
    table = filter_choices(layer, accelerator, True, smallest=True).table
    read, computed = least_positions(layer, accelerator)
    word, pool = accelerator.word_bytes, layer.pool[0] * layer.pool[1]
    nbytes = [
        table[HELD_BLOCKS] * read * word,
        table[HELD_WEIGHT],
        table[HELD_RESIDUAL] * computed * word,
        table[HELD_OUTPUT] * (computed // pool) * word,
    ]
    return np.stack(nbytes, axis=1).astype(np.int64), table[ROW_GROUPS].astype(np.int64), computed
