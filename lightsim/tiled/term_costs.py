"""What a filter's second term costs on an accelerator, measured by runs of the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.pe_kinds import pe_kind
from lightsim.numerics.formats.scheme import PER_FILTER
from lightsim.quantisation.term_costs import Stairs, TermCosts
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import Program, map_workload
from lightsim.tiled.mapping.tiles.schedule import Schedule
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.timeline.model import run

__all__ = ["term_costs"]


_MOST_RUNS = 33


def term_costs(workload: Workload, accelerator: Accelerator, images: int = 1) -> TermCosts:
    """The stairs of `workload`'s layers on `accelerator`, from at most 33 runs of the timeline.

    Only shapes count, and the tilings that suit k = 2 everywhere. In each run all layers stand
    at about the same share of their steps. Raises `InputError` where the network cannot be
    mapped.
    """
    filters = {q.layer.name: len(q.k) for q in workload.layers if q.k is not None}
    full = {name: np.full(count, 2, np.int8) for name, count in filters.items()}
    program = _program(workload, accelerator, full, images, None)
    tilings = {schedule.layer.name: schedule.tiling for schedule in program.schedules}
    own = {s.layer.main.layer.name: s for s in program.schedules if s.layer.weights is not None}
    sets = {name: _competing(schedule) for name, schedule in own.items()}
    edges = {name: _edges(sets[name], own[name], accelerator) for name in own}
    runs = min(_MOST_RUNS, max(len(one) for one in edges.values()))
    spent: dict[str, dict[int, float]] = {name: {} for name in own}
    for number in range(runs):
        share = number / max(1, runs - 1)
        at = {name: round(share * (len(one) - 1)) for name, one in edges.items()}
        k = {name: _k(filters[name], sets[name], edges[name][at[name]]) for name in own}
        cycles = _timed(_program(workload, accelerator, k, images, tilings))
        for name, point in at.items():
            spent[name][point] = cycles[name]
    return TermCosts({name: _stairs(sets[name], edges[name], spent[name]) for name in own}, images)


def _stairs(
    sets: tuple[tuple[int, ...], ...], edges: Sequence[int], spent: Mapping[int, float]
) -> Stairs:
    points = sorted(spent)
    total = np.interp(np.arange(len(edges)), points, [spent[point] for point in points])
    # A set that is smaller than the others has fewer steps and pays for none of the rest.
    payers = [sum(len(own) > edge for own in sets) for edge in edges[:-1]]
    steps = np.maximum(np.diff(total), 0) / np.array(payers)
    return Stairs(sets, tuple(edges), steps)


def _competing(schedule: Schedule) -> tuple[tuple[int, ...], ...]:
    """The filters of each tile that may change places, or of each row group where none may."""
    layer = schedule.layer
    found: dict[tuple[int, ...], None] = {}
    for tile in schedule.weight_groups:
        rows = [tuple(f for f in group.filters if f >= 0) for group in tile]
        if layer.kind == "depthwise" or not schedule.tiling.sort_filters:
            found.update(dict.fromkeys(rows))
            continue
        outer = layer.filters_of_group
        together: dict[int, list[int]] = {}
        for row in rows:
            together.setdefault(row[0] // outer, []).extend(row)
        found.update(dict.fromkeys(tuple(sorted(own)) for own in together.values()))
    return tuple(found)


def _edges(
    sets: tuple[tuple[int, ...], ...], schedule: Schedule, accelerator: Accelerator
) -> list[int]:
    """Numbers of second terms of one set between which nothing changes."""
    largest = max(len(own) for own in sets)
    if schedule.layer.kind == "depthwise" or not schedule.tiling.sort_filters:
        return [0, largest]
    scheme, bits = PER_FILTER, schedule.layer.source.element.bits
    fast = 0
    for group in accelerator.array.groups:
        kind = pe_kind(group.pe)
        if kind.passes(scheme, 2, bits) == kind.passes(scheme, 1, bits):
            fast += group.rows
    step = gcd(accelerator.array.rows, fast)
    return [*range(0, largest, step), largest]


def _k(filters: int, sets: tuple[tuple[int, ...], ...], second: int) -> NDArray[np.int8]:
    k = np.ones(filters, np.int8)
    for own in sets:
        k[list(own[:second])] = 2
    return k


def _program(
    workload: Workload,
    accelerator: Accelerator,
    k: Mapping[str, NDArray[np.int8]],
    images: int,
    tilings: Mapping[str, Tiling] | None,
) -> Program:
    """The program of a network whose filters have `k` terms: timing needs no other weights."""
    scheme = PER_FILTER
    layers = tuple(
        replace(layer, scheme=scheme, k=k[layer.layer.name]) if layer.k is not None else layer
        for layer in workload.layers
    )
    shaped = replace(workload, scheme=scheme, layers=layers)
    return map_workload(shaped, accelerator, images=images, tilings=tilings)


def _timed(program: Program) -> dict[str, int]:
    """The cycles of every pass, by its main layer."""
    ends = run([program]).ends
    names = [schedule.layer.main.layer.name for schedule in program.schedules]
    return dict(zip(names, np.diff(ends, prepend=0).tolist(), strict=True))
