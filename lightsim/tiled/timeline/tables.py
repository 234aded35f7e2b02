"""A program as int64 tables: a row for each pass, each row group and each weight tile.

The work comes from `tiled.mapping.tiles.work` and from the row groups and addresses of the program,
so all models of the machine share one description. The tables say nothing about time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from struct import pack
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.layout import seen_through
from lightsim.tiled.mapping.plan.plan import TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule
from lightsim.tiled.mapping.tiles.work import column_groups
from lightsim.tiled.timeline.layout import GROUP_FIELDS, PASS_FIELDS, VIEW_FIELDS, WEIGHT_FIELDS

__all__ = ["Tables", "describe"]

Table = NDArray[np.int64]

_ORDERS = {"".join(order): tuple(map("mns".index, order)) for order in permutations("mns")}


class Tables(NamedTuple):
    """The tables of programs that run one after another.

    `passes` int64[pass, PASS_FIELDS]; `groups` int64[row group, (factor, drain cycles of a
    position)]. Filter tile i of a pass has the row groups from `group_starts[at + i]` up to
    `group_starts[at + i + 1]`. `weights` int64[weight tile, (address, bytes)]. `launches`
    int64[pass] gives the rows of `passes` to run, in order.
    """

    passes: Table
    groups: Table
    group_starts: Table
    weights: Table
    launches: Table


def describe(programs: Sequence[Program]) -> Tables:
    """The tables of programs for one accelerator; each program is written down once."""
    passes: list[int] = []
    groups: list[int] = []
    starts: list[int] = [0]
    weights: list[int] = []
    launches: list[int] = []
    known: dict[int, range] = {}
    for program in programs:
        if id(program) not in known:
            first = len(passes) // PASS_FIELDS
            known[id(program)] = range(first, first + len(program.schedules))
            for schedule in program.schedules:
                passes += _pass(program, schedule, len(starts) - 1, len(weights) // WEIGHT_FIELDS)
                for run in program.weight_runs[schedule.layer.name]:
                    weights.append(run.address)
                    weights.append(run.nbytes)
                _groups(schedule, program.accelerator, groups, starts)
        launches += known[id(program)]
    return Tables(
        _table(passes).reshape(-1, PASS_FIELDS),
        _table(groups).reshape(-1, GROUP_FIELDS),
        _table(starts),
        _table(weights).reshape(-1, WEIGHT_FIELDS),
        _table(launches),
    )


def _table(numbers: list[int]) -> Table:
    """Numbers as an int64 array; packing the numbers first halves the time."""
    return np.frombuffer(bytearray(pack(f"={len(numbers)}q", *numbers)), np.int64)


def _groups(
    schedule: Schedule, accelerator: Accelerator, groups: list[int], starts: list[int]
) -> None:
    """Append the row groups of every filter tile: steps of a tap and drain cycles of a position."""
    layer = schedule.layer
    if layer.weights is None:
        return
    tied = layer.groups > 1
    per_m = 1 if tied else -(-layer.source.shape.channels // schedule.tiling.n)
    for index in range(0, len(schedule.weight_groups), per_m):
        channels = schedule.weight_channels[index]
        for group in schedule.weight_groups[index]:
            columns = column_groups(layer, accelerator, group, channels) if tied else 1
            groups.append(columns * group.passes)
            groups.append(group.drain)
        starts.append(len(groups) // GROUP_FIELDS)


def _pass(program: Program, schedule: Schedule, groups_at: int, weights_at: int) -> list[int]:
    layer, tiling, accelerator = schedule.layer, schedule.tiling, program.accelerator
    computed, source = layer.computed, layer.source.shape
    tied = layer.groups > 1
    array = accelerator.array
    row = [
        *_ORDERS[tiling.order],
        *(computed.channels, source.channels, program.images, computed.height, computed.width),
        *(tiling.m, tiling.n, tiling.b, tiling.r, tiling.c),
        *(source.height, source.width, *layer.kernel, *layer.stride),
        *(layer.padding.top, layer.padding.left, *layer.pool),
        layer.filters_of_group if tied else 0,
        layer.channels_of_group if tied else 0,
        int(layer.weights is not None),
        int(layer.residual is not None),
        block_channels(accelerator.word_bytes, layer.source.element.bits),
        *(array.columns, array.pixels, accelerator.post.lanes, groups_at, weights_at),
        *(*layer.reach, *layer.repeat, int(layer.phases)),
    ]
    for view in (layer.source, layer.residual, layer.destination):
        row += _view(program, view)
    return row


def _view(program: Program, view: TensorView | None) -> list[int]:
    """The place of a view: its tensor's memory region, and its first channel in the tensor."""
    if view is None:
        return [0] * VIEW_FIELDS
    region = seen_through(view, program.memory.regions[view.tensor])
    return [
        *(region.base, view.offset, region.block),
        *(region.blocks, region.height, region.width),
    ]
