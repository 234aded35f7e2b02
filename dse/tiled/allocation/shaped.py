"""A program with other terms in its filters, changed only where the timeline looks.

Another k moves filters to other rows and changes the size of weights; the tilings stay. The
timeline makes its tiles itself, so the tiles of the program's schedules are not made again.
"""

from __future__ import annotations

from dataclasses import replace

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import PER_FILTER
from lightsim.quantisation.per_filter import KMap
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import PARAMETER_SLOTS
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.filters.row_groups import RowGroup, row_groups
from lightsim.tiled.mapping.plan.layout import MemoryMap, Run
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule, cut
from lightsim.tiled.mapping.tiles.work import weight_bytes

__all__ = ["with_terms"]


def with_terms(program: Program, k: KMap) -> Program:
    """`program` with `k` terms in its filters, for the timeline alone: the schedules still hold
    the tiles of the old filters. Raises `InputError` if a tile of weights no longer fits."""
    schedules, spans = [], {}
    for schedule in program.schedules:
        name = schedule.layer.name
        if schedule.layer.weights is None:
            schedules.append(schedule)
            spans[name] = [run.nbytes for run in program.weight_runs[name]]
            continue
        changed = _with_terms(schedule, program.accelerator, k)
        schedules.append(changed)
        spans[name] = _sizes(changed, program.accelerator)
    memory = MemoryMap.place(
        program.plan,
        {name: sum(sizes) for name, sizes in spans.items()},
        program.accelerator.word_bytes,
        program.images,
    )
    runs = {name: _runs(memory.weights[name], sizes) for name, sizes in spans.items()}
    return replace(program, schedules=tuple(schedules), memory=memory, weight_runs=runs)


def _with_terms(schedule: Schedule, accelerator: Accelerator, k: KMap) -> Schedule:
    layer, tiling = schedule.layer, schedule.tiling
    main = replace(layer.main, scheme=PER_FILTER, k=k[layer.main.layer.name])
    layer = replace(layer, main=main)
    filters = cut(layer.computed.channels, tiling.m)
    per_m = len(schedule.weight_groups) // len(filters)
    groups: list[tuple[RowGroup, ...]] = []
    for span in filters:
        groups += [row_groups(layer, accelerator, span, tiling.sort_filters)] * per_m
    if [len(own) for own in groups] != [len(own) for own in schedule.weight_groups]:
        # More row groups need more row slots and partial sums: the tiling must be checked again.
        raise InputError(layer.name, "other row groups", "a program of its own")
    return replace(schedule, layer=layer, weight_groups=tuple(groups))


def _sizes(schedule: Schedule, accelerator: Accelerator) -> list[int]:
    layer, geometry = schedule.layer, Geometry(accelerator)
    narrow = layer.kind == "depthwise"
    sizes: dict[tuple[int, int, int], int] = {}
    found = []
    for groups, channels in zip(schedule.weight_groups, schedule.weight_channels, strict=True):
        key = id(groups), channels.start, channels.stop
        if key not in sizes:
            parts = weight_bytes(layer, accelerator, groups, channels)
            if geometry.weight_bytes(*parts, narrow) > accelerator.weight.bytes_per_bank:
                raise InputError(layer.name, "a tile of weights does not fit", "a smaller one")
            sizes[key] = sum(parts)
        found.append(sizes[key])
    if any(len(own) * accelerator.array.rows > PARAMETER_SLOTS for own in schedule.weight_groups):
        raise InputError(layer.name, "too many row slots", "a smaller tile")
    return found


def _runs(base: int, sizes: list[int]) -> tuple[Run, ...]:
    runs = []
    for nbytes in sizes:
        runs.append(Run(base, nbytes))
        base += nbytes
    return tuple(runs)
