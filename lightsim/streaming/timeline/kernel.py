"""The recurrence of a pipeline: every step as soon as its words and its room are there.

An engine's step has a time that depends on the times of other steps only, never on who is looked
at first: it is the largest of a few known times. So engines are advanced one after another, each
as far as what is known allows, and who sets something free wakes who waited for it. Nothing is
looked at beyond a horizon, which moves on when all engines have come to it, so that all times up
to it are known together and the words in a FIFO can be counted.
"""

from __future__ import annotations

from typing import Any

from lightsim.kernels.borrowed import inlined, kernel, place

__all__ = [
    "AT",
    "BASE",
    "DEPTH",
    "DONE",
    "ENGINE_FIELDS",
    "ENTRIES",
    "ENTRY",
    "EXIT",
    "EXITS",
    "FIFO_FIELDS",
    "FREED",
    "HIGHEST",
    "IMAGE",
    "IN",
    "INPUTS",
    "LAG",
    "LAST_ENTRY",
    "LAST_EXIT",
    "LATE",
    "LATENCY",
    "MASK",
    "MERGED",
    "MERGED_FREE",
    "NEEDED",
    "NO_WORD",
    "ON",
    "OUT",
    "OUTPUTS", "PACE",
    "PERIODS",
    "PUSHED",
    "READER",
    "REPEATS",
    "STALLED_IN",
    "STALLED_OUT",
    "STATUS",
    "STEP",
    "STEPS",
    "WAITS_ROOM",
    "WAITS_WORD",
    "WRITER",
    "play",
]  # fmt: skip

# Fields of an engine: what it is ...
STEPS, REPEATS, PERIODS, ENTRIES, LAST_ENTRY, EXITS, LAST_EXIT = range(7)
INPUTS, IN, OUTPUTS, OUT, LAG, LATE, LATENCY = range(7, 14)
# ... and where it stands: the time and number of its last step, the next rows, what it waits for.
AT, STEP, ENTRY, ENTRY_PERIOD, EXIT, EXIT_PERIOD, IMAGE, STATUS, ON = range(14, 23)
STALLED_IN, STALLED_OUT = range(23, 25)
# A source: no step n before cycle n * PACE / steps of an image; 0 for who is not held back.
PACE = 25
ENGINE_FIELDS = 26

DEPTH, WRITER, READER, MASK, BASE, NEEDED, PUSHED, FREED = range(8)
WAITS_WORD, WAITS_ROOM, MERGED, MERGED_FREE, HIGHEST = range(8, 13)
FIFO_FIELDS = 13

# What an engine is found at: beyond the horizon, waiting for a word or for room, or done.
LATER, NO_WORD, NO_ROOM, DONE = range(4)

_NEVER = 1 << 62
_MIX = 6364136223846793005


@inlined
def _entry_step(own: Any, entries: Any) -> Any:
    if own[ENTRY_PERIOD] >= own[PERIODS] or own[ENTRIES] == own[LAST_ENTRY]:
        return _NEVER
    return own[ENTRY_PERIOD] * own[STEPS] + entries[place(own[ENTRY]), 0]


@inlined
def _exit_step(own: Any, exits: Any) -> Any:
    if own[EXIT_PERIOD] >= own[PERIODS] or own[EXITS] == own[LAST_EXIT]:
        return _NEVER
    return own[EXIT_PERIOD] * own[STEPS] + exits[place(own[EXIT])] + own[LAG]


@inlined
def _words_there(own: Any, entries: Any, ports: Any, fifos: Any, pushed_at: Any, at: int) -> int:
    """When every word that the next step takes is there, at the earliest `at`; -1: not known."""
    row = own[ENTRY]
    step = entries[place(row), 0]
    while row < own[LAST_ENTRY] and entries[place(row), 0] == step:
        number = ports[place(own[IN] + entries[place(row), 1])]
        fifo = fifos[place(number)]
        needed = fifo[NEEDED] + entries[place(row), 2]
        if needed > fifo[PUSHED]:
            own[STATUS], own[ON] = NO_WORD, number
            fifo[WAITS_WORD] = 1
            return -1
        if needed > 0:
            word = fifo[BASE] + ((needed - 1) & fifo[MASK])
            at = max(at, pushed_at[place(word)] + 1)
        row += 1
    return at


@inlined
def _room_there(own: Any, ports: Any, fifos: Any, freed_at: Any, at: int) -> int:
    """When there is room for a word in every output, at the earliest `at`; -1: not known."""
    for port in range(own[OUT], own[OUT] + own[OUTPUTS]):
        number = ports[place(port)]
        fifo = fifos[place(number)]
        before = fifo[PUSHED] - fifo[DEPTH]
        if before >= fifo[FREED]:
            own[STATUS], own[ON] = NO_ROOM, number
            fifo[WAITS_ROOM] = 1
            return -1
        if before >= 0:
            at = max(at, freed_at[place(fifo[BASE] + (before & fifo[MASK]))] + 1)
    return at


@inlined
def _wake(who: int, queue: Any, queued: Any) -> None:
    if queued[place(who)] == 0:
        queued[place(who)] = 1
        queue[place(1 + queue[0])] = who
        queue[0] += 1


@inlined
def _enter(
    own: Any, entries: Any, ports: Any, fifos: Any, freed_at: Any, queue: Any, queued: Any, at: int
) -> None:
    """Take the words of the next step, and make room for those that are no longer needed."""
    step = entries[place(own[ENTRY]), 0]
    while own[ENTRY] < own[LAST_ENTRY] and entries[place(own[ENTRY]), 0] == step:
        row = entries[place(own[ENTRY])]
        fifo = fifos[place(ports[place(own[IN] + row[1])])]
        fifo[NEEDED] += row[2]
        for _ in range(row[3]):
            freed_at[place(fifo[BASE] + (fifo[FREED] & fifo[MASK]))] = at
            fifo[FREED] += 1
        if row[3] > 0 and fifo[WAITS_ROOM] != 0:
            fifo[WAITS_ROOM] = 0
            _wake(fifo[WRITER], queue, queued)
        own[ENTRY] += 1
    if own[ENTRY] == own[LAST_ENTRY]:
        own[ENTRY] = own[ENTRIES]
        own[ENTRY_PERIOD] += 1


@inlined
def _leave(
    own: Any, ports: Any, fifos: Any, pushed_at: Any, queue: Any, queued: Any, at: int
) -> None:
    """Give a word to every output."""
    for port in range(own[OUT], own[OUT] + own[OUTPUTS]):
        fifo = fifos[place(ports[place(port)])]
        pushed_at[place(fifo[BASE] + (fifo[PUSHED] & fifo[MASK]))] = at + own[LATE]
        fifo[PUSHED] += 1
        if fifo[WAITS_WORD] != 0:
            fifo[WAITS_WORD] = 0
            _wake(fifo[READER], queue, queued)
    own[EXIT] += 1
    if own[EXIT] == own[LAST_EXIT]:
        own[EXIT] = own[EXITS]
        own[EXIT_PERIOD] += 1


@inlined
def _note(own: Any, starts: Any, marks: Any, step: int, at: int) -> None:
    """Note where images begin, and fold the time of the step into its image's mark."""
    whole = own[STEPS] * own[REPEATS]
    while own[IMAGE] * whole <= step and own[IMAGE] * own[REPEATS] < own[PERIODS]:
        first = own[IMAGE] * whole
        starts[place(own[IMAGE])] = at if first == step else own[AT] + first - own[STEP]
        own[IMAGE] += 1
    image = own[IMAGE] - 1
    marks[place(image)] = marks[place(image)] * _MIX + (at - starts[place(image)]) + 1


@inlined
def _advance(
    own: Any, entries: Any, exits: Any, ports: Any, fifos: Any, pushed_at: Any, freed_at: Any,
    starts: Any, ends: Any, marks: Any, queue: Any, queued: Any, horizon: int,
) -> None:  # fmt: skip
    """Advance an engine until it is done, past the horizon, or waits for what is not known yet."""
    while True:
        entering, leaving = _entry_step(own, entries), _exit_step(own, exits)
        step = min(entering, leaving)
        if step == _NEVER:
            own[STATUS] = DONE
            return
        ready = own[AT] + step - own[STEP]
        if own[PACE] > 0:
            ready = max(ready, step * own[PACE] // (own[STEPS] * own[REPEATS]))
        if ready > horizon:
            own[STATUS] = LATER
            return
        there = ready
        if entering == step:
            there = _words_there(own, entries, ports, fifos, pushed_at, ready)
            if there < 0:
                return
        at = there
        if leaving == step:
            at = _room_there(own, ports, fifos, freed_at, there)
            if at < 0:
                return
        if at > horizon:
            own[STATUS] = LATER
            return
        if own[STEP] >= 0 and step < own[PERIODS] * own[STEPS]:
            own[STALLED_IN] += there - ready
            own[STALLED_OUT] += at - there
        _note(own, starts, marks, step, at)
        own[AT], own[STEP] = at, step
        if entering == step:
            period = own[ENTRY_PERIOD]
            _enter(own, entries, ports, fifos, freed_at, queue, queued, at)
            if own[OUTPUTS] == 0 and own[ENTRY_PERIOD] != period and _ends_image(own, period):
                ends[place(period // own[REPEATS])] = (
                    at + (period + 1) * own[STEPS] - step + own[LATENCY]
                )
        if leaving == step:
            period = own[EXIT_PERIOD]
            _leave(own, ports, fifos, pushed_at, queue, queued, at)
            if own[EXIT_PERIOD] != period and _ends_image(own, period):
                ends[place(period // own[REPEATS])] = at + own[LATE] + 1


@inlined
def _ends_image(own: Any, period: int) -> Any:
    return (period + 1) % own[REPEATS] == 0


@inlined
def _count(fifo: Any, pushed_at: Any, freed_at: Any, late: int) -> None:
    """Count the words in a FIFO after each that came since it was counted last."""
    while fifo[MERGED] < fifo[PUSHED]:
        came = pushed_at[place(fifo[BASE] + (fifo[MERGED] & fifo[MASK]))] - late
        while (
            fifo[MERGED_FREE] < fifo[FREED]
            and freed_at[place(fifo[BASE] + (fifo[MERGED_FREE] & fifo[MASK]))] <= came
        ):
            fifo[MERGED_FREE] += 1
        fifo[MERGED] += 1
        fifo[HIGHEST] = max(fifo[HIGHEST], fifo[MERGED] - fifo[MERGED_FREE])


@kernel
def play(
    engines: Any, entries: Any, exits: Any, ports: Any, fifos: Any, pushed_at: Any, freed_at: Any,
    starts: Any, ends: Any, marks: Any, queue: Any, queued: Any, chunk: int, last: int,
) -> int:  # fmt: skip
    """Play all images, or up to cycle `last`: 0 when all is done, 1 at a deadlock, 2 at `last`.

    Arrays are int64; `queue` has room for all engines behind its counter.
    """
    horizon = -1
    while True:
        horizon += chunk
        for number in range(len(engines)):
            _wake(number, queue, queued)
        while queue[0] > 0:
            number = queue[place(queue[0])]
            queue[0] -= 1
            queued[place(number)] = 0
            own = engines[place(number)]
            if own[STATUS] != DONE:
                _advance(
                    own, entries, exits, ports, fifos, pushed_at, freed_at,
                    starts[place(number)], ends[place(number)], marks[place(number)],
                    queue, queued, horizon,
                )  # fmt: skip
        for number in range(len(fifos)):
            fifo = fifos[place(number)]
            _count(fifo, pushed_at, freed_at, engines[place(fifo[WRITER]), LATE])
        later = waiting = 0
        for number in range(len(engines)):
            if engines[place(number), STATUS] == LATER:
                later += 1
            elif engines[place(number), STATUS] != DONE:
                waiting += 1
        if later == 0:
            return 1 if waiting > 0 else 0
        if horizon >= last:
            return 2
