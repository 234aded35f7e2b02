"""The consequences of a transfer's end: the next transfers begin, tiles are computed, passes close.

The end of a transfer is known as soon as its last request is granted. All consequences are
therefore known at this grant, and none of them happens before it. So the requests can be granted in
order of time, while every other unit runs ahead of the grants.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, place
from lightsim.tiled.description.pipeline import LAYER_START_CYCLES
from lightsim.tiled.timeline.layout import (
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
    FREE_COUNT,
    FREED,
    FULL,
    FULL_COUNT,
    IMAGES,
    IN_HAND,
    LAST_OF_PASS,
    LAUNCH,
    LENGTH,
    LINES,
    NBYTES,
    NEVER,
    NEXT,
    OPEN_AT,
    OPENED,
    OUTPUT,
    PASSES,
    PLANES,
    RING,
    SHOWN,
    STALL_STORE,
    STORED,
    STREAM_FIELDS,
    STREAMS_AT,
    TILE,
    TRAFFIC,
    TRANSFERS_FROM,
    WAITED_BANK,
    WAITED_MEMORY,
    WEIGHT,
    WIDE,
    WORD_SHIFT,
)
from lightsim.tiled.timeline.requests.request import cut, first_run
from lightsim.tiled.timeline.tile import run_array
from lightsim.tiled.timeline.watch import note

__all__ = ["complete", "settle"]

Table = NDArray[np.int64]


@inlined
def settle(
    machine: Table,
    found: Table,
    events: Table,
    tiles: Table,
    transfers: Table,
    ranges: Table,
    groups: Table,
    launches: Table,
) -> None:
    """Advance every unit as far as possible without another grant."""
    moved = True
    while moved:
        moved = run_array(machine, found, events, tiles, groups, ranges, launches)
        for number in range(4):
            s = STREAMS_AT + number * STREAM_FIELDS
            if machine[s + SHOWN] == NEVER and _find(machine, s, number, ranges, launches):
                moved |= _begin(machine, s, number, found, events, transfers)


@inlined
def _find(machine: Table, s: int, number: int, ranges: Table, launches: Table) -> bool:
    """Move a stream on to the pass of its next transfer; False if it has no more transfers."""
    while machine[s + NEXT] == machine[s + LAST_OF_PASS]:
        following = machine[s + LAUNCH] + 1
        if following == machine[PASSES]:
            return False
        machine[s + LAUNCH] = following
        machine[s + NEXT] = ranges[launches[following], TRANSFERS_FROM + number]
        machine[s + LAST_OF_PASS] = ranges[launches[following] + 1, TRANSFERS_FROM + number]
    return True


@inlined
def _begin(
    machine: Table, s: int, number: int, found: Table, events: Table, transfers: Table
) -> bool:
    """Begin a stream's next transfer if its start is known; True if an empty one was completed."""
    count, asked = machine[s + COUNT], machine[s + ENDED]
    if number == OUTPUT:
        if count == machine[s + FULL_COUNT]:
            return False
        asked = max(asked, machine[s + FULL + count % RING])
        began = asked
    else:
        if number != WEIGHT:
            if machine[s + LAUNCH] >= machine[OPENED]:
                return False
            asked = max(asked, machine[OPEN_AT])
        before = count - machine[s + BANKS]
        if before >= machine[s + FREE_COUNT]:
            return False
        began = max(asked, machine[s + FREED + before % RING]) if before >= 0 else asked
    at = place(machine[s + NEXT])
    machine[s + IN_HAND] = at
    machine[s + NEXT] = at + 1
    machine[s + COUNT] = count + 1
    machine[s + ASKED], machine[s + BEGAN], machine[s + DONE] = asked, began, began
    if transfers[number, at, LINES] == 0:
        complete(machine, s, number, found, events, transfers)
        return True
    first_run(machine, s, transfers, number)
    cut(machine, s)
    machine[s + SHOWN] = began
    if number == OUTPUT and not machine[WIDE]:
        machine[s + SHOWN] += machine[s + NBYTES] >> machine[WORD_SHIFT]
    return False


@inlined
def complete(
    machine: Table, s: int, number: int, found: Table, events: Table, transfers: Table
) -> None:
    """Complete the transfer in hand at DONE: hand its bank on, and perhaps close the pass."""
    at, launch, end = place(machine[s + IN_HAND]), place(machine[s + LAUNCH]), machine[s + DONE]
    nbytes = transfers[number, at, LENGTH] * transfers[number, at, LINES]
    nbytes *= transfers[number, at, PLANES] * transfers[number, at, IMAGES]
    words = nbytes >> machine[WORD_SHIFT]
    machine[s + ENDED] = end
    machine[s + STORED] += words
    machine[s + WAITED_BANK] += machine[s + BEGAN] - machine[s + ASKED]
    machine[s + WAITED_MEMORY] += end - machine[s + BEGAN] - words
    tile = transfers[number, at, TILE]
    note(machine, events, number, launch, tile, machine[s + BEGAN], end, words)
    if number != WEIGHT:
        found[launch, TRAFFIC + number] += nbytes
    if number != OUTPUT:
        machine[s + FULL + machine[s + FULL_COUNT] % RING] = end
        machine[s + FULL_COUNT] += 1
        return
    machine[s + FREED + machine[s + FREE_COUNT] % RING] = end
    machine[s + FREE_COUNT] += 1
    if machine[s + NEXT] == machine[s + LAST_OF_PASS]:
        _close(machine, found, launch, end)


@inlined
def _close(machine: Table, found: Table, launch: int, end: int) -> None:
    """Close a pass that stored its last word at cycle `end`; the next pass opens a little later."""
    found[launch, END] = end
    found[launch, STALL_STORE] = end - machine[ARRAY_AT]
    machine[CLOSED] = launch + 1
    if launch + 1 < machine[PASSES]:
        found[launch + 1, BEGIN] = end
        machine[OPENED] = launch + 2
        machine[OPEN_AT] = end + LAYER_START_CYCLES
        machine[ARRAY_AT] = end + LAYER_START_CYCLES
