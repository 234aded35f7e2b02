"""Grants of one stream's requests, one after another, while no other stream can come between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, place
from lightsim.memory.edges import to_cycle
from lightsim.memory.ideal import occupy
from lightsim.memory.layout import BURST_CLOCKS, IDEAL, KIND, LATEST, READ_LATENCY, RESPONSE_DELAY
from lightsim.memory.rows import serve_rows
from lightsim.tiled.timeline.layout import (
    ADDRESS,
    CAPACITY,
    CHANNEL,
    CHANNEL_FIELDS,
    CHANNELS_AT,
    CLOSED,
    DONE,
    END,
    FREE_FROM,
    GRANTED_AT,
    INPUT,
    LEFT,
    NBYTES,
    NEVER,
    OCCUPATION,
    OLDEST,
    OTHER_SLOT,
    OUTPUT,
    OUTSTANDING,
    PORT,
    PROBLEM,
    RESIDUAL,
    RETURN_FREE,
    SHOWN,
    SLOT,
    STREAM_FIELDS,
    STREAMS_AT,
    TRAFFIC,
    TRAFFIC_LAUNCH,
    TURN,
    UNDER_WAY,
    WEIGHT,
    WHERE,
    WIDE,
    WORD_SHIFT,
)
from lightsim.tiled.timeline.requests.request import cut, next_run

__all__ = ["grant_train", "put_under_way"]

Table = NDArray[np.int64]


@inlined
def grant_train(
    machine: Table,
    channels: Table,
    spec: Table,
    plan: Table,
    found: Table,
    number: int,
    now: int,
    others: int,
) -> int:
    """Grant a stream's request in cycle `now`, and its next requests while they are ready before
    `others`.

    Returns the cycle of the last grant, negative with PROBLEM set if a channel is too small for the
    request. SHOWN is NEVER after the last grant of the transfer.
    """
    s = STREAMS_AT + place(number) * STREAM_FIELDS
    port = place(machine[s + PORT])
    writes = 1 if number == OUTPUT else 0
    wide = machine[WIDE] == 1
    return_free = machine[port + RETURN_FREE]
    while True:
        channel, nbytes = place(machine[s + CHANNEL]), machine[s + NBYTES]
        if machine[s + ADDRESS] + nbytes > machine[CAPACITY]:
            machine[PROBLEM] = machine[s + ADDRESS] + nbytes
            return -1
        if spec[KIND] == IDEAL:
            words = nbytes >> machine[WORD_SHIFT]
            occupation = machine[place(machine[OCCUPATION] + words)]
            done, slot_free = occupy(
                channels[channel], spec, now, 0 if wide else words, occupation, writes, return_free
            )
        else:
            done, slot_free = serve_rows(
                channels[channel], spec, plan, now, machine[s + ADDRESS], nbytes, writes,
                return_free,
            )  # fmt: skip
            if wide and not writes:
                # The data of the last burst; the latest command of the channel is the command of
                # this burst.
                latest = channels[channel, LATEST] + spec[READ_LATENCY] + spec[BURST_CLOCKS]
                done = to_cycle(spec, latest) + spec[RESPONSE_DELAY]
        c = CHANNELS_AT + CHANNEL_FIELDS * channel
        machine[c + SLOT] = machine[c + OTHER_SLOT]
        machine[c + OTHER_SLOT] = slot_free
        if not writes:
            if not wide:
                return_free = done
                machine[port + RETURN_FREE] = done
            if number != WEIGHT:
                machine[c + TURN] = INPUT + RESIDUAL - number
            else:
                _count_weights(machine, found, now, nbytes)
        if not wide:
            put_under_way(machine, port, done)
        machine[s + DONE] = max(machine[s + DONE], done)
        machine[s + WHERE] += nbytes
        machine[s + LEFT] -= nbytes
        if machine[s + LEFT] == 0 and not next_run(machine, s):
            machine[s + SHOWN] = NEVER
            break
        cut(machine, s)
        shown = now + 1
        if writes and not wide:
            shown += machine[s + NBYTES] >> machine[WORD_SHIFT]
        machine[s + SHOWN] = shown
        slot = machine[CHANNELS_AT + CHANNEL_FIELDS * place(machine[s + CHANNEL]) + SLOT]
        following = max(shown, machine[port + FREE_FROM], slot)
        if following >= others:
            break
        now = following
    machine[port + GRANTED_AT] = now
    return now


@inlined
def put_under_way(machine: Table, port: int, done: int) -> None:
    """Put a request in the place that is free first; the places stay in order of time."""
    places, count = place(machine[port + UNDER_WAY]), machine[OUTSTANDING]
    at = place(machine[port + OLDEST])
    oldest = at + 1 if at + 1 < count else 0
    for _ in range(count - 1):
        before = at - 1 if at > 0 else count - 1
        if machine[places + before] <= done:
            break
        machine[places + at] = machine[places + before]
        at = before
    machine[places + at] = done
    machine[port + OLDEST] = oldest
    machine[port + FREE_FROM] = machine[places + oldest]


@inlined
def _count_weights(machine: Table, found: Table, now: int, nbytes: int) -> None:
    """Count weights for the pass in which they are requested, even if a later pass uses them."""
    launch = place(machine[TRAFFIC_LAUNCH])
    while launch < machine[CLOSED] and now >= found[launch, END]:
        launch += 1
    machine[TRAFFIC_LAUNCH] = launch
    found[launch, TRAFFIC + WEIGHT] += nbytes
