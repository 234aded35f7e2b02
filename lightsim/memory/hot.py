"""The last commands of a DRAM channel in a tuple, which a loop over requests keeps in registers.

A request needs little of the channel's past: mostly the last read, the last write and the next
refresh. A `Hot` holds these numbers, and `cool` writes them back to the channel's state for other
code. The first and the last of the latest column commands give the clocks that these commands hold
on the command bus. The commands of earlier requests have passed, because a controller holds at most
two requests, and the commands of a refresh come after all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import choose, inlined, place
from lightsim.memory.layout import (
    ACT,
    BANKS,
    BURST_CLOCKS,
    BUSY_CLOCKS,
    CLOSED,
    COMMAND_COUNT,
    LAST,
    LATEST,
    MAX_BANKS,
    NEVER,
    NEXT_REFRESH,
    OPEN_ROWS,
    PRE,
    PRECHARGES,
    RANK_PLACE,
    RD,
    READS,
    REF,
    REFRESH_INTERVAL,
    REFRESHES,
    ROW_CONFLICTS,
    ROW_HITS,
    ROW_MISSES,
    SLOTS,
    WINDOW,
    WR,
    WRITES,
)
from lightsim.memory.row_plan import GATE_WIDTH, GATES, GROUPS, STEP

__all__ = ["Hot", "cool", "free_clock", "heat", "hold_train", "refresh_hot"]

Table = NDArray[np.int64]

_GROUP = LAST + MAX_BANKS * COMMAND_COUNT
_RANK = LAST + RANK_PLACE * COMMAND_COUNT


class Hot(NamedTuple):
    """The clocks of the last commands and of the next refresh, the latest train of column commands
    (first and last clock), and the numbers of bursts so far.
    """

    last_read: int
    last_write: int
    latest: int
    due: int
    train_first: int
    train_last: int
    reads: int
    writes: int


@inlined
def heat(state: Table) -> Hot:
    """The hot part of a channel's state."""
    return Hot(
        state[_RANK + RD], state[_RANK + WR], state[LATEST], state[NEXT_REFRESH],
        0, NEVER, state[READS], state[WRITES],
    )  # fmt: skip


@inlined
def cool(state: Table, spec: Table, plan: Table, hot: Hot) -> None:
    """Write the hot part back into the channel's state."""
    state[_RANK + RD], state[_RANK + WR] = hot.last_read, hot.last_write
    if plan[GROUPS] == 1:
        state[_GROUP + RD], state[_GROUP + WR] = hot.last_read, hot.last_write
    state[LATEST], state[NEXT_REFRESH] = hot.latest, hot.due
    hold_train(state, plan, hot)
    state[READS], state[WRITES] = hot.reads, hot.writes
    bursts = hot.reads + hot.writes
    state[ROW_HITS] = bursts - state[ROW_MISSES] - state[ROW_CONFLICTS]
    state[BUSY_CLOCKS] = bursts * spec[BURST_CLOCKS]


@inlined
def hold_train(state: Table, plan: Table, hot: Hot) -> None:
    """Mark on the command bus the clocks that the latest column commands hold."""
    clock = hot.train_first
    while clock <= hot.train_last:
        state[SLOTS + (clock & (WINDOW - 1))] = clock
        clock += plan[STEP + RD]


@inlined
def free_clock(state: Table, plan: Table, hot: Hot, clock: int) -> int:
    """The first clock from `clock` on that no other command holds."""
    # Where column commands are some clocks apart, the clock behind a column command is free.
    step = plan[STEP + RD]
    in_train = (clock >= hot.train_first) & (clock <= hot.train_last)
    met = in_train & (((clock - hot.train_first) & (step - 1)) == 0) & ((step & (step - 1)) == 0)
    clock += choose(met | (state[SLOTS + (clock & (WINDOW - 1))] == clock), 1, 0)
    while state[SLOTS + (clock & (WINDOW - 1))] == clock or (
        hot.train_first <= clock <= hot.train_last and _in_step(plan, clock - hot.train_first)
    ):
        clock += 1
    return clock


@inlined
def _in_step(plan: Table, clocks: int) -> bool:
    """Whether the distance `clocks` is a distance between two column commands of one train."""
    step = plan[STEP + RD]
    if step & (step - 1) == 0:
        return bool(clocks & (step - 1) == 0)
    return bool(clocks % step == 0)


@inlined
def refresh_hot(state: Table, spec: Table, plan: Table, hot: Hot) -> Hot:
    """As `bursts.refresh`, but with more knowledge of the past.

    An open bank has had the rank's last commands or earlier commands, and a closed bank has had no
    command since it was closed.
    """
    closing, opened = hot.due, 0
    gate = GATES + GATE_WIDTH * PRE
    by_columns = max(hot.last_read + plan[gate + 1], hot.last_write + plan[gate + 2])
    closing = max(closing, state[_RANK + ACT] + plan[gate], by_columns)
    for bank in range(spec[BANKS]):
        closed, at = state[OPEN_ROWS + bank] == CLOSED, place(LAST + bank * COMMAND_COUNT + PRE)
        opened += choose(closed, 0, 1)
        state[OPEN_ROWS + bank] = CLOSED
        state[at] = choose(closed, state[at], closing)
    if opened > 0:
        state[_RANK + PRE] = closing
        state[SLOTS + (closing & (WINDOW - 1))] = closing
        state[PRECHARGES] += opened
    gate = GATES + GATE_WIDTH * REF
    by_refresh = max(state[_RANK + PRE] + plan[gate], state[_RANK + REF] + plan[gate + 1])
    clock = max(hot.due, by_refresh)
    # Where column commands are some clocks apart, the clock behind a column command is free.
    step = plan[STEP + RD]
    in_train = (clock >= hot.train_first) & (clock <= hot.train_last)
    met = in_train & (((clock - hot.train_first) & (step - 1)) == 0) & ((step & (step - 1)) == 0)
    clock += choose(met | (state[SLOTS + (clock & (WINDOW - 1))] == clock), 1, 0)
    while state[SLOTS + (clock & (WINDOW - 1))] == clock:
        clock += 1
    state[_RANK + REF] = clock
    state[SLOTS + (clock & (WINDOW - 1))] = clock
    state[REFRESHES] += 1
    return Hot(
        hot.last_read, hot.last_write, max(hot.latest, clock), hot.due + spec[REFRESH_INTERVAL],
        hot.train_first, hot.train_last, hot.reads, hot.writes,
    )  # fmt: skip
