"""The numbers that `rows` needs, from the spec: shifts for divisions, gates for rules."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lightsim.memory.layout import (
    ACT,
    BANK,
    BANK_FIELD,
    BURST_BYTES,
    CLOCK_DENOMINATOR,
    CLOCK_NUMERATOR,
    COMMAND_COUNT,
    DRAM,
    FIELD_SIZES,
    FOUR,
    GROUP,
    GROUP_FIELD,
    KIND,
    NEVER,
    PRE,
    RANK,
    RD,
    REF,
    REFRESH_INTERVAL,
    ROW_FIELD,
    RULE_BEGIN,
    RULE_WIDTH,
    RULES_AT,
    WORD_BYTES,
    WR,
)

__all__ = ["row_plan"]

Table = NDArray[np.int64]

FIT: Final = 0  # 1 if `rows` may serve this channel
BURST_SHIFT: Final = 1
WORD_SHIFT: Final = 2
GROUP_AT: Final = 3  # bank group of a burst number: the shift, then the mask
BANK_AT: Final = 5
ROW_AT: Final = 7
RUN: Final = 9  # neighbouring bursts in a row
STEP: Final = 10  # clocks between two bursts of a row, by column command
LAST_IS_LATEST: Final = STEP + COMMAND_COUNT  # 1 if data come more slowly than a port takes them
# The ratio of the two clocks, to clocks and then to cycles. Four numbers each: the factor of an
# edge, the summand, the reciprocal of the divisor in units of 2^-32, and the largest dividend for
# which the result is exact.
TO_CLOCK: Final = LAST_IS_LATEST + 1
TO_CYCLE: Final = TO_CLOCK + 4
# More numbers for `one_row`: the cycle before which it may serve (0: never), the number of bank
# groups, whether the last word of a request never waits longer than the first word, and the ratio
# of the clocks in both directions again, as arguments of `kernel.scaled`.
QUICK: Final = TO_CYCLE + 4
GROUPS: Final = QUICK + 1
FIRST_IS_LATEST: Final = GROUPS + 1
TO_CLOCK_QUICK: Final = FIRST_IS_LATEST + 1
TO_CYCLE_QUICK: Final = TO_CLOCK_QUICK + 3
GATES: Final = TO_CYCLE_QUICK + 3
GATE_WIDTH: Final = 6

# No event that concerns a request lies further away than so many clocks or cycles, refreshes
# included.
_FAR: Final = 1 << 20

# The rules that each next command may have: scope and previous command, in the order of their
# clocks at GATES + GATE_WIDTH * command.
_COLUMN: Final = ((BANK, ACT), (GROUP, RD), (GROUP, WR), (RANK, RD), (RANK, WR))
_KNOWN: Final = {
    ACT: ((BANK, ACT), (BANK, PRE), (GROUP, ACT), (RANK, ACT), (RANK, REF), (FOUR, ACT)),
    PRE: ((BANK, ACT), (BANK, RD), (BANK, WR)),
    RD: _COLUMN,
    WR: _COLUMN,
    REF: ((RANK, PRE), (RANK, REF)),
}


def row_plan(spec: Table) -> Table:
    """The plan of a channel with this spec.

    FIT is 0 if a size is not a power of two, or if the spec has a rule that `rows` does not know.
    """
    plan = np.zeros(GATES + GATE_WIDTH * COMMAND_COUNT, np.int64)
    sizes = spec[FIELD_SIZES : FIELD_SIZES + 4].tolist()
    if spec[KIND] != DRAM or not all(
        _is_power(value) for value in (*sizes, int(spec[BURST_BYTES]), int(spec[WORD_BYTES]))
    ):
        return plan
    plan[FIT] = 1
    plan[BURST_SHIFT] = int(spec[BURST_BYTES]).bit_length() - 1
    plan[WORD_SHIFT] = int(spec[WORD_BYTES]).bit_length() - 1
    named = {int(spec[GROUP_FIELD]), int(spec[BANK_FIELD]), int(spec[ROW_FIELD])}
    plan[RUN] = sizes[0] if 0 not in named else 1
    for at, field in ((GROUP_AT, GROUP_FIELD), (BANK_AT, BANK_FIELD), (ROW_AT, ROW_FIELD)):
        place = int(spec[field])
        plan[at] = sum(size.bit_length() - 1 for size in sizes[:place])
        plan[at + 1] = sizes[place] - 1
    ratio = int(spec[CLOCK_NUMERATOR]), int(spec[CLOCK_DENOMINATOR])
    plan[TO_CLOCK : TO_CLOCK + 4] = _division(*ratio)
    plan[TO_CYCLE : TO_CYCLE + 4] = _division(*ratio[::-1])
    plan[GATES:] = NEVER
    for command, known in _KNOWN.items():
        for number in range(int(spec[RULE_BEGIN + command]), int(spec[RULE_BEGIN + command + 1])):
            at = RULES_AT + RULE_WIDTH * number
            scope, previous, clocks = (int(value) for value in spec[at : at + RULE_WIDTH])
            if (scope, previous) not in known:
                plan[FIT] = 0
                return plan
            plan[GATES + GATE_WIDTH * command + known.index((scope, previous))] = clocks
            if previous == command:
                plan[STEP + command] = max(plan[STEP + command], clocks)
    # Cycles between two words of a row; the port takes one word in a cycle.
    apart = plan[STEP + RD] * int(spec[CLOCK_DENOMINATOR]) * int(spec[WORD_BYTES])
    taken = int(spec[CLOCK_NUMERATOR]) * int(spec[BURST_BYTES])
    plan[LAST_IS_LATEST] = int(apart > taken)
    if min(plan[STEP + RD], plan[STEP + WR]) < 1:
        plan[FIT] = 0
        return plan
    _prepare_one_row(plan, spec, sizes[int(spec[GROUP_FIELD])], ratio)
    return plan


def _prepare_one_row(plan: Table, spec: Table, groups: int, ratio: tuple[int, int]) -> None:
    """Write the numbers that `one_row` needs; QUICK stays 0 if it may not serve."""
    numerator, denominator = ratio
    read, write = GATES + GATE_WIDTH * RD, GATES + GATE_WIDTH * WR
    alike = plan[read] == plan[write] and plan[STEP + RD] == plan[STEP + WR]
    if not alike or spec[REFRESH_INTERVAL] > _FAR:
        return
    plan[GROUPS] = groups
    # At one burst per cycle or more, words come at least as fast as the port takes words.
    whole_words = plan[WORD_SHIFT] <= plan[BURST_SHIFT]
    plan[FIRST_IS_LATEST] = int(whole_words and plan[STEP + RD] * denominator <= numerator)
    if groups == 1:
        for gate in (read, write):
            plan[gate + 3] = max(plan[gate + 3], plan[gate + 1])
            plan[gate + 4] = max(plan[gate + 4], plan[gate + 2])
    *plan[TO_CLOCK_QUICK : TO_CLOCK_QUICK + 3], clock_limit = _multiplication(*ratio)
    *plan[TO_CYCLE_QUICK : TO_CYCLE_QUICK + 3], cycle_limit = _multiplication(*ratio[::-1])
    # The last clock of a request comes before the next refresh, and the refresh is never far.
    plan[QUICK] = max(
        0, min(clock_limit, (cycle_limit - 2 * _FAR) * denominator // numerator) - _FAR
    )


def _multiplication(numerator: int, denominator: int) -> tuple[int, int, int, int]:
    """The arguments of `kernel.scaled` for ceil(x * numerator / denominator), and the limit of x.

    Let w be the whole part and r the rest of the ratio, and f = ceil(2^64 r / denominator). The
    result is w x + floor((r x - 1) / denominator) + 1. The quotient f x / 2^64 exceeds r x /
    denominator by less than x / 2^64. Less 1 / denominator rounded down, the quotient has the same
    floor as long as x / 2^64 is below 1 / denominator.
    """
    whole, rest = divmod(numerator, denominator)
    fraction = -(-(rest << 64) // denominator)
    less = min((1 << 64) // denominator, (1 << 64) - 1)
    return whole, _signed(fraction), _signed(less), (1 << 62) // (denominator * (whole + 1))


def _signed(bits: int) -> int:
    """The int64 with the same 64 bits."""
    return bits - (1 << 64) if bits >> 63 else bits


def _division(numerator: int, denominator: int) -> tuple[int, int, int, int]:
    """The numbers that turn ceil(x * numerator / denominator) into a multiplication and a shift.

    Let r = ceil(2^32 / d) be the reciprocal. Then r d exceeds 2^32 by less than d, so n r / 2^32
    exceeds n / d by less than 1 / d and has the same floor, for all n up to 2^32 / d. The product n
    r must also stay below 2^63, which for d = 1 is the stricter limit.
    """
    reciprocal = -(-(1 << 32) // denominator)
    most = min((1 << 32) // denominator, 1 << 30)
    return numerator, denominator - 1, reciprocal, most


def _is_power(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0
