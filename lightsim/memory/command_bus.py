"""One DRAM command: its earliest legal clock on the command bus, and its record there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel
from lightsim.memory.layout import (
    ACT,
    BANK,
    COMMAND_COUNT,
    FOUR,
    FOUR_PLACE,
    GROUP,
    LAST,
    LATEST,
    MAX_BANKS,
    RANK,
    RANK_PLACE,
    RECENT_ACTIVATES,
    RULE_BEGIN,
    RULE_WIDTH,
    RULES_AT,
    SLOTS,
    TRACE,
    TRACE_COUNT,
    TRACE_WIDTH,
    WINDOW,
)

__all__ = ["earliest", "enter", "record"]


@kernel
def earliest(
    state: NDArray[np.int64],
    spec: NDArray[np.int64],
    command: int,
    bank: int,
    group: int,
    since: int,
    planned: int,
    planned_at: int,
) -> int:
    """The first clock from `since` at which every rule and the command bus allow `command`.

    `planned` is a command of the same bank that will be issued at clock `planned_at` and that the
    state does not hold yet; -1 if there is no such command.
    """
    clock = since
    for rule in range(spec[RULE_BEGIN + command], spec[RULE_BEGIN + command + 1]):
        row = RULES_AT + RULE_WIDTH * rule
        scope = spec[row]
        previous = spec[row + 1]
        if previous == planned and scope != FOUR:
            last = planned_at
        else:
            last = state[LAST + _place(scope, bank, group) * COMMAND_COUNT + previous]
        clock = max(clock, last + spec[row + 2])
    while state[SLOTS + (clock & (WINDOW - 1))] == clock:
        clock += 1
    return clock


@kernel
def enter(
    state: NDArray[np.int64], clock: int, command: int, bank: int, group: int, row: int
) -> None:
    """Issue `command` at `clock`: the rules count from this clock, and the bus is taken there."""
    state[LAST + _place(BANK, bank, group) * COMMAND_COUNT + command] = clock
    state[LAST + _place(GROUP, bank, group) * COMMAND_COUNT + command] = clock
    state[LAST + _place(RANK, bank, group) * COMMAND_COUNT + command] = clock
    if command == ACT:
        state[LAST + FOUR_PLACE * COMMAND_COUNT + ACT] = state[RECENT_ACTIVATES + 2]
        state[RECENT_ACTIVATES + 2] = state[RECENT_ACTIVATES + 1]
        state[RECENT_ACTIVATES + 1] = state[RECENT_ACTIVATES]
        state[RECENT_ACTIVATES] = clock
    record(state, clock, command, bank, row)


@kernel
def record(state: NDArray[np.int64], clock: int, command: int, bank: int, row: int) -> None:
    """Take the slot of `clock` on the command bus; record the command if there is room."""
    state[SLOTS + (clock & (WINDOW - 1))] = clock
    state[LATEST] = max(state[LATEST], clock)
    at = TRACE + TRACE_WIDTH * state[TRACE_COUNT]
    if at + TRACE_WIDTH <= len(state):
        state[at] = clock
        state[at + 1] = command
        state[at + 2] = bank
        state[at + 3] = row
        state[TRACE_COUNT] += 1


@kernel
def _place(scope: int, bank: int, group: int) -> int:
    if scope == BANK:
        return bank
    if scope == GROUP:
        return MAX_BANKS + group
    if scope == RANK:
        return RANK_PLACE
    return FOUR_PLACE
