"""A request to a DRAM channel, served one open row at a time: the results of `dram`, but quicker.

Bursts of one request in one row follow the first of them at a fixed distance. The first burst has
met every rule between two column commands, except the rule from burst to burst. The command bus is
free, since a column command comes later than every command before it. So the clocks of all these
bursts are known at once, and the times of their data too. Words become available at a fixed rate
and leave at a fixed rate, so the first or the last word is the latest. A burst whose column command
would come after the next refresh is left to `bursts`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, place
from lightsim.memory.bursts import issue_burst, locate
from lightsim.memory.command_bus import enter
from lightsim.memory.dram import serve_dram
from lightsim.memory.layout import (
    ACT,
    ACTIVATES,
    BANKS_PER_GROUP,
    BURST_CLOCKS,
    BUSY_CLOCKS,
    CLOSED,
    COMMAND_COUNT,
    FOUR_PLACE,
    LAST,
    LATEST,
    MAX_BANKS,
    NEXT_REFRESH,
    OPEN_ROWS,
    PRE,
    PRECHARGES,
    RANK_PLACE,
    RD,
    READ_LATENCY,
    READS,
    REF,
    REQUEST_DELAY,
    RESPONSE_DELAY,
    ROW_CONFLICTS,
    ROW_HITS,
    ROW_MISSES,
    SLOTS,
    TRACE,
    WINDOW,
    WR,
    WRITE_LATENCY,
    WRITES,
)
from lightsim.memory.row_plan import (
    BANK_AT,
    BURST_SHIFT,
    FIT,
    GATE_WIDTH,
    GATES,
    GROUP_AT,
    LAST_IS_LATEST,
    ROW_AT,
    RUN,
    STEP,
    TO_CLOCK,
    TO_CYCLE,
    WORD_SHIFT,
)

__all__ = ["activate_from", "delivered", "precharge_from", "serve_rows"]

Table = NDArray[np.int64]


@inlined
def serve_rows(
    state: Table,
    spec: Table,
    plan: Table,
    grant: int,
    address: int,
    nbytes: int,
    write: int,
    port_time: int,
) -> tuple[int, int]:
    """`(done, slot_free)` of a request, equal to the results of `serve.serve`; so is the state.

    `plan` is `row_plan.row_plan(spec)`. Only the address fields of the burst in hand are not kept
    up to date, because every request sets them anew.
    """
    if plan[FIT] == 0 or len(state) > TRACE:
        return serve_dram(state, spec, grant, address, nbytes, write, port_time)
    column = WR if write else RD
    since = _edge(plan, TO_CLOCK, grant + spec[REQUEST_DELAY])
    burst = address >> plan[BURST_SHIFT]
    stop = ((address + nbytes - 1) >> plan[BURST_SHIFT]) + 1
    words = nbytes >> plan[WORD_SHIFT]
    done = port_time + words
    last = since
    while burst < stop:
        count = min(stop - burst, plan[RUN] - (burst & (plan[RUN] - 1)))
        first, count = _issue(state, spec, plan, burst, count, since, column)
        last = first + (count - 1) * plan[STEP + column]
        if count == 0:
            locate(state, spec, burst)
            first = issue_burst(state, spec, since, column)
            last, count = first, 1
        if not write:
            done = max(done, delivered(spec, plan, burst, count, first, address) + words)
        burst += count
    if write:
        done = _edge(plan, TO_CYCLE, last + spec[WRITE_LATENCY] + spec[BURST_CLOCKS])
        done += spec[RESPONSE_DELAY]
    return done, _edge(plan, TO_CYCLE, last + 1)


@inlined
def _issue(
    state: Table, spec: Table, plan: Table, burst: int, count: int, since: int, column: int
) -> tuple[int, int]:
    """Issue up to `count` bursts of one row from number `burst` on, as far as the next refresh
    allows.

    Returns the clock of the first column command, and the number of bursts issued.
    """
    group = place((burst >> plan[GROUP_AT]) & plan[GROUP_AT + 1])
    within = (burst >> plan[BANK_AT]) & plan[BANK_AT + 1]
    bank = place(group * spec[BANKS_PER_GROUP] + within)
    row = (burst >> plan[ROW_AT]) & plan[ROW_AT + 1]
    since = max(since, state[LATEST] - WINDOW + 1)
    step = plan[STEP + column]
    open_row = state[OPEN_ROWS + bank]
    if open_row == row:
        activate = state[LAST + bank * COMMAND_COUNT + ACT]
        first = max(since, _column_from(state, plan, column, group, activate))
        count = _before_refresh(state, first, count, step)
        if count == 0:
            return first, 0
        state[ROW_HITS] += count
    else:
        precharge = state[LAST + bank * COMMAND_COUNT + PRE]
        if open_row != CLOSED:
            precharge = _free(state, max(since, precharge_from(state, plan, bank)))
        activate = max(since, activate_from(state, plan, bank, group, precharge))
        activate = _free(state, activate)
        first = max(since, _column_from(state, plan, column, group, activate))
        count = _before_refresh(state, first, count, step)
        if count == 0:
            return first, 0
        state[ROW_HITS] += count - 1
        if open_row != CLOSED:
            state[ROW_CONFLICTS] += 1
            state[PRECHARGES] += 1
            enter(state, precharge, PRE, bank, group, open_row)
        else:
            state[ROW_MISSES] += 1
        state[ACTIVATES] += 1
        state[OPEN_ROWS + bank] = row
        enter(state, activate, ACT, bank, group, row)
    clock, last = first, first + (count - 1) * step
    while clock <= last:
        state[SLOTS + (clock & (WINDOW - 1))] = clock
        clock += step
    state[LAST + bank * COMMAND_COUNT + column] = last
    state[LAST + (MAX_BANKS + group) * COMMAND_COUNT + column] = last
    state[LAST + RANK_PLACE * COMMAND_COUNT + column] = last
    state[LATEST] = last
    state[READS if column == RD else WRITES] += count
    state[BUSY_CLOCKS] += count * spec[BURST_CLOCKS]
    return first, count


@inlined
def _before_refresh(state: Table, first: int, count: int, step: int) -> int:
    """How many of `count` commands from clock `first` on come before the next refresh."""
    due = state[NEXT_REFRESH]
    if first + (count - 1) * step < due:
        return count
    return int((due - 1 - first) // step + 1) if first < due else 0


@inlined
def _column_from(state: Table, plan: Table, command: int, group: int, activate: int) -> int:
    """The first clock at which the rules allow a column command after an ACT at `activate`."""
    gate = GATES + GATE_WIDTH * command
    in_group = LAST + (MAX_BANKS + group) * COMMAND_COUNT
    in_rank = LAST + RANK_PLACE * COMMAND_COUNT
    by_group = max(state[in_group + RD] + plan[gate + 1], state[in_group + WR] + plan[gate + 2])
    by_rank = max(state[in_rank + RD] + plan[gate + 3], state[in_rank + WR] + plan[gate + 4])
    return int(max(activate + plan[gate], by_group, by_rank))


@inlined
def activate_from(state: Table, plan: Table, bank: int, group: int, precharge: int) -> int:
    """The first clock at which the rules allow ACT after a PRE at `precharge`."""
    gate = GATES + GATE_WIDTH * ACT
    in_rank = LAST + RANK_PLACE * COMMAND_COUNT
    by_bank = max(state[LAST + bank * COMMAND_COUNT + ACT] + plan[gate], precharge + plan[gate + 1])
    by_group = state[LAST + (MAX_BANKS + group) * COMMAND_COUNT + ACT] + plan[gate + 2]
    by_rank = max(state[in_rank + ACT] + plan[gate + 3], state[in_rank + REF] + plan[gate + 4])
    by_four = state[LAST + FOUR_PLACE * COMMAND_COUNT + ACT] + plan[gate + 5]
    return int(max(by_bank, by_group, by_rank, by_four))


@inlined
def precharge_from(state: Table, plan: Table, bank: int) -> int:
    """The first clock at which the rules allow PRE."""
    gate = GATES + GATE_WIDTH * PRE
    at = LAST + bank * COMMAND_COUNT
    by_columns = max(state[at + RD] + plan[gate + 1], state[at + WR] + plan[gate + 2])
    return int(max(state[at + ACT] + plan[gate], by_columns))


@inlined
def _free(state: Table, clock: int) -> int:
    """The first clock from `clock` on that no command holds."""
    while state[SLOTS + (clock & (WINDOW - 1))] == clock:
        clock += 1
    return clock


@inlined
def delivered(spec: Table, plan: Table, burst: int, count: int, first: int, address: int) -> int:
    """The earliest delivery of the request's first word that the words of some bursts allow.

    For each word this is the cycle in which the word may be delivered, less the number of the
    request's words before it; the result is the latest of these cycles.
    """
    step = plan[STEP + RD]
    received = first + spec[READ_LATENCY] + spec[BURST_CLOCKS]
    burst_shift, word_shift = plan[BURST_SHIFT], plan[WORD_SHIFT]
    if word_shift > burst_shift:
        # A word is complete when the last of its bursts has come.
        shift = word_shift - burst_shift
        skipped = (1 << shift) - 1 - (burst & ((1 << shift) - 1))
        if skipped >= count:
            return 0
        before = ((burst + skipped) << burst_shift) - address >> word_shift
        if plan[LAST_IS_LATEST]:
            whole = (count - 1 - skipped) >> shift
            skipped += whole << shift
            before += whole
        return int(_edge(plan, TO_CYCLE, received + skipped * step) - before + spec[RESPONSE_DELAY])
    aligned = (burst << burst_shift) - address
    latest = 0
    if aligned < 0:
        # The first burst of the request may bring fewer words than the other bursts.
        latest = _edge(plan, TO_CYCLE, received)
        if count == 1:
            return int(latest + spec[RESPONSE_DELAY])
        received += step
        count -= 1
        aligned += 1 << burst_shift
    before = aligned >> word_shift
    if plan[LAST_IS_LATEST]:
        received += (count - 1) * step
        before += (count - 1) << (burst_shift - word_shift)
    return int(max(latest, _edge(plan, TO_CYCLE, received) - before) + spec[RESPONSE_DELAY])


@inlined
def _edge(plan: Table, ratio: int, edge: int) -> int:
    """The other clock's first edge at or after `edge`, as in `edges`."""
    numerator, less_one = plan[ratio], plan[ratio + 1]
    raised = edge * numerator + less_one
    if edge < 1 << 31 and raised <= plan[ratio + 3]:
        return int((raised * plan[ratio + 2]) >> 32)
    denominator = less_one + 1
    whole = edge // denominator
    rest = edge - whole * denominator
    return int(whole * numerator + (rest * numerator + less_one) // denominator)
