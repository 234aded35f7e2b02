"""Grants in order of time for one memory channel, with the state of the channel in variables.

The results equal those of `recurrence.play_channels`, which takes any number of channels. A channel
grants at most one request in a cycle. So three facts decide which request is next: the first
possible cycle of each stream's request, the channel's two slots, and the channel's own last
commands. These numbers are kept in variables. Every stream has its own copy of the code, in which
the stream's places in the tables are constants.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel, place
from lightsim.memory.hot import Hot, cool, heat
from lightsim.memory.layout import (
    BUSY_CLOCKS,
    READS,
    WRITES,
)
from lightsim.tiled.timeline.jump import jump, steady_train
from lightsim.tiled.timeline.layout import (
    CLOSED,
    END,
    FREE_FROM,
    INPUT,
    NBYTES,
    NEVER,
    OUTPUT,
    PASSES,
    PORT,
    PROBLEM,
    REQUEST,
    RESIDUAL,
    SHOWN,
    STREAM_FIELDS,
    STREAMS_AT,
    TRAFFIC,
    TRAFFIC_LAUNCH,
    WEIGHT,
)
from lightsim.tiled.timeline.requests.one_grant import grant_one, what_is_built
from lightsim.tiled.timeline.settle import complete, settle

__all__ = ["play_one_channel"]

Table = NDArray[np.int64]

_INPUT = STREAMS_AT + INPUT * STREAM_FIELDS
_RESIDUAL = STREAMS_AT + RESIDUAL * STREAM_FIELDS
_WEIGHT = STREAMS_AT + WEIGHT * STREAM_FIELDS
_OUTPUT = STREAMS_AT + OUTPUT * STREAM_FIELDS


@kernel
def play_one_channel(
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
    """`recurrence.play_channels` for one channel."""
    settle(machine, found, events, tiles, transfers, ranges, groups, launches)
    state = channels[0]
    built = what_is_built(machine, spec, plan)
    steady = steady_train(machine, spec, plan, built.shared)
    hot = Hot(0, 0, 0, 0, 0, 0, 0, 0) if built.ideal else heat(state)
    slot, now, residual_first = 0, -1, False
    weights, weights_until = 0, NEVER
    ready_input, ready_residual = machine[_INPUT + SHOWN], machine[_RESIDUAL + SHOWN]
    ready_weight, ready_output = machine[_WEIGHT + SHOWN], machine[_OUTPUT + SHOWN]
    other_slot = 0
    while True:
        ready = min(ready_input, ready_residual, ready_weight, ready_output)
        if ready >= NEVER:
            machine[PROBLEM] = -1
            return
        now = max(ready, slot, now + 1)
        slot = other_slot
        # The order of priority of docs/machine.md, section 7.
        if ready_output <= now:
            s = _OUTPUT
            other_slot, ready, free, hot = grant_one(
                machine, state, spec, plan, hot, built, now, _OUTPUT, True
            )
            ready_output = ready
        elif ready_input <= now and not (residual_first and ready_residual <= now):
            s, residual_first = _INPUT, True
            until = min(ready_residual, ready_weight, ready_output)
            count, before, after, hot = jump(
                machine, state, spec, plan, hot, steady, _INPUT, now, until
            )
            if count > 0:
                slot, other_slot, now = before, after, now + (count - 1) * steady.period
                ready_input = now + steady.period
                continue
            other_slot, ready, free, hot = grant_one(
                machine, state, spec, plan, hot, built, now, _INPUT, False
            )
            ready_input = ready
        elif ready_residual <= now:
            s, residual_first = _RESIDUAL, False
            until = min(ready_input, ready_weight, ready_output)
            count, before, after, hot = jump(
                machine, state, spec, plan, hot, steady, _RESIDUAL, now, until
            )
            if count > 0:
                slot, other_slot, now = before, after, now + (count - 1) * steady.period
                ready_residual = now + steady.period
                continue
            other_slot, ready, free, hot = grant_one(
                machine, state, spec, plan, hot, built, now, _RESIDUAL, False
            )
            ready_residual = ready
        else:
            s = _WEIGHT
            if now >= weights_until:
                weights_until = _count_weights(machine, found, now, weights)
                weights = 0
            until = min(weights_until, ready_input, ready_residual, ready_output)
            count, before, after, hot = jump(
                machine, state, spec, plan, hot, steady, _WEIGHT, now, until
            )
            if count > 0:
                slot, other_slot, now = before, after, now + (count - 1) * steady.period
                ready_weight = now + steady.period
                weights += count * machine[REQUEST]
                continue
            weights += machine[_WEIGHT + NBYTES]
            other_slot, ready, free, hot = grant_one(
                machine, state, spec, plan, hot, built, now, _WEIGHT, False
            )
            ready_weight = ready
        if built.shared:
            port = machine[s + PORT]
            ready_input = _with(machine, _INPUT, port, free, ready_input)
            ready_residual = _with(machine, _RESIDUAL, port, free, ready_residual)
            ready_weight = _with(machine, _WEIGHT, port, free, ready_weight)
            ready_output = _with(machine, _OUTPUT, port, free, ready_output)
        if ready >= NEVER:
            if other_slot < 0:
                return
            machine[s + SHOWN] = NEVER
            complete(machine, s, (s - STREAMS_AT) // STREAM_FIELDS, found, events, transfers)
            settle(machine, found, events, tiles, transfers, ranges, groups, launches)
            if machine[CLOSED] == machine[PASSES]:
                break
            ready_input = _show(machine, _INPUT, ready_input)
            ready_residual = _show(machine, _RESIDUAL, ready_residual)
            ready_weight = _show(machine, _WEIGHT, ready_weight)
            ready_output = _show(machine, _OUTPUT, ready_output)
            launch = place(machine[TRAFFIC_LAUNCH])
            if launch < machine[CLOSED]:
                weights_until = found[launch, END]
    _count_weights(machine, found, NEVER, weights)
    if built.ideal:
        state[READS], state[WRITES], state[BUSY_CLOCKS] = hot.reads, hot.writes, hot.latest
    else:
        cool(state, spec, plan, hot)


@inlined
def _with(machine: Table, s: int, port: int, free: int, ready: int) -> int:
    """When a stream's request is ready, given that its port is free only from cycle `free`."""
    return max(ready, free) if machine[s + PORT] == port else ready


@inlined
def _show(machine: Table, s: int, ready: int) -> int:
    """When a stream's request is ready: `ready`, or if none was shown, what `settle` found."""
    shown = machine[s + SHOWN]
    if ready < NEVER or shown >= NEVER:
        return ready
    return int(max(shown, machine[place(machine[s + PORT]) + FREE_FROM]))


@inlined
def _count_weights(machine: Table, found: Table, now: int, nbytes: int) -> int:
    """Count weights for the pass in which they are requested, even if a later pass uses them.

    Returns the cycle until which the weights granted from `now` on belong to the same pass.
    """
    launch = place(machine[TRAFFIC_LAUNCH])
    found[launch, TRAFFIC + WEIGHT] += nbytes
    while launch < machine[CLOSED] and now >= found[launch, END]:
        launch += 1
    machine[TRAFFIC_LAUNCH] = launch
    return int(found[launch, END]) if launch < machine[CLOSED] else NEVER
