"""A request to a DRAM channel whose past is a `Hot`: the same results as `rows`, but quicker.

`serve_hot` serves most requests: they lie in one row, and no refresh comes between their bursts.
All other requests take `_serve_pieces`, one piece of a row after another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import choose, inlined, kernel, place, scaled
from lightsim.memory.hot import Hot, free_clock, hold_train, refresh_hot
from lightsim.memory.layout import (
    ACT,
    ACTIVATES,
    BANKS_PER_GROUP,
    BURST_CLOCKS,
    CLOSED,
    COMMAND_COUNT,
    FOUR_PLACE,
    LAST,
    MAX_BANKS,
    OPEN_ROWS,
    PRE,
    PRECHARGES,
    RANK_PLACE,
    RD,
    READ_LATENCY,
    RECENT_ACTIVATES,
    REQUEST_DELAY,
    RESPONSE_DELAY,
    ROW_CONFLICTS,
    ROW_MISSES,
    SLOTS,
    WINDOW,
    WR,
    WRITE_LATENCY,
)
from lightsim.memory.row_plan import (
    BANK_AT,
    BURST_SHIFT,
    FIRST_IS_LATEST,
    GATE_WIDTH,
    GATES,
    GROUP_AT,
    GROUPS,
    ROW_AT,
    RUN,
    STEP,
    TO_CLOCK_QUICK,
    TO_CYCLE_QUICK,
)
from lightsim.memory.rows import activate_from, delivered, precharge_from

__all__ = ["keep_train", "place_of", "quick_edge", "serve_hot"]

Table = NDArray[np.int64]


@inlined
def serve_hot(
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    grant: int,
    address: int,
    nbytes: int,
    words: int,
    write: bool,
    port_time: int,
) -> tuple[int, int, Hot]:
    """`(done, slot_free, hot)` of a request, equal to the results of `rows.serve_rows`."""
    column = WR if write else RD
    burst = address >> plan[BURST_SHIFT]
    after = ((address + nbytes - 1) >> plan[BURST_SHIFT]) - burst
    bank, row = place_of(spec, plan, burst)
    since = quick_edge(plan, TO_CLOCK_QUICK, grant + spec[REQUEST_DELAY])
    since = max(since, hot.latest - WINDOW + 1)
    first = max(since, _column_after(state, spec, plan, hot, column, bank))
    open_row = state[OPEN_ROWS + bank]
    precharge, activate = 0, 0
    if open_row != row:
        at = LAST + bank * COMMAND_COUNT
        activated = state[at + ACT]
        gate = GATES + GATE_WIDTH * PRE
        by_columns = max(state[at + RD] + plan[gate + 1], state[at + WR] + plan[gate + 2])
        precharge = max(since, activated + plan[gate], by_columns)
        precharge = free_clock(state, plan, hot, precharge)
        precharge = choose(open_row == CLOSED, state[at + PRE], precharge)
        activate = max(
            since, activate_from(state, plan, bank, group_of(spec, plan, bank), precharge)
        )
        activate = free_clock(state, plan, hot, activate)
        first = max(first, activate + plan[GATES + GATE_WIDTH * column])
    last = first + after * plan[STEP + RD]
    if last >= hot.due or after >= plan[RUN] - (burst & (plan[RUN] - 1)):
        return _serve_pieces(
            state, spec, plan, hot, grant, address, nbytes, words, write, port_time
        )
    if open_row != row:
        _open(state, spec, plan, bank, open_row, row, precharge, activate)
    keep_train(state, spec, plan, bank, column, last)
    if write:
        received = last + spec[WRITE_LATENCY] + spec[BURST_CLOCKS]
        done = quick_edge(plan, TO_CYCLE_QUICK, received) + spec[RESPONSE_DELAY]
        hot = Hot(
            hot.last_read, last, last, hot.due, first, last, hot.reads, hot.writes + after + 1
        )
        return done, quick_edge(plan, TO_CYCLE_QUICK, last + 1), hot
    if plan[FIRST_IS_LATEST]:
        received = first + spec[READ_LATENCY] + spec[BURST_CLOCKS]
        arrived = quick_edge(plan, TO_CYCLE_QUICK, received) + spec[RESPONSE_DELAY]
    else:
        arrived = delivered(spec, plan, burst, after + 1, first, address)
    hot = Hot(last, hot.last_write, last, hot.due, first, last, hot.reads + after + 1, hot.writes)
    return max(port_time, arrived) + words, quick_edge(plan, TO_CYCLE_QUICK, last + 1), hot


@kernel
def _serve_pieces(
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    grant: int,
    address: int,
    nbytes: int,
    words: int,
    write: int,
    port_time: int,
) -> tuple[int, int, Hot]:
    """`(done, slot_free, hot)` of any request, equal to the results of `rows.serve_rows`."""
    column = WR if write else RD
    step = plan[STEP + RD]
    arrival = quick_edge(plan, TO_CLOCK_QUICK, grant + spec[REQUEST_DELAY])
    burst = address >> plan[BURST_SHIFT]
    stop = ((address + nbytes - 1) >> plan[BURST_SHIFT]) + 1
    done = port_time
    start = burst
    while burst < stop:
        bank, row = place_of(spec, plan, burst)
        count = min(stop - burst, plan[RUN] - (burst & (plan[RUN] - 1)))
        if count < stop - start:
            # Row commands of later pieces may meet the column commands of earlier pieces.
            hold_train(state, plan, hot)
        group = group_of(spec, plan, bank)
        precharge, activate, first = _row_commands(
            state, spec, plan, hot, arrival, column, bank, group, row
        )
        while first >= hot.due:
            hot = refresh_hot(state, spec, plan, hot)
            precharge, activate, first = _row_commands(
                state, spec, plan, hot, arrival, column, bank, group, row
            )
        open_row = state[OPEN_ROWS + bank]
        if open_row != row:
            _open(state, spec, plan, bank, open_row, row, precharge, activate)
        if first + (count - 1) * step >= hot.due:
            count = (hot.due - 1 - first) // step + 1
        last = first + (count - 1) * step
        state[place(LAST + bank * COMMAND_COUNT + column)] = last
        state[place(LAST + (MAX_BANKS + group) * COMMAND_COUNT + column)] = last
        if not write:
            done = max(done, delivered(spec, plan, burst, count, first, address))
        hot = Hot(
            hot.last_read if write else last,
            last if write else hot.last_write,
            last,
            hot.due,
            first,
            last,
            hot.reads if write else hot.reads + count,
            hot.writes + count if write else hot.writes,
        )
        burst += count
    if write:
        received = hot.latest + spec[WRITE_LATENCY] + spec[BURST_CLOCKS]
        done = quick_edge(plan, TO_CYCLE_QUICK, received) + spec[RESPONSE_DELAY]
    else:
        done += words
    return done, quick_edge(plan, TO_CYCLE_QUICK, hot.latest + 1), hot


@inlined
def _row_commands(
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    arrival: int,
    column: int,
    bank: int,
    group: int,
    row: int,
) -> tuple[int, int, int]:
    """The clocks of PRE and ACT, if they are needed, and of the first column command."""
    since = max(arrival, hot.latest - WINDOW + 1)
    first = max(since, _column_after(state, spec, plan, hot, column, bank))
    open_row = state[OPEN_ROWS + bank]
    precharge = state[LAST + bank * COMMAND_COUNT + PRE]
    activate = 0
    if open_row != row:
        if open_row != CLOSED:
            precharge = free_clock(state, plan, hot, max(since, precharge_from(state, plan, bank)))
        activate = max(since, activate_from(state, plan, bank, group, precharge))
        activate = free_clock(state, plan, hot, activate)
        first = max(first, activate + plan[GATES + GATE_WIDTH * column])
    return precharge, activate, first


@inlined
def _open(
    state: Table,
    spec: Table,
    plan: Table,
    bank: int,
    open_row: int,
    row: int,
    precharge: int,
    activate: int,
) -> None:
    """Issue the commands that open `row`, where `open_row` is the open row of the bank, if any."""
    at, rank = LAST + bank * COMMAND_COUNT, LAST + RANK_PLACE * COMMAND_COUNT
    closed = open_row == CLOSED
    conflict, slot = choose(closed, 0, 1), SLOTS + (precharge & (WINDOW - 1))
    state[ROW_CONFLICTS] += conflict
    state[PRECHARGES] += conflict
    state[ROW_MISSES] += 1 - conflict
    state[at + PRE] = precharge
    state[rank + PRE] = choose(closed, state[rank + PRE], precharge)
    state[slot] = choose(closed, state[slot], precharge)
    state[ACTIVATES] += 1
    state[OPEN_ROWS + bank] = row
    state[at + ACT] = activate
    state[LAST + (MAX_BANKS + group_of(spec, plan, bank)) * COMMAND_COUNT + ACT] = activate
    state[rank + ACT] = activate
    state[LAST + FOUR_PLACE * COMMAND_COUNT + ACT] = state[RECENT_ACTIVATES + 2]
    state[RECENT_ACTIVATES + 2] = state[RECENT_ACTIVATES + 1]
    state[RECENT_ACTIVATES + 1] = state[RECENT_ACTIVATES]
    state[RECENT_ACTIVATES] = activate
    state[SLOTS + (activate & (WINDOW - 1))] = activate


@inlined
def group_of(spec: Table, plan: Table, bank: int) -> int:
    """The group of a bank."""
    return place(bank // spec[BANKS_PER_GROUP]) if plan[GROUPS] > 1 else 0


@inlined
def place_of(spec: Table, plan: Table, burst: int) -> tuple[int, int]:
    """The bank of a burst, counted over all bank groups, and the row of the burst."""
    group = (burst >> plan[GROUP_AT]) & plan[GROUP_AT + 1]
    within = (burst >> plan[BANK_AT]) & plan[BANK_AT + 1]
    row = (burst >> plan[ROW_AT]) & plan[ROW_AT + 1]
    return place(group * spec[BANKS_PER_GROUP] + within), row


@inlined
def keep_train(state: Table, spec: Table, plan: Table, bank: int, column: int, last: int) -> None:
    """Record the last column command of a bank, and of its group if the part has several groups."""
    state[LAST + bank * COMMAND_COUNT + column] = last
    if plan[GROUPS] > 1:
        state[LAST + (MAX_BANKS + group_of(spec, plan, bank)) * COMMAND_COUNT + column] = last


@inlined
def _column_after(state: Table, spec: Table, plan: Table, hot: Hot, column: int, bank: int) -> int:
    """The first clock at which the previous column commands allow another column command.

    An open row has had its first column command, at a clock that ACT allowed, so ACT sets no limit.
    """
    gate = place(GATES + GATE_WIDTH * column)
    after = max(hot.last_read + plan[gate + 3], hot.last_write + plan[gate + 4])
    if plan[GROUPS] > 1:
        at = place(LAST + (MAX_BANKS + bank // spec[BANKS_PER_GROUP]) * COMMAND_COUNT)
        by_group = max(state[at + RD] + plan[gate + 1], state[at + WR] + plan[gate + 2])
        after = max(after, by_group)
    return int(after)


@inlined
def quick_edge(plan: Table, ratio: int, edge: int) -> int:
    """The other clock's first edge at or after `edge`, with the numbers of `row_plan`."""
    return scaled(edge, plan[ratio], plan[ratio + 1], plan[ratio + 2])
