"""A grant of one request of one stream, for one memory channel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import choose, inlined, place
from lightsim.memory.hot import Hot, cool, heat
from lightsim.memory.layout import IDEAL, KIND, LATENCY_CYCLES
from lightsim.memory.one_row import serve_hot
from lightsim.memory.row_plan import QUICK
from lightsim.memory.rows import serve_rows
from lightsim.tiled.timeline.layout import (
    CAPACITY,
    DONE,
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
    PORT,
    PROBLEM,
    REQUEST,
    RESIDUAL,
    RETURN_FREE,
    ROW,
    STREAM_FIELDS,
    STREAMS_AT,
    UNDER_WAY,
    WEIGHT,
    WHERE,
    WORD_SHIFT,
)
from lightsim.tiled.timeline.requests.grant import put_under_way
from lightsim.tiled.timeline.requests.request import next_run

__all__ = ["Built", "grant_one", "what_is_built"]

Table = NDArray[np.int64]

_INPUT = STREAMS_AT + INPUT * STREAM_FIELDS
_RESIDUAL = STREAMS_AT + RESIDUAL * STREAM_FIELDS
_WEIGHT = STREAMS_AT + WEIGHT * STREAM_FIELDS
_OUTPUT = STREAMS_AT + OUTPUT * STREAM_FIELDS


class Built(NamedTuple):
    """Numbers that no grant changes: kind of memory, whether streams share a port, sizes."""

    ideal: bool
    shared: bool
    limit: int
    word_shift: int
    outstanding: int
    latency: int
    occupations: int
    quick: int


@inlined
def what_is_built(machine: Table, spec: Table, plan: Table) -> Built:
    """The numbers of the machine that a grant needs and does not change."""
    a, b = machine[_INPUT + PORT], machine[_RESIDUAL + PORT]
    c, d = machine[_WEIGHT + PORT], machine[_OUTPUT + PORT]
    shared = (a == b) | (a == c) | (a == d) | (b == c) | (b == d) | (c == d)
    return Built(
        spec[KIND] == IDEAL, shared, machine[REQUEST], machine[WORD_SHIFT],
        machine[OUTSTANDING], spec[LATENCY_CYCLES], machine[OCCUPATION], plan[QUICK],
    )  # fmt: skip


@inlined
def grant_one(
    machine: Table,
    state: Table,
    spec: Table,
    plan: Table,
    hot: Hot,
    built: Built,
    now: int,
    s: int,
    writes: bool,
) -> tuple[int, int, int, Hot]:
    """Grant a stream's request in cycle `now`.

    Returns the cycle in which its slot is free, the cycle in which the stream's next request is
    ready (NEVER after the last request of the transfer), the cycle in which its port is free, and
    `hot`. The slot is negative, with PROBLEM set, if the channel is too small for the request. For
    an ideal memory `hot` keeps the end of the occupation (`due`), the cycles of occupation
    (`latest`) and the number of requests.
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
    # The next request of the transfer, in this run or at the beginning of the next run.
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
def _put_under_way(machine: Table, built: Built, port: int, done: int) -> int:
    """Put a request in the port's place that is free first; returns when the next place is free."""
    places, oldest = place(machine[port + UNDER_WAY]), place(machine[port + OLDEST])
    if built.shared:
        put_under_way(machine, port, done)
        return int(machine[port + FREE_FROM])
    machine[places + oldest] = done
    oldest = choose(oldest + 1 < built.outstanding, oldest + 1, 0)
    machine[port + OLDEST] = oldest
    free = machine[place(places + oldest)]
    machine[port + FREE_FROM] = free
    return int(free)
