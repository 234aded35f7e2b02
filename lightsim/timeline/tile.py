"""The array's time: when a tile starts, what it waited for, when it ends and is drained."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lightsim.hardware.pipeline import BUFFER_READ_CYCLES, POST_DEPTH
from lightsim.timeline.layout import (
    ARRAY_AT,
    ARRAY_LAUNCH,
    ARRAY_TILE,
    ARRAY_TILES,
    BANKS,
    BUSY,
    CONVOLVES,
    DEPTH,
    FINISHES,
    FLAGS,
    FREES_INPUT,
    FREES_WEIGHT,
    FULL_GROUP,
    GROUP_BEGIN,
    GROUP_END,
    INPUT,
    LAST_GROUP,
    LOADS_INPUT,
    LOADS_RESIDUAL,
    LOADS_WEIGHT,
    OPENED,
    OUTPUT,
    OUTPUTS,
    POST_BUSY,
    POST_FREE,
    RESIDUAL,
    SCALE,
    STALL_FLUSH,
    STALL_INPUT,
    STALL_OUTPUT,
    STALL_POST,
    STALL_RESIDUAL,
    STALL_WEIGHT,
    TAKEN,
    TILES_FROM,
    UNIT_ARRAY,
    UNIT_POST,
    UNIT_WAIT,
    WEIGHT,
)
from lightsim.timeline.state import RING, State
from lightsim.timeline.watch import note

__all__ = ["run_array"]

Table = NDArray[np.int64]


@njit(cache=True, error_model="numpy")
def run_array(state: State, tiles: Table, groups: Table, ranges: Table, launches: Table) -> bool:
    """Compute tiles as long as all they wait for is known; whether there was one."""
    control, handed = state.control, state.handed
    any_done = False
    while True:
        if control[ARRAY_TILE] == control[ARRAY_TILES]:
            following = control[ARRAY_LAUNCH] + 1
            if following == len(launches):
                return any_done
            control[ARRAY_LAUNCH] = following
            control[ARRAY_TILE] = ranges[launches[following], TILES_FROM]
            control[ARRAY_TILES] = ranges[launches[following] + 1, TILES_FROM]
        if control[ARRAY_LAUNCH] >= control[OPENED]:
            return any_done
        tile = tiles[control[ARRAY_TILE]]
        flags = tile[FLAGS]
        if (
            (flags & LOADS_INPUT and control[TAKEN + INPUT] == handed[INPUT, 0])
            or (flags & LOADS_WEIGHT and control[TAKEN + WEIGHT] == handed[WEIGHT, 0])
            or (flags & LOADS_RESIDUAL and control[TAKEN + RESIDUAL] == handed[RESIDUAL, 0])
            or (
                flags & FINISHES
                and control[TAKEN + OUTPUT] == handed[OUTPUT, 1] + state.machine[BANKS + OUTPUT]
            )
        ):
            return any_done
        _compute(state, tile, groups)
        control[ARRAY_TILE] += 1
        any_done = True


@njit(cache=True, error_model="numpy")
def _compute(state: State, tile: Table, groups: Table) -> None:
    """One tile, from what it waits for to the banks it hands on."""
    control, flags = state.control, tile[FLAGS]
    found = state.found[control[ARRAY_LAUNCH]]
    if flags & LOADS_INPUT:
        _wait(state, found, STALL_INPUT, INPUT, _take_full(state, INPUT))
    if flags & LOADS_WEIGHT:
        _wait(state, found, STALL_WEIGHT, WEIGHT, _take_full(state, WEIGHT))
    if flags & LOADS_RESIDUAL:
        _wait(state, found, STALL_RESIDUAL, RESIDUAL, _take_full(state, RESIDUAL))
    if flags & FINISHES:
        _wait(state, found, STALL_OUTPUT, OUTPUT, _take_free_output(state))
    start = control[ARRAY_AT]
    if flags & CONVOLVES:
        end, drained, busy = _convolve(state, tile, groups, start, flags & FINISHES, found)
    else:
        end, drained, busy = _stream(state, tile, start, found)
    found[BUSY] += busy
    control[ARRAY_AT] = end
    control[POST_FREE] = drained
    note(state, UNIT_ARRAY, control[ARRAY_LAUNCH], control[ARRAY_TILE], start, end, busy)
    if flags & FREES_INPUT:
        _hand_on(state.freed, state.handed, INPUT, 1, end)
    if flags & FREES_WEIGHT:
        _hand_on(state.freed, state.handed, WEIGHT, 1, end)
    if flags & LOADS_RESIDUAL:
        _hand_on(state.freed, state.handed, RESIDUAL, 1, drained)
    if flags & FINISHES:
        _hand_on(state.full, state.handed, OUTPUT, 0, drained + POST_DEPTH)


@njit(cache=True, error_model="numpy")
def _take_full(state: State, stream: int) -> int:
    """Take a buffer's next full bank; when it was full."""
    taken = state.control[TAKEN + stream]
    state.control[TAKEN + stream] = taken + 1
    return state.full[stream, taken % RING]


@njit(cache=True, error_model="numpy")
def _take_free_output(state: State) -> int:
    """Take the next free output bank; when it was free."""
    taken = state.control[TAKEN + OUTPUT]
    state.control[TAKEN + OUTPUT] = taken + 1
    before = taken - state.machine[BANKS + OUTPUT]
    return state.freed[OUTPUT, before % RING] if before >= 0 else 0


@njit(cache=True, error_model="numpy")
def _wait(state: State, found: Table, cause: int, stream: int, until: int) -> None:
    """The array waits for a bank until `until`, if that is still to come."""
    control = state.control
    since = control[ARRAY_AT]
    if until > since:
        found[cause] += until - since
        note(state, UNIT_WAIT + stream, control[ARRAY_LAUNCH], control[ARRAY_TILE], since, until, 0)
        control[ARRAY_AT] = until


@njit(cache=True, error_model="numpy")
def _hand_on(times: Table, handed: Table, stream: int, side: int, time: int) -> None:
    """A bank is handed on, full (side 0) or free (side 1), at `time`."""
    times[stream, handed[stream, side] % RING] = time
    handed[stream, side] += 1


@njit(cache=True, error_model="numpy")
def _convolve(
    state: State, tile: Table, groups: Table, start: int, finishes: int, found: Table
) -> tuple[int, int, int]:
    """End, drained time and busy cycles of a convolution tile.

    The captures c_j and drained times d_j of docs/machine.md, section 4. Within a row group of
    equal pixel groups c_j - c_(j-1) is the larger of steps and drain, once the first is captured.
    """
    control = state.control
    outputs, scale = tile[OUTPUTS], tile[SCALE]
    captured = start + state.machine[DEPTH]
    drained = control[POST_FREE]
    begin = -1
    busy, post_busy = 0, 0
    for group in range(tile[GROUP_BEGIN], tile[GROUP_END]):
        steps = max(1, scale * groups[group, 0])
        busy += outputs * steps
        if not finishes:
            continue
        drain = tile[FULL_GROUP] * groups[group, 1]
        last = tile[LAST_GROUP] * groups[group, 1]
        captured = max(captured + steps, drained)
        if begin < 0:
            begin = captured
        captured += (outputs - 1) * max(steps, drain)
        drained = captured + last
        post_busy += (outputs - 1) * drain + last
    if not finishes:
        captured += busy
    else:
        found[POST_BUSY] += post_busy
        note(state, UNIT_POST, control[ARRAY_LAUNCH], control[ARRAY_TILE], begin, drained, busy)
    found[STALL_FLUSH] += state.machine[DEPTH]
    found[STALL_POST] += captured - start - state.machine[DEPTH] - busy
    return captured, drained, busy


@njit(cache=True, error_model="numpy")
def _stream(state: State, tile: Table, start: int, found: Table) -> tuple[int, int, int]:
    """End, drained time and busy cycles of a pooling or addition tile."""
    control = state.control
    begin = max(start, control[POST_FREE])
    busy = tile[OUTPUTS] * tile[SCALE]
    end = begin + BUFFER_READ_CYCLES + busy
    found[STALL_POST] += begin - start
    found[STALL_FLUSH] += BUFFER_READ_CYCLES
    found[POST_BUSY] += busy
    note(state, UNIT_POST, control[ARRAY_LAUNCH], control[ARRAY_TILE], begin, end, busy)
    return end, end, busy
