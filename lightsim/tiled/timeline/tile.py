"""The time of the array: when a tile starts, waits, ends, and is drained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, place
from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES, POST_DEPTH
from lightsim.tiled.timeline.layout import (
    ARRAY_AT,
    ARRAY_LAUNCH,
    ARRAY_TILE,
    ARRAY_TILES,
    BANKS,
    BEHIND,
    BUSY,
    CONVOLVES,
    DEPTH,
    DRAIN,
    FACTOR,
    FINISHES,
    FLAGS,
    FREE_COUNT,
    FREED,
    FREES_INPUT,
    FREES_WEIGHT,
    FULL,
    FULL_COUNT,
    FULL_GROUP,
    GROUP_BEGIN,
    GROUP_END,
    INPUT,
    LAST_GROUP,
    LOADS_INPUT,
    LOADS_RESIDUAL,
    LOADS_WEIGHT,
    NEVER,
    OPENED,
    OUTPUT,
    OUTPUTS,
    PASSES,
    POST_BUSY,
    POST_FREE,
    RESIDUAL,
    RING,
    SCALE,
    STALL_FLUSH,
    STALL_INPUT,
    STALL_OUTPUT,
    STALL_POST,
    STALL_RESIDUAL,
    STALL_WEIGHT,
    STREAM_FIELDS,
    STREAMS_AT,
    TAKEN,
    TILES_FROM,
    TWICE,
    UNIT_ARRAY,
    UNIT_POST,
    UNIT_WAIT,
    WEIGHT,
)
from lightsim.tiled.timeline.watch import note

__all__ = ["run_array"]

Table = NDArray[np.int64]

_INPUT = STREAMS_AT + INPUT * STREAM_FIELDS
_RESIDUAL = STREAMS_AT + RESIDUAL * STREAM_FIELDS
_WEIGHT = STREAMS_AT + WEIGHT * STREAM_FIELDS
_OUTPUT = STREAMS_AT + OUTPUT * STREAM_FIELDS


@inlined
def run_array(
    machine: Table,
    found: Table,
    events: Table,
    tiles: Table,
    groups: Table,
    ranges: Table,
    launches: Table,
) -> bool:
    """Compute tiles while the times that they wait for are known; False if no tile was computed."""
    any_done = False
    while True:
        if machine[ARRAY_TILE] == machine[ARRAY_TILES]:
            following = machine[ARRAY_LAUNCH] + 1
            if following == machine[PASSES]:
                return any_done
            machine[ARRAY_LAUNCH] = following
            machine[ARRAY_TILE] = ranges[launches[following], TILES_FROM]
            machine[ARRAY_TILES] = ranges[launches[following] + 1, TILES_FROM]
        if machine[ARRAY_LAUNCH] >= machine[OPENED]:
            return any_done
        at = place(machine[ARRAY_TILE])
        if not _known(machine, tiles[at, FLAGS]):
            return any_done
        _compute(machine, found, events, tiles, at, groups)
        machine[ARRAY_TILE] = at + 1
        any_done = True


@inlined
def _known(machine: Table, flags: int) -> bool:
    """Whether the times of all banks that a tile takes are known."""
    if flags & LOADS_INPUT and machine[_INPUT + TAKEN] == machine[_INPUT + FULL_COUNT]:
        return False
    if flags & LOADS_WEIGHT and machine[_WEIGHT + TAKEN] == machine[_WEIGHT + FULL_COUNT]:
        return False
    if flags & LOADS_RESIDUAL and machine[_RESIDUAL + TAKEN] == machine[_RESIDUAL + FULL_COUNT]:
        return False
    free = machine[_OUTPUT + FREE_COUNT] + machine[_OUTPUT + BANKS]
    return not (flags & FINISHES and machine[_OUTPUT + TAKEN] == free)


@inlined
def _compute(
    machine: Table, found: Table, events: Table, tiles: Table, at: int, groups: Table
) -> None:
    """Compute one tile: its waits, its work, and the banks that it hands on."""
    flags = tiles[at, FLAGS]
    if flags & LOADS_INPUT:
        _wait(machine, found, events, INPUT, STALL_INPUT, _take_full(machine, _INPUT))
    if flags & LOADS_WEIGHT:
        _wait(machine, found, events, WEIGHT, STALL_WEIGHT, _take_full(machine, _WEIGHT))
    if flags & LOADS_RESIDUAL:
        _wait(machine, found, events, RESIDUAL, STALL_RESIDUAL, _take_full(machine, _RESIDUAL))
    if flags & FINISHES:
        _wait(machine, found, events, OUTPUT, STALL_OUTPUT, _take_free_output(machine))
    if flags & CONVOLVES:
        _convolve(machine, found, events, tiles, at, groups)
    else:
        _stream(machine, found, events, tiles, at)
    end, drained = machine[ARRAY_AT], machine[POST_FREE]
    if flags & FREES_INPUT:
        _hand_on(machine, _INPUT + FREED, _INPUT + FREE_COUNT, end)
    if flags & FREES_WEIGHT:
        _hand_on(machine, _WEIGHT + FREED, _WEIGHT + FREE_COUNT, end)
    if flags & LOADS_RESIDUAL:
        _hand_on(machine, _RESIDUAL + FREED, _RESIDUAL + FREE_COUNT, drained)
    if flags & FINISHES:
        _hand_on(machine, _OUTPUT + FULL, _OUTPUT + FULL_COUNT, drained + POST_DEPTH)


@inlined
def _take_full(machine: Table, s: int) -> int:
    """Take the next full bank of a buffer; returns the cycle in which the bank was full."""
    taken = machine[s + TAKEN]
    machine[s + TAKEN] = taken + 1
    return int(machine[s + FULL + taken % RING])


@inlined
def _take_free_output(machine: Table) -> int:
    """Take the next free output bank; returns the cycle in which the bank was free."""
    taken = machine[_OUTPUT + TAKEN]
    machine[_OUTPUT + TAKEN] = taken + 1
    before = taken - machine[_OUTPUT + BANKS]
    return int(machine[_OUTPUT + FREED + before % RING]) if before >= 0 else 0


@inlined
def _wait(machine: Table, found: Table, events: Table, stream: int, cause: int, until: int) -> None:
    """Let the array wait for a stream's bank until cycle `until`, if this is still to come."""
    since, launch = machine[ARRAY_AT], machine[ARRAY_LAUNCH]
    if until > since:
        found[launch, cause] += until - since
        note(machine, events, UNIT_WAIT + stream, launch, machine[ARRAY_TILE], since, until, 0)
        machine[ARRAY_AT] = until


@inlined
def _hand_on(machine: Table, times: int, counter: int, time: int) -> None:
    """Hand a bank on at `time`; `times` and `counter` are places in the state."""
    machine[times + machine[counter] % RING] = time
    machine[counter] += 1


@inlined
def _convolve(
    machine: Table, found: Table, events: Table, tiles: Table, at: int, groups: Table
) -> None:
    """Compute a convolution tile: ARRAY_AT advances to its end, POST_FREE to the end of its drain.

    The captures c_j and drain ends d_j are those of docs/machine.md, section 4. Within a row group
    of equal pixel groups, c_j - c_(j-1) is the larger of steps and drain cycles, after the first
    capture.
    """
    start, depth, launch = machine[ARRAY_AT], machine[DEPTH], place(machine[ARRAY_LAUNCH])
    outputs, scale = tiles[at, OUTPUTS], tiles[at, SCALE]
    captured, drained = start + depth, machine[POST_FREE]
    begin = NEVER
    busy, post_busy = 0, 0
    pairs = machine[TWICE] == 1
    alone = not pairs or outputs % 2 == 1
    if pairs:
        outputs = (outputs + 1) // 2
    if tiles[at, FLAGS] & FINISHES:
        for group in range(tiles[at, GROUP_BEGIN], tiles[at, GROUP_END]):
            steps = max(1, scale * groups[group, FACTOR])
            drain = tiles[at, FULL_GROUP] * groups[group, DRAIN]
            last = tiles[at, LAST_GROUP] * groups[group, DRAIN]
            if pairs and drain > steps:
                # With twice the lanes one pixel group does the work of two; its drain takes as long
                # as both.
                last += 0 if alone else drain - steps
                drain += drain - steps
            busy += outputs * steps
            captured = max(captured + steps, drained)
            begin = min(begin, captured)
            captured += (outputs - 1) * max(steps, drain)
            drained = captured + last
            post_busy += (outputs - 1) * drain + last
        note(machine, events, UNIT_POST, launch, at, begin, drained, busy)
    else:
        for group in range(tiles[at, GROUP_BEGIN], tiles[at, GROUP_END]):
            busy += outputs * max(1, scale * groups[group, FACTOR])
        captured += busy
    found[launch, BUSY] += busy
    found[launch, POST_BUSY] += post_busy
    found[launch, STALL_FLUSH] += depth
    found[launch, STALL_POST] += captured - start - depth - busy
    note(machine, events, UNIT_ARRAY, launch, at, start, captured, busy)
    machine[ARRAY_AT] = captured
    machine[POST_FREE] = drained


@inlined
def _stream(machine: Table, found: Table, events: Table, tiles: Table, at: int) -> None:
    """Compute a pooling or addition tile: ARRAY_AT advances to its end, POST_FREE to its exit."""
    start, launch = machine[ARRAY_AT], place(machine[ARRAY_LAUNCH])
    begin = max(start, machine[POST_FREE])
    busy = tiles[at, OUTPUTS] * tiles[at, SCALE]
    end = begin + BUFFER_READ_CYCLES + busy
    drained = end + tiles[at, BEHIND]
    found[launch, BUSY] += busy
    found[launch, POST_BUSY] += busy
    found[launch, STALL_POST] += begin - start
    found[launch, STALL_FLUSH] += BUFFER_READ_CYCLES
    note(machine, events, UNIT_POST, launch, at, begin, drained, busy)
    note(machine, events, UNIT_ARRAY, launch, at, start, end, busy)
    machine[ARRAY_AT] = end
    machine[POST_FREE] = drained
