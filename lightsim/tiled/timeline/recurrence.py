"""The recurrence: memory requests granted in order of time until the last pass is stored.

The arbiter is the only unit of the machine that chooses, so only its grants must be put in order of
time. docs/machine.md, section 7, gives the rule.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel, place
from lightsim.tiled.timeline.layout import (
    CHANNEL,
    CHANNEL_FIELDS,
    CHANNELS,
    CHANNELS_AT,
    CLOSED,
    EARLIEST,
    FREE_FROM,
    GRANTED_AT,
    INPUT,
    NEVER,
    OUTPUT,
    PASSES,
    PORT,
    PROBLEM,
    RESIDUAL,
    SHOWN,
    SLOT,
    STOP,
    STREAM_FIELDS,
    STREAMS_AT,
    TURN,
    WEIGHT,
    WIDE,
)
from lightsim.tiled.timeline.one_channel import play_one_channel
from lightsim.tiled.timeline.requests.grant import grant_train
from lightsim.tiled.timeline.settle import complete, settle

__all__ = ["play", "play_channels"]

Table = NDArray[np.int64]


@kernel
def play(
    machine: Table,
    channels: Table,
    spec: Table,
    plan: Table,
    found: Table,
    events: Table,
    tiles: Table,
    transfers: Table,
    ranges: Table,
    groups: Table,
    launches: Table,
) -> None:
    """Run the machine until STOP passes are stored.

    `launches` int64[pass] gives the row of every pass in the table of passes, over all programs in
    order. PROBLEM stays 0, or becomes the bytes that a channel would have to hold. A stopped
    machine goes on when STOP is raised, with the same results as a run without a stop.
    """
    whole = machine[STOP] == machine[PASSES] and machine[EARLIEST] == 0 and machine[WIDE] == 0
    if machine[CHANNELS] == 1 and whole:
        play_one_channel(
            machine, channels, spec, plan, found, events, tiles, transfers, ranges, groups, launches
        )
    else:
        play_channels(
            machine, channels, spec, plan, found, events, tiles, transfers, ranges, groups, launches
        )


@kernel
def play_channels(
    machine: Table,
    channels: Table,
    spec: Table,
    plan: Table,
    found: Table,
    events: Table,
    tiles: Table,
    transfers: Table,
    ranges: Table,
    groups: Table,
    launches: Table,
) -> None:
    """`play` for any number of channels."""
    settle(machine, found, events, tiles, transfers, ranges, groups, launches)
    earliest = machine[EARLIEST]
    while machine[CLOSED] < machine[STOP]:
        now, soonest, others = NEVER, -1, NEVER
        for number in range(4):
            ready = _ready(machine, STREAMS_AT + number * STREAM_FIELDS)
            if ready < now:
                now, soonest, others = ready, number, now
            else:
                others = min(others, ready)
        if now >= NEVER:
            machine[PROBLEM] = -1
            return
        # A stream that is ready before all other streams keeps the channel without interruption.
        alone = earliest <= now < others
        now = max(now, earliest)
        for channel in range(machine[CHANNELS]):
            number = soonest if alone else _pick(machine, channel, now)
            if number < 0:
                continue
            bound = others if alone else now
            last = grant_train(machine, channels, spec, plan, found, number, now, bound)
            if last < 0:
                return
            earliest = last + 1
            s = STREAMS_AT + number * STREAM_FIELDS
            if machine[s + SHOWN] == NEVER:
                complete(machine, s, number, found, events, transfers)
                settle(machine, found, events, tiles, transfers, ranges, groups, launches)
            if alone:
                break
    machine[EARLIEST] = earliest


@inlined
def _ready(machine: Table, s: int) -> int:
    """The first cycle in which only other streams can delay a stream's request."""
    slot = machine[CHANNELS_AT + CHANNEL_FIELDS * place(machine[s + CHANNEL]) + SLOT]
    return int(max(machine[s + SHOWN], machine[place(machine[s + PORT]) + FREE_FROM], slot))


@inlined
def _pick(machine: Table, channel: int, now: int) -> int:
    """The stream whose request a channel takes in cycle `now`, -1 if no stream has one."""
    if machine[CHANNELS_AT + CHANNEL_FIELDS * channel + SLOT] > now:
        return -1
    if _asks(machine, OUTPUT, channel, now):
        return OUTPUT
    first = machine[CHANNELS_AT + CHANNEL_FIELDS * channel + TURN]
    if _asks(machine, first, channel, now):
        return int(first)
    if _asks(machine, INPUT + RESIDUAL - first, channel, now):
        return int(INPUT + RESIDUAL - first)
    return WEIGHT if _asks(machine, WEIGHT, channel, now) else -1


@inlined
def _asks(machine: Table, number: int, channel: int, now: int) -> bool:
    """Whether the request of a stream may go to a channel that has a free slot."""
    s = STREAMS_AT + place(number) * STREAM_FIELDS
    port = place(machine[s + PORT])
    return bool(
        machine[s + CHANNEL] == channel
        and machine[s + SHOWN] <= now
        and machine[port + FREE_FROM] <= now
        and machine[port + GRANTED_AT] != now
    )
