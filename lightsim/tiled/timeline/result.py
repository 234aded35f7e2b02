"""The result of a timeline: cycles, and layers, units and intervals named as in a simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lightsim.memory import layout as memory
from lightsim.tiled.description.pipeline import LAYER_START_CYCLES
from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals
from lightsim.tiled.mapping.activity import Activity
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule
from lightsim.tiled.timeline.layout import (
    BEGIN,
    BUSY,
    END,
    EVENT_AMOUNT,
    EVENT_END,
    EVENT_LAUNCH,
    EVENT_START,
    EVENT_TILE,
    EVENT_UNIT,
    POST_BUSY,
    STALL_FLUSH,
    STALL_INPUT,
    STALL_OUTPUT,
    STALL_POST,
    STALL_RESIDUAL,
    STALL_STORE,
    STALL_WEIGHT,
    STORED,
    STREAMS,
    TRAFFIC,
    UNIT_ARRAY,
    UNIT_POST,
    UNIT_WAIT,
    WAITED_BANK,
    WAITED_MEMORY,
)

__all__ = ["TimelineResult"]

Table = NDArray[np.int64]

# The units of the simulation, in the simulation's order, with the number of the stream of each.
_MOVERS = {"load input": 0, "load weight": 2, "load residual": 1, "store output": 3}
_STALLS = {
    "input": STALL_INPUT,
    "weight": STALL_WEIGHT,
    "residual": STALL_RESIDUAL,
    "output": STALL_OUTPUT,
    "post": STALL_POST,
    "flush": STALL_FLUSH,
}


@dataclass(frozen=True, eq=False)
class TimelineResult:
    """The result of a whole run.

    `found` int64[pass, FOUND_FIELDS] holds the passes of all programs, `streams` int64[stream,
    STREAM_FIELDS], `channels` int64[channel, state], and `events` int64[event, EVENT_FIELDS], which
    is empty without tracing. `layers`, `units` and `trace` equal those of a `SimulationResult` of
    the same programs, and are made at their first use.
    """

    programs: tuple[Program, ...]
    found: Table
    streams: Table
    channels: Table
    events: Table

    @property
    def cycles(self) -> int:
        """The cycle in which the memory acknowledges the last word of the last pass."""
        return int(self.found[-1, END])

    @property
    def ends(self) -> list[int]:
        """The cycle in which each pass ends, in order of execution."""
        ends: list[int] = self.found[:, END].tolist()
        return ends

    @property
    def traffic_bytes(self) -> int:
        """Bytes that all passes move to and from memory."""
        return int(self.found[:, TRAFFIC : TRAFFIC + len(STREAMS)].sum())

    @cached_property
    def layers(self) -> tuple[LayerTiming, ...]:
        """The timing of every pass, in order of execution."""
        activity: dict[int, list[tuple[dict[str, int], int]]] = {}
        timings = []
        rows = iter(self.found.tolist())
        for program in self.programs:
            counted = activity.get(id(program))
            if counted is None:
                counted = activity[id(program)] = _activity(program)
            for schedule, (events, useful) in zip(program.schedules, counted, strict=True):
                timings.append(_timing(schedule, next(rows), events, useful))
        return tuple(timings)

    @cached_property
    def units(self) -> Mapping[str, UnitTotals]:
        """Cycles of every unit by cause."""
        total = self.found.sum(axis=0).tolist()
        array = UnitTotals(total[BUSY])
        for cause, place in _STALLS.items():
            array.stall(cause, total[place])
        units = {"array": array, "post": UnitTotals(total[POST_BUSY])}
        for name, number in _MOVERS.items():
            stream = self.streams[number].tolist()
            units[name] = UnitTotals(stream[STORED])
            units[name].stall("bank", stream[WAITED_BANK])
            units[name].stall("memory", stream[WAITED_MEMORY])
        return units

    @property
    def memory_counters(self) -> Mapping[str, int]:
        """The counters of the memory, summed over all channels."""
        total = self.channels[:, memory.COUNTERS : memory.OPEN_ROWS].sum(axis=0).tolist()
        return dict(zip(memory.COUNTER_NAMES, total, strict=True))

    @cached_property
    def trace(self) -> tuple[Interval, ...]:
        """Every interval of every unit, ordered by end and start; empty without tracing."""
        if not len(self.events):
            return ()
        names, first = _places(self.programs)
        intervals = [_interval(row, names, first) for row in self.events.tolist()]
        for name, row, schedule in zip(names, self.found.tolist(), self._schedules(), strict=True):
            detail = {"tiles": len(schedule.tiles)}
            intervals.append(Interval("controller", name, row[BEGIN], row[END], detail))
        return tuple(sorted(intervals, key=lambda i: (i.end, i.start, i.unit)))

    def _schedules(self) -> Iterator[Schedule]:
        for program in self.programs:
            yield from program.schedules


def _timing(
    schedule: Schedule, row: Sequence[int], counted: Mapping[str, int], useful: int
) -> LayerTiming:
    stalls = {"start": LAYER_START_CYCLES}
    stalls.update((cause, row[place]) for cause, place in _STALLS.items() if row[place])
    stalls["store"] = row[STALL_STORE]
    moved = {name: row[TRAFFIC + STREAMS.index(name)] for name in ("input", "weight")}
    moved |= {name: row[TRAFFIC + STREAMS.index(name)] for name in ("residual", "output")}
    events = {**counted, "dram_byte": sum(moved.values())}
    return LayerTiming(
        schedule.layer.name, row[BEGIN], row[END], row[BUSY], stalls, len(schedule.tiles),
        events, moved, useful,
    )  # fmt: skip


def _activity(program: Program) -> list[tuple[dict[str, int], int]]:
    """The energy events and the useful lane cycles of every pass; neither depends on time."""
    activity, counted = Activity(program.accelerator), []
    for schedule in program.schedules:
        for tile in schedule.tiles:
            activity.count(schedule, tile)
        counted.append(activity.take())
    return counted


def _places(programs: Sequence[Program]) -> tuple[list[str], list[int]]:
    """For every pass of the run, its name and the number of its first tile in the tables."""
    names: list[str] = []
    first: list[int] = []
    begins: dict[int, list[int]] = {}
    at = 0
    for program in programs:
        if id(program) not in begins:
            begins[id(program)] = []
            for schedule in program.schedules:
                begins[id(program)].append(at)
                at += len(schedule.tiles)
        names += [schedule.layer.name for schedule in program.schedules]
        first += begins[id(program)]
    return names, first


def _interval(row: Sequence[int], names: Sequence[str], first: Sequence[int]) -> Interval:
    unit, launch = row[EVENT_UNIT], row[EVENT_LAUNCH]
    start, end = row[EVENT_START], row[EVENT_END]
    if unit >= UNIT_WAIT:
        return Interval("array", f"wait {STREAMS[unit - UNIT_WAIT]}", start, end, {})
    if unit in (UNIT_ARRAY, UNIT_POST):
        detail = {"tile": row[EVENT_TILE] - first[launch], "issue cycles": row[EVENT_AMOUNT]}
        name = "array" if unit == UNIT_ARRAY else "post"
        return Interval(name, names[launch], start, end, detail)
    detail = {"tile": row[EVENT_TILE], "words": row[EVENT_AMOUNT]}
    mover = next(name for name, number in _MOVERS.items() if number == unit)
    return Interval(mover, names[launch], start, end, detail)
