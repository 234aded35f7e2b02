"""The recurrence: memory requests granted in order of time until the last pass is stored.

Of all the machine only the arbiter has to choose, so only its grants are put in order of time.
The rule is docs/machine.md, section 7.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lightsim.hardware.pipeline import LAYER_START_CYCLES
from lightsim.memory.serve import serve
from lightsim.timeline.layout import (
    ACTIVE,
    ADDRESS,
    ARRAY_AT,
    ARRAY_LAUNCH,
    CAPACITY,
    CHANNEL,
    CLOSED,
    DONE,
    END,
    IN_HAND,
    INPUT,
    LAUNCH,
    NBYTES,
    NEVER,
    OPEN_AT,
    OPENED,
    OUTPUT,
    PORT,
    PROBLEM,
    RESIDUAL,
    SHOWN,
    TRAFFIC,
    TRAFFIC_LAUNCH,
    WEIGHT,
    WORD,
)
from lightsim.timeline.request import next_request
from lightsim.timeline.settle import complete, settle
from lightsim.timeline.state import State

__all__ = ["play"]

Table = NDArray[np.int64]

# A port's state: when its return path is free, the first cycle in which it may make another
# request, and the cycle of its last grant.
_RETURN_FREE = 0
_FREE_FROM = 1
_GRANTED_AT = 2


@njit(cache=True, error_model="numpy")
def play(
    state: State, tiles: Table, transfers: Table, ranges: Table, groups: Table, launches: Table
) -> None:
    """Run the machine; PROBLEM is left at 0, or at what a channel would have to hold.

    `launches` [pass] are the passes of all programs, one after another, by their rows.
    """
    control, streams = state.control, state.streams
    control[ARRAY_LAUNCH] = -1
    streams[:, LAUNCH] = -1
    control[OPENED] = 1
    control[OPEN_AT] = control[ARRAY_AT] = LAYER_START_CYCLES
    state.ports[:, _GRANTED_AT] = -1
    settle(state, tiles, transfers, ranges, groups, launches)
    earliest = 0
    while control[CLOSED] < len(launches):
        now = NEVER
        for number in range(4):
            if streams[number, ACTIVE]:
                now = min(now, _ready(state, number))
        if now == NEVER:
            control[PROBLEM] = -1
            return
        now = max(now, earliest)
        earliest = now + 1
        for channel in range(len(state.slots)):
            number = _pick(state, channel, now)
            if number >= 0:
                if _grant(state, channel, number, now, transfers):
                    settle(state, tiles, transfers, ranges, groups, launches)
                if control[PROBLEM]:
                    return


@njit(cache=True, error_model="numpy")
def _ready(state: State, number: int) -> int:
    """The first cycle in which nothing but other streams can keep a request waiting."""
    stream = state.streams[number]
    slots = state.slots[stream[CHANNEL]]
    port = state.ports[state.machine[PORT + number]]
    return max(stream[SHOWN], port[_FREE_FROM], min(slots[0], slots[1]))


@njit(cache=True, error_model="numpy")
def _pick(state: State, channel: int, now: int) -> int:
    """The stream whose request a channel takes in this cycle, -1 for none."""
    slots = state.slots[channel]
    if min(slots[0], slots[1]) > now:
        return -1
    if _asks(state, OUTPUT, channel, now):
        return OUTPUT
    first = state.turns[channel]
    if _asks(state, first, channel, now):
        return first
    if _asks(state, INPUT + RESIDUAL - first, channel, now):
        return INPUT + RESIDUAL - first
    return WEIGHT if _asks(state, WEIGHT, channel, now) else -1


@njit(cache=True, error_model="numpy")
def _asks(state: State, number: int, channel: int, now: int) -> bool:
    """Whether a stream's request may go to a channel that has a free slot."""
    stream = state.streams[number]
    port = state.ports[state.machine[PORT + number]]
    return (
        stream[ACTIVE] == 1
        and stream[CHANNEL] == channel
        and stream[SHOWN] <= now
        and port[_FREE_FROM] <= now
        and port[_GRANTED_AT] != now
    )


@njit(cache=True, error_model="numpy")
def _grant(state: State, channel: int, number: int, now: int, transfers: Table) -> bool:
    """Grant a stream's request; whether that was the last of its transfer."""
    machine, stream = state.machine, state.streams[number]
    index = machine[PORT + number]
    port = state.ports[index]
    nbytes = stream[NBYTES]
    if stream[ADDRESS] + nbytes > machine[CAPACITY]:
        state.control[PROBLEM] = stream[ADDRESS] + nbytes
        return False
    writes = number == OUTPUT
    done, slot_free = serve(
        state.channels[channel], state.spec, now, stream[ADDRESS], nbytes, writes,
        port[_RETURN_FREE],
    )  # fmt: skip
    slots = state.slots[channel]
    slots[0 if slots[0] <= slots[1] else 1] = slot_free
    port[_GRANTED_AT] = now
    port[_FREE_FROM] = _put_under_way(state.under_way[index], done)
    if not writes:
        port[_RETURN_FREE] = done
        if number != WEIGHT:
            state.turns[channel] = INPUT + RESIDUAL - number
        else:
            _count_weights(state, now, nbytes)
    stream[DONE] = max(stream[DONE], done)
    next_request(machine, stream, transfers[number, stream[IN_HAND]])
    if not stream[ACTIVE]:
        complete(state, number, transfers)
        return True
    stream[SHOWN] = now + 1
    if writes:
        stream[SHOWN] += -(-stream[NBYTES] // machine[WORD])
    return False


@njit(cache=True, error_model="numpy")
def _put_under_way(under_way: Table, done: int) -> int:
    """Put a request in the place that has been free longest; when the next place will be."""
    place = 0
    for index in range(1, len(under_way)):
        if under_way[index] < under_way[place]:
            place = index
    under_way[place] = done
    free = under_way[0]
    for index in range(1, len(under_way)):
        free = min(free, under_way[index])
    return free


@njit(cache=True, error_model="numpy")
def _count_weights(state: State, now: int, nbytes: int) -> None:
    """Count weights for the pass during which they were asked for, whosever they are."""
    control, found = state.control, state.found
    while control[TRAFFIC_LAUNCH] < control[CLOSED] and now >= found[control[TRAFFIC_LAUNCH], END]:
        control[TRAFFIC_LAUNCH] += 1
    found[control[TRAFFIC_LAUNCH], TRAFFIC + WEIGHT] += nbytes
