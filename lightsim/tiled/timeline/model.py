"""The door of the room: takes programs, returns the timing of the whole run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.hardware.device import IdealMemory
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.timeline.expand import Lists, expand
from lightsim.tiled.timeline.layout import (
    CAPACITY,
    EVENTS,
    PROBLEM,
    STREAM_FIELDS,
    STREAMS_AT,
    TILES_FROM,
    TRANSFERS_FROM,
)
from lightsim.tiled.timeline.recurrence import play
from lightsim.tiled.timeline.result import TimelineResult
from lightsim.tiled.timeline.state import State, initial_state
from lightsim.tiled.timeline.tables import Tables, describe

__all__ = ["compile_programs", "run", "run_tables"]


def run(programs: Sequence[Program], *, tracing: bool = False) -> TimelineResult:
    """The timing of programs that run one after another on one machine, equal to `simulate`'s
    timing.

    With `tracing` the result holds every interval. Raises `InputError` if a memory channel is too
    small for the data.
    """
    tables = compile_programs(programs)
    state = run_tables(tables, programs[0], tracing)
    return TimelineResult(
        tuple(programs), state.found, _streams(state), state.channels,
        state.events[: state.machine[EVENTS]],
    )  # fmt: skip


def compile_programs(programs: Sequence[Program]) -> Tables:
    """Programs as tables; a program that occurs several times is written down once."""
    return describe(programs)


def run_tables(tables: Tables, program: Program, tracing: bool = False) -> State:
    """The state of the machine after all passes of the tables; `program` gives the accelerator."""
    accelerator = program.accelerator
    lists = Lists(
        *expand(tables.passes, tables.group_starts, tables.weights, accelerator.word_bytes)
    )
    room = _most_events(lists, tables.launches) if tracing else 0
    state = initial_state(accelerator, len(tables.launches), room)
    play(*state, *lists, tables.groups, tables.launches)
    problem = int(state.machine[PROBLEM])
    if problem > 0 and not isinstance(accelerator.memory, IdealMemory):
        raise InputError(
            f"memory '{accelerator.memory.part.name}'",
            f"{problem} bytes are needed in one channel",
            f"it holds {state.machine[CAPACITY]} bytes",
        )
    if problem:
        raise RuntimeError("the timeline stands still: every stream waits for another")
    return state


def _streams(state: State) -> NDArray[np.int64]:
    """The part of the state that holds the streams, int64[stream, STREAM_FIELDS]."""
    part = state.machine[STREAMS_AT : STREAMS_AT + 4 * STREAM_FIELDS]
    return part.reshape(4, STREAM_FIELDS)


def _most_events(lists: Lists, launches: NDArray[np.int64]) -> int:
    """An upper bound on the number of intervals: a tile computes, drains and waits four times."""
    counts = np.diff(lists.ranges, axis=0)[launches]
    tiles = int(counts[:, TILES_FROM].sum())
    return 6 * tiles + int(counts[:, TRANSFERS_FROM:].sum())
