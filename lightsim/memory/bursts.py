"""One burst of a DRAM channel: its address, its row commands, and the refreshes that fall due."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel
from lightsim.memory.command_bus import earliest, enter, record
from lightsim.memory.layout import (
    ACT,
    ACTIVATES,
    ALL_BANKS,
    BANK_FIELD,
    BANKS,
    BANKS_PER_GROUP,
    BURST_CLOCKS,
    BUSY_CLOCKS,
    CLOSED,
    COMMAND_COUNT,
    FIELD_SIZES,
    FIELDS,
    GROUP_FIELD,
    LAST,
    LATEST,
    NEXT_REFRESH,
    OPEN_ROWS,
    PRE,
    PRE_ALL,
    PRECHARGES,
    RANK_PLACE,
    RD,
    READS,
    REF,
    REFRESH_INTERVAL,
    REFRESHES,
    ROW_CONFLICTS,
    ROW_FIELD,
    ROW_HITS,
    ROW_MISSES,
    WINDOW,
    WRITES,
)

__all__ = ["issue_burst", "locate", "refresh", "step"]

_NONE = -1


@kernel
def locate(state: NDArray[np.int64], spec: NDArray[np.int64], burst: int) -> None:
    """Write the address fields of burst number `burst` of the channel into the state."""
    rest = burst
    for field in range(4):
        size = spec[FIELD_SIZES + field]
        state[FIELDS + field] = rest % size
        rest //= size


@kernel
def step(state: NDArray[np.int64], spec: NDArray[np.int64]) -> None:
    """Move the address fields on to the next burst, from the least significant field upwards."""
    for field in range(4):
        state[FIELDS + field] += 1
        if state[FIELDS + field] < spec[FIELD_SIZES + field]:
            return
        state[FIELDS + field] = 0


@kernel
def issue_burst(state: NDArray[np.int64], spec: NDArray[np.int64], since: int, column: int) -> int:
    """Issue the burst at the address fields; returns the clock of its column command.

    `column` is RD or WR. No command is issued before clock `since`, nor WINDOW clocks or more
    before the latest command issued so far. A burst whose column command would come at or after the
    due time of a refresh waits for this refresh.
    """
    group = state[FIELDS + spec[GROUP_FIELD]]
    bank = group * spec[BANKS_PER_GROUP] + state[FIELDS + spec[BANK_FIELD]]
    row = state[FIELDS + spec[ROW_FIELD]]
    since = max(since, state[LATEST] - WINDOW + 1)
    precharge, activate, clock = _plan(state, spec, since, column, bank, group, row)
    while clock >= state[NEXT_REFRESH]:
        refresh(state, spec)
        since = max(since, state[LATEST] - WINDOW + 1)
        precharge, activate, clock = _plan(state, spec, since, column, bank, group, row)
    if activate == _NONE:
        state[ROW_HITS] += 1
    elif precharge == _NONE:
        state[ROW_MISSES] += 1
    else:
        state[ROW_CONFLICTS] += 1
        state[PRECHARGES] += 1
        enter(state, precharge, PRE, bank, group, state[OPEN_ROWS + bank])
    if activate != _NONE:
        state[ACTIVATES] += 1
        state[OPEN_ROWS + bank] = row
        enter(state, activate, ACT, bank, group, row)
    enter(state, clock, column, bank, group, row)
    state[READS if column == RD else WRITES] += 1
    state[BUSY_CLOCKS] += spec[BURST_CLOCKS]
    return clock


@kernel
def refresh(state: NDArray[np.int64], spec: NDArray[np.int64]) -> None:
    """Execute the refresh that is due next: close every bank, then refresh all banks.

    The controller begins the refresh at its due time, when no earlier burst has a command left to
    issue. PRE_ALL is issued at the first clock at which every open bank may be closed (not at all
    if every bank is closed), and REF as soon as tRP allows. The next refresh falls due one interval
    after this due time, however late this refresh was.
    """
    due = state[NEXT_REFRESH]
    closing = due
    open_banks = 0
    for bank in range(spec[BANKS]):
        if state[OPEN_ROWS + bank] != CLOSED:
            open_banks += 1
            group = bank // spec[BANKS_PER_GROUP]
            closing = max(closing, earliest(state, spec, PRE, bank, group, due, _NONE, 0))
    if open_banks > 0:
        for bank in range(spec[BANKS]):
            if state[OPEN_ROWS + bank] != CLOSED:
                state[OPEN_ROWS + bank] = CLOSED
                state[LAST + bank * COMMAND_COUNT + PRE] = closing
        state[LAST + RANK_PLACE * COMMAND_COUNT + PRE] = closing
        state[PRECHARGES] += open_banks
        record(state, closing, PRE_ALL, ALL_BANKS, CLOSED)
    clock = earliest(state, spec, REF, 0, 0, due, _NONE, 0)
    state[LAST + RANK_PLACE * COMMAND_COUNT + REF] = clock
    record(state, clock, REF, ALL_BANKS, CLOSED)
    state[REFRESHES] += 1
    state[NEXT_REFRESH] = due + spec[REFRESH_INTERVAL]


@kernel
def _plan(
    state: NDArray[np.int64],
    spec: NDArray[np.int64],
    since: int,
    column: int,
    bank: int,
    group: int,
    row: int,
) -> tuple[int, int, int]:
    """The clocks of PRE, ACT and the column command of a burst, _NONE for a command not needed."""
    if state[OPEN_ROWS + bank] == row:
        return _NONE, _NONE, earliest(state, spec, column, bank, group, since, _NONE, 0)
    precharge = _NONE
    planned = _NONE
    if state[OPEN_ROWS + bank] != CLOSED:
        precharge = earliest(state, spec, PRE, bank, group, since, _NONE, 0)
        planned = PRE
    activate = earliest(state, spec, ACT, bank, group, since, planned, precharge)
    clock = earliest(state, spec, column, bank, group, since, ACT, activate)
    return precharge, activate, clock
