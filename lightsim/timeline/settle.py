"""What follows from a transfer's end: streams begin their next, tiles are computed, passes close.

All of it is known the moment the transfer's last request has been granted, because a granted
request's end is; none of it comes before the grant, so the requests can be granted in order of
time with everything else running ahead of them.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lightsim.hardware.pipeline import LAYER_START_CYCLES
from lightsim.timeline.layout import (
    ACTIVE,
    ARRAY_AT,
    ASKED,
    BANKS,
    BEGAN,
    BEGIN,
    CLOSED,
    COUNT,
    DONE,
    END,
    ENDED,
    IMAGES,
    IN_HAND,
    LAST_OF_PASS,
    LAUNCH,
    LENGTH,
    LINES,
    NBYTES,
    NEXT,
    OPEN_AT,
    OPENED,
    OUTPUT,
    PLANES,
    SHOWN,
    STALL_STORE,
    STORED,
    TILE,
    TRAFFIC,
    TRANSFERS_FROM,
    WAITED_BANK,
    WAITED_MEMORY,
    WEIGHT,
    WORD,
)
from lightsim.timeline.request import first_request
from lightsim.timeline.state import RING, State
from lightsim.timeline.tile import run_array
from lightsim.timeline.watch import note

__all__ = ["complete", "settle"]

Table = NDArray[np.int64]


@njit(cache=True, error_model="numpy")
def settle(
    state: State, tiles: Table, transfers: Table, ranges: Table, groups: Table, launches: Table
) -> None:
    """Let everything happen that does not need another grant."""
    moved = True
    while moved:
        moved = run_array(state, tiles, groups, ranges, launches)
        for number in range(4):
            if not state.streams[number, ACTIVE]:
                moved |= _begin(state, number, transfers, ranges, launches)


@njit(cache=True, error_model="numpy")
def _begin(state: State, number: int, transfers: Table, ranges: Table, launches: Table) -> bool:
    """Begin a stream's next transfer if its time is known; whether an empty one was done."""
    stream = state.streams[number]
    while stream[NEXT] == stream[LAST_OF_PASS]:
        following = stream[LAUNCH] + 1
        if following == len(launches):
            return False
        stream[LAUNCH] = following
        stream[NEXT] = ranges[launches[following], TRANSFERS_FROM + number]
        stream[LAST_OF_PASS] = ranges[launches[following] + 1, TRANSFERS_FROM + number]
    asked = stream[ENDED]
    if number == OUTPUT:
        if stream[COUNT] == state.handed[OUTPUT, 0]:
            return False
        asked = max(asked, state.full[OUTPUT, stream[COUNT] % RING])
        began = asked
    else:
        if number != WEIGHT:
            if stream[LAUNCH] >= state.control[OPENED]:
                return False
            asked = max(asked, state.control[OPEN_AT])
        before = stream[COUNT] - state.machine[BANKS + number]
        if before >= state.handed[number, 1]:
            return False
        began = max(asked, state.freed[number, before % RING]) if before >= 0 else asked
    transfer = transfers[number, stream[NEXT]]
    stream[IN_HAND] = stream[NEXT]
    stream[NEXT] += 1
    stream[COUNT] += 1
    stream[ASKED], stream[BEGAN], stream[DONE] = asked, began, began
    if transfer[LINES] == 0:
        complete(state, number, transfers)
        return True
    first_request(state.machine, stream, transfer)
    stream[SHOWN] = began
    if number == OUTPUT:
        stream[SHOWN] += -(-stream[NBYTES] // state.machine[WORD])
    return False


@njit(cache=True, error_model="numpy")
def complete(state: State, number: int, transfers: Table) -> None:
    """The transfer in hand is done at DONE: hand its bank on, and close the pass if it was last."""
    stream = state.streams[number]
    transfer = transfers[number, stream[IN_HAND]]
    end = stream[DONE]
    nbytes = transfer[LENGTH] * transfer[LINES] * transfer[PLANES] * transfer[IMAGES]
    words = nbytes // state.machine[WORD]
    stream[ENDED] = end
    stream[STORED] += words
    stream[WAITED_BANK] += stream[BEGAN] - stream[ASKED]
    stream[WAITED_MEMORY] += end - stream[BEGAN] - words
    if number != WEIGHT:
        state.found[stream[LAUNCH], TRAFFIC + number] += nbytes
    note(state, number, stream[LAUNCH], transfer[TILE], stream[BEGAN], end, words)
    if number != OUTPUT:
        state.full[number, state.handed[number, 0] % RING] = end
        state.handed[number, 0] += 1
        return
    state.freed[OUTPUT, state.handed[OUTPUT, 1] % RING] = end
    state.handed[OUTPUT, 1] += 1
    if stream[NEXT] == stream[LAST_OF_PASS]:
        _close(state, stream[LAUNCH], end)


@njit(cache=True, error_model="numpy")
def _close(state: State, launch: int, end: int) -> None:
    """A pass has stored its last word at `end`; the next one opens a little later."""
    found, control = state.found, state.control
    found[launch, END] = end
    found[launch, STALL_STORE] = end - control[ARRAY_AT]
    control[CLOSED] = launch + 1
    if launch + 1 < len(found):
        found[launch + 1, BEGIN] = end
        control[OPENED] = launch + 2
        control[OPEN_AT] = end + LAYER_START_CYCLES
        control[ARRAY_AT] = end + LAYER_START_CYCLES
