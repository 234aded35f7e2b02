"""A steady train of whole requests, granted in one step.

A stream that reads a long run without other streams in its way becomes limited by its port. Then
the port's places come free at equal distances, one transfer of a whole request apart. Every request
is granted in the cycle in which its place is free, its data arrive before the port can take them,
and the channel is idle again before the next request. So each request repeats the previous request
one transfer time later.

A jump grants all requests for which this holds. It ends when another stream has a request to show,
at the last request of the run, at the end of the open DRAM row, or at the next refresh.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel, place
from lightsim.memory.hot import Hot
from lightsim.memory.layout import (
    BURST_CLOCKS,
    CLOCK_DENOMINATOR,
    CLOCK_NUMERATOR,
    DRAM,
    KIND,
    LATENCY_CYCLES,
    OPEN_ROWS,
    RD,
    READ_LATENCY,
    REQUEST_DELAY,
    RESPONSE_DELAY,
)
from lightsim.memory.one_row import keep_train, place_of, quick_edge
from lightsim.memory.row_plan import (
    BURST_SHIFT,
    FIRST_IS_LATEST,
    GATE_WIDTH,
    GATES,
    QUICK,
    RUN,
    STEP,
    TO_CLOCK_QUICK,
    TO_CYCLE_QUICK,
)
from lightsim.tiled.timeline.layout import (
    DONE,
    FREE_FROM,
    JUMPED,
    LEFT,
    NBYTES,
    NEVER,
    OCCUPATION,
    OLDEST,
    OUTSTANDING,
    PORT,
    REQUEST,
    RETURN_FREE,
    UNDER_WAY,
    WHERE,
    WORD_SHIFT,
)

__all__ = ["Steady", "jump", "steady_train"]

Table = NDArray[np.int64]

_WORTH = 4


class Steady(NamedTuple):
    """The numbers of a steady train.

    A jump pays off while more than `far` bytes of a run are left; `far` is NEVER if no steady train
    exists. `period` is the cycles between two grants, and `shift` its log2. `ahead` is the cycles
    for which the port still returns older data at a grant. `occupation` is the cycles for which a
    request occupies an ideal memory. The last three numbers are DRAM clocks: `clocks` between two
    grants at most, `span` from the first burst of a request to its last, `idle` from a burst until
    the channel is idle.
    """

    far: int
    period: int
    shift: int
    ahead: int
    occupation: int
    clocks: int
    span: int
    idle: int


@inlined
def steady_train(machine: Table, spec: Table, plan: Table, shared: bool) -> Steady:
    """The steady train of whole requests; `far` is NEVER where streams share a port."""
    period = machine[REQUEST] >> machine[WORD_SHIFT]
    shift = 0
    while period >> shift > 1:
        shift += 1
    ahead = (machine[OUTSTANDING] - 1) * period
    far = _WORTH * machine[REQUEST]
    if spec[KIND] != DRAM:
        occupation = machine[place(machine[OCCUPATION] + period)]
        early = spec[LATENCY_CYCLES] + max(period, occupation) <= ahead + period
        fits = early and occupation <= period and ahead > 0 and not shared
        return Steady(far if fits else NEVER, period, shift, ahead, occupation, 0, 0, 0)
    numerator, denominator = spec[CLOCK_NUMERATOR], spec[CLOCK_DENOMINATOR]
    bursts = machine[REQUEST] >> plan[BURST_SHIFT]
    span = (bursts - 1) * plan[STEP + RD]
    idle = 0
    for gate in range(1, 5):
        idle = max(idle, plan[GATES + GATE_WIDTH * RD + gate])
    # Changing from cycles to clocks loses less than one clock, and changing back loses less than
    # one cycle.
    to_first_data = 1 + spec[READ_LATENCY] + spec[BURST_CLOCKS]
    early = spec[REQUEST_DELAY] + 1 + -(-to_first_data * denominator // numerator)
    early += spec[RESPONSE_DELAY]
    slot = spec[REQUEST_DELAY] + 1 + -(-(span + 2) * denominator // numerator)
    fits = (
        plan[QUICK] > 0
        and not shared
        and plan[FIRST_IS_LATEST] == 1
        and bursts > 0
        and early <= ahead
        and slot <= period
        and span + idle <= period * numerator // denominator
    )
    clocks = -(-period * numerator // denominator)
    return Steady(far if fits else NEVER, period, shift, ahead, 0, clocks, span, idle)


@inlined
def jump(
    machine: Table,
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    steady: Steady,
    s: int,
    now: int,
    until: int,
) -> tuple[int, int, int, Hot]:
    """Grant the requests of a steady train in the cycles from `now` up to, not including, `until`.

    Returns the number of grants, the cycles in which the slots of the last two requests are free,
    and `hot`. The number is 0 if fewer than two requests can be granted; then no state has changed.
    The last request of the run is left for an ordinary grant.
    """
    if machine[s + LEFT] <= steady.far or until - now <= steady.period:
        return 0, 0, 0, hot
    return _jump(machine, state, spec, plan, hot, steady, s, now, until)


@kernel
def _jump(
    machine: Table,
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    steady: Steady,
    s: int,
    now: int,
    until: int,
) -> tuple[int, int, int, Hot]:
    """The work of `jump`, for a run that is long enough."""
    limit, port, where = machine[REQUEST], place(machine[s + PORT]), machine[s + WHERE]
    count = (machine[s + LEFT] - 1) // limit
    count = min(count, ((until - now - 1) >> steady.shift) + 1)
    burst = where >> plan[BURST_SHIFT]
    bank, row = place_of(spec, plan, burst)
    if spec[KIND] == DRAM and state[OPEN_ROWS + bank] != row:
        return 0, 0, 0, hot
    if machine[s + NBYTES] != limit or not _spaced(machine, port, now, steady.period):
        return 0, 0, 0, hot
    if spec[KIND] != DRAM:
        if count < 2 or hot.due > now:
            return 0, 0, 0, hot
        last = now + (count - 1) * steady.period
        _advance(machine, s, port, count, steady)
        busy = steady.occupation
        hot = Hot(0, 0, hot.latest + count * busy, last + busy, 0, 0, hot.reads + count, hot.writes)
        return count, last - steady.period + busy, last + busy, hot
    in_row = ((plan[RUN] - (burst & (plan[RUN] - 1))) << plan[BURST_SHIFT]) // limit
    since = quick_edge(plan, TO_CLOCK_QUICK, now + spec[REQUEST_DELAY])
    quiet = max(hot.last_read, hot.last_write) + steady.idle
    room = hot.due - 1 - steady.span - since
    count = min(count, in_row, room // steady.clocks + 1)
    late = now >= plan[QUICK]
    if late or since < quiet or since < hot.latest or count < 2:
        return 0, 0, 0, hot
    grant = now + (count - 1) * steady.period + spec[REQUEST_DELAY]
    before = quick_edge(plan, TO_CLOCK_QUICK, grant - steady.period) + steady.span
    first = quick_edge(plan, TO_CLOCK_QUICK, grant)
    last = first + steady.span
    keep_train(state, spec, plan, bank, RD, last)
    _advance(machine, s, port, count, steady)
    bursts = count * (limit >> plan[BURST_SHIFT])
    hot = Hot(last, hot.last_write, last, hot.due, first, last, hot.reads + bursts, hot.writes)
    return (
        count,
        quick_edge(plan, TO_CYCLE_QUICK, before + 1),
        quick_edge(plan, TO_CYCLE_QUICK, last + 1),
        hot,
    )


@inlined
def _spaced(machine: Table, port: int, now: int, period: int) -> bool:
    """Whether the places of the port come free one period apart, the first place in cycle `now`."""
    places, oldest = place(machine[port + UNDER_WAY]), machine[port + OLDEST]
    count, time = machine[OUTSTANDING], now
    at = oldest
    for _ in range(count):
        if machine[place(places + at)] != time:
            return False
        time += period
        at = at + 1 if at + 1 < count else 0
    return bool(machine[port + RETURN_FREE] == time - period)


@inlined
def _advance(machine: Table, s: int, port: int, count: int, steady: Steady) -> None:
    """Move a port and its stream on by `count` requests of a steady train."""
    later = count * steady.period
    places = place(machine[port + UNDER_WAY])
    for at in range(machine[OUTSTANDING]):
        machine[places + at] += later
    machine[port + RETURN_FREE] += later
    machine[port + FREE_FROM] += later
    machine[s + DONE] = machine[port + RETURN_FREE]
    nbytes = count * machine[REQUEST]
    machine[s + WHERE] += nbytes
    machine[s + LEFT] -= nbytes
    machine[s + NBYTES] = min(machine[REQUEST], machine[s + LEFT])
    machine[JUMPED] += count
