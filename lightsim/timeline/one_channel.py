"""Grants in order of time where there is one memory channel, with what they need close at hand.

The same as `recurrence.play_channels` for any number of channels. A channel grants at most one request a
cycle, so the times from which the streams' requests could go, the channel's two slots and its
own last commands decide alone who is next. They are kept in variables, and every stream has
its own copy of the code, in which its places in the tables are constants.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.memory.hot import Hot, cool, heat
from lightsim.memory.layout import (
    BUSY_CLOCKS,
    IDEAL,
    KIND,
    LATENCY_CYCLES,
    READS,
    WRITES,
)
from lightsim.memory.one_row import serve_hot
from lightsim.memory.row_plan import QUICK
from lightsim.memory.rows import serve_rows
from lightsim.numerics.kernel import choose, inlined, kernel, place
from lightsim.timeline.grant import put_under_way
from lightsim.timeline.jump import jump, steady_train
from lightsim.timeline.layout import (
    CAPACITY,
    CLOSED,
    DONE,
    END,
    FREE_FROM,
    INPUT,
    LEFT,
    LENGTH,
    LINE,
    LINE_STEP,
    LINE_WHERE,
    LINES,
    NBYTES,
    NEVER,
    OCCUPATION,
    OLDEST,
    OUTPUT,
    OUTSTANDING,
    PASSES,
    PORT,
    PROBLEM,
    REQUEST,
    RESIDUAL,
    RETURN_FREE,
    ROW,
    SHOWN,
    STREAM_FIELDS,
    STREAMS_AT,
    TRAFFIC,
    TRAFFIC_LAUNCH,
    UNDER_WAY,
    WEIGHT,
    WHERE,
    WORD_SHIFT,
)
from lightsim.timeline.request import next_run
from lightsim.timeline.settle import complete, settle

__all__ = ["play_one_channel"]

Table = NDArray[np.int64]

_INPUT = STREAMS_AT + INPUT * STREAM_FIELDS
_RESIDUAL = STREAMS_AT + RESIDUAL * STREAM_FIELDS
_WEIGHT = STREAMS_AT + WEIGHT * STREAM_FIELDS
_OUTPUT = STREAMS_AT + OUTPUT * STREAM_FIELDS


class _Built(NamedTuple):
    """What does not change."""

    ideal: bool
    shared: bool
    limit: int
    word_shift: int
    outstanding: int
    latency: int
    occupations: int
    quick: int


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
    """As `recurrence.play_channels`, for one channel."""
    settle(machine, found, events, tiles, transfers, ranges, groups, launches)
    state = channels[0]
    built = _Built(
        spec[KIND] == IDEAL, _shared(machine), machine[REQUEST], machine[WORD_SHIFT],
        machine[OUTSTANDING], spec[LATENCY_CYCLES], machine[OCCUPATION], plan[QUICK],
    )  # fmt: skip
    steady = steady_train(machine, spec, plan)
    # A jump of fewer requests would not be worth its while.
    far = 4 * built.limit if steady.period and not built.shared else NEVER
    hot = Hot(0, 0, 0, 0, 0, 0, 0, 0) if built.ideal else heat(state)
    slot, now, residual_first = 0, -1, False
    weights, weights_until = 0, NEVER
    ready_input, ready_residual = machine[_INPUT + SHOWN], machine[_RESIDUAL + SHOWN]
    ready_weight, ready_output = machine[_WEIGHT + SHOWN], machine[_OUTPUT + SHOWN]
    other_slot = 0
    while True:
        ready = min(min(ready_input, ready_residual), min(ready_weight, ready_output))
        if ready >= NEVER:
            machine[PROBLEM] = -1
            return
        now = max(ready, max(slot, now + 1))
        slot = other_slot
        # The rule of docs/machine.md, section 7.
        if ready_output <= now:
            s = _OUTPUT
            other_slot, ready, free, hot = _grant(
                machine, state, spec, plan, hot, built, now, _OUTPUT, True
            )
            ready_output = ready
        elif ready_input <= now and not (residual_first and ready_residual <= now):
            s, residual_first = _INPUT, True
            if machine[_INPUT + LEFT] > far:
                until = min(ready_residual, min(ready_weight, ready_output))
                if until - now > steady.period:
                    count, before, after, hot = jump(
                        machine, state, spec, plan, hot, steady, _INPUT, now, until
                    )
                    if count > 0:
                        slot, other_slot, now = before, after, now + (count - 1) * steady.period
                        ready_input = now + steady.period
                        continue
            other_slot, ready, free, hot = _grant(
                machine, state, spec, plan, hot, built, now, _INPUT, False
            )
            ready_input = ready
        elif ready_residual <= now:
            s, residual_first = _RESIDUAL, False
            if machine[_RESIDUAL + LEFT] > far:
                until = min(ready_input, min(ready_weight, ready_output))
                if until - now > steady.period:
                    count, before, after, hot = jump(
                        machine, state, spec, plan, hot, steady, _RESIDUAL, now, until
                    )
                    if count > 0:
                        slot, other_slot, now = before, after, now + (count - 1) * steady.period
                        ready_residual = now + steady.period
                        continue
            other_slot, ready, free, hot = _grant(
                machine, state, spec, plan, hot, built, now, _RESIDUAL, False
            )
            ready_residual = ready
        else:
            s = _WEIGHT
            if now >= weights_until:
                weights_until = _count_weights(machine, found, now, weights)
                weights = 0
            if machine[_WEIGHT + LEFT] > far:
                until = min(weights_until, min(ready_input, min(ready_residual, ready_output)))
                if until - now > steady.period:
                    count, before, after, hot = jump(
                        machine, state, spec, plan, hot, steady, _WEIGHT, now, until
                    )
                    if count > 0:
                        slot, other_slot, now = before, after, now + (count - 1) * steady.period
                        ready_weight = now + steady.period
                        weights += count * built.limit
                        continue
            weights += machine[_WEIGHT + NBYTES]
            other_slot, ready, free, hot = _grant(
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
def _grant(
    machine: Table,
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    built: _Built,
    now: int,
    s: int,
    writes: bool,
) -> tuple[int, int, int, Hot]:
    """Grant a stream's request in cycle `now`: when its slot is free, when the stream's next
    request is ready (NEVER if this was the transfer's last), when its port is free, and `hot`.
    """
    where, nbytes, left = machine[s + WHERE], machine[s + NBYTES], machine[s + LEFT]
    if where + nbytes > machine[CAPACITY]:
        machine[PROBLEM] = where + nbytes
        return -1, NEVER, 0, hot
    port = place(machine[s + PORT])
    return_free = machine[port + RETURN_FREE]
    words = nbytes >> built.word_shift
    if built.ideal:
        occupation = machine[place(built.occupations + words)]
        start = max(now, hot.due)
        slot_free = start + occupation
        hot = Hot(
            0, 0, hot.latest + occupation, slot_free, 0, 0,
            hot.reads + (0 if writes else 1), hot.writes + (1 if writes else 0),
        )  # fmt: skip
        if writes:
            done = slot_free + built.latency
        else:
            done = max(start + built.latency + max(words, occupation), return_free + words)
    elif now < built.quick:
        done, slot_free, hot = serve_hot(
            state, spec, plan, hot, now, where, nbytes, words, writes, return_free
        )
    else:
        cool(state, spec, plan, hot)
        done, slot_free = serve_rows(
            state, spec, plan, now, where, nbytes, 1 if writes else 0, return_free
        )
        hot = heat(state)
    if not writes:
        machine[port + RETURN_FREE] = done
    free = _put_under_way(machine, built, port, done)
    machine[s + DONE] = max(machine[s + DONE], done)
    # The next request of the transfer, in this run or at the beginning of the next.
    line, line_where = machine[s + LINE], machine[s + LINE_WHERE]
    line_step, length = machine[s + ROW + LINE_STEP], machine[s + ROW + LENGTH]
    where += nbytes
    left -= nbytes
    ends = left == 0
    line += choose(ends, 1, 0)
    line_where += choose(ends, line_step, 0)
    where = choose(ends, line_where, where)
    left = choose(ends, length, left)
    if line == machine[s + ROW + LINES]:
        if not next_run(machine, s):
            return slot_free, NEVER, free, hot
        line, where, left = 0, machine[s + WHERE], machine[s + LEFT]
        line_where = where
    nbytes = min(built.limit - (where & (built.limit - 1)), left)
    machine[s + LINE], machine[s + LINE_WHERE] = line, line_where
    machine[s + WHERE], machine[s + LEFT], machine[s + NBYTES] = where, left, nbytes
    shown = now + 1
    if writes:
        shown += nbytes >> built.word_shift
    return slot_free, max(shown, free), free, hot


@inlined
def _put_under_way(machine: Table, built: _Built, port: int, done: int) -> int:
    """Put a request in the port's place that is free first; when the next is free."""
    places, oldest = place(machine[port + UNDER_WAY]), place(machine[port + OLDEST])
    if built.shared:
        put_under_way(machine, port, done)
        return int(machine[port + FREE_FROM])
    machine[places + oldest] = done
    oldest = choose(oldest + 1 < built.outstanding, oldest + 1, 0)
    machine[port + OLDEST] = oldest
    free = machine[place(places + oldest)]
    machine[port + FREE_FROM] = free
    return free


@inlined
def _shared(machine: Table) -> bool:
    """Whether two streams share a port."""
    a, b = machine[_INPUT + PORT], machine[_RESIDUAL + PORT]
    c, d = machine[_WEIGHT + PORT], machine[_OUTPUT + PORT]
    return bool(a == b or a == c or a == d or b == c or b == d or c == d)


@inlined
def _with(machine: Table, s: int, port: int, free: int, ready: int) -> int:
    """When a stream's request is ready, if its port is free at `free` only."""
    return max(ready, free) if machine[s + PORT] == port else ready


@inlined
def _show(machine: Table, s: int, ready: int) -> int:
    """When a stream's request is ready: as it was, or if it showed none what `settle` found."""
    shown = machine[s + SHOWN]
    if ready < NEVER or shown >= NEVER:
        return ready
    return max(shown, machine[place(machine[s + PORT]) + FREE_FROM])


@inlined
def _count_weights(machine: Table, found: Table, now: int, nbytes: int) -> int:
    """Count weights for the pass during which they were asked for, whosever they are; until
    when those that follow from `now` on belong to one pass.
    """
    launch = place(machine[TRAFFIC_LAUNCH])
    found[launch, TRAFFIC + WEIGHT] += nbytes
    while launch < machine[CLOSED] and now >= found[launch, END]:
        launch += 1
    machine[TRAFFIC_LAUNCH] = launch
    return int(found[launch, END]) if launch < machine[CLOSED] else NEVER
