"""The time of every pass of a run without one of the causes that hold the machine up.

The run is made once. At the beginning of a pass the machine is forked for every cause that may be
asked for. The cause is taken away, and the fork runs to the end of the pass. The fork therefore
starts with the same prefetched data and the same open rows of the memory as the run. docs/model.md
says how each cause is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.timeline.expand import Lists, expand
from lightsim.tiled.timeline.layout import (
    BANKS,
    BEGIN,
    BEHIND,
    BUSY,
    CHANNEL_FIELDS,
    CHANNELS_AT,
    CONVOLVES,
    DRAIN,
    EARLIEST,
    END,
    FLAGS,
    FREE_FROM,
    GRANTED_AT,
    IMAGES,
    KERNEL,
    LAUNCH,
    LENGTH,
    LINES,
    NEXT,
    OCCUPATION,
    OTHER_SLOT,
    OUTPUTS,
    PLANES,
    PORT,
    PORT_FIELDS,
    PORTS_AT,
    RETURN_FREE,
    SCALE,
    SLOT,
    STOP,
    STREAM_FIELDS,
    STREAMS,
    STREAMS_AT,
    TILES_FROM,
    TRANSFERS_FROM,
    TWICE,
    WIDE,
)
from lightsim.tiled.timeline.recurrence import play
from lightsim.tiled.timeline.state import State, initial_state
from lightsim.tiled.timeline.tables import Tables, describe

__all__ = ["CAUSES", "Fork", "forks"]

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Run:
    """A run in progress: the machine, the lists of its tiles and transfers, and its row groups."""

    state: State
    lists: Lists
    groups: Table
    launches: Table

    def play(self) -> None:
        play(*self.state, *self.lists, self.groups, self.launches)


@dataclass(frozen=True)
class Fork:
    """The machine just before a pass.

    `number` counts passes over all programs. `cycles` is the length of the pass in the run, and the
    array is busy for `busy` of these cycles. The machine stands where the previous pass has
    requested its last word.
    """

    number: int
    cycles: int
    busy: int
    _before: State
    _parts: _Parts

    def without(self, cause: str) -> int:
        """The cycles of the pass if `cause`, one of `CAUSES`, did not hold it up."""
        parts = self._parts
        run = CAUSES[cause](parts, State(*(part.copy() for part in self._before)))
        run.play()
        return int(run.state.found[self.number, END] - run.state.found[self.number, BEGIN])

    @property
    def ahead(self) -> int:
        """The cycles from the fork to the beginning of the pass."""
        machine, found = self._before.machine, self._before.found
        return max(0, int(found[self.number, BEGIN] - machine[EARLIEST]))

    @property
    def to_move(self) -> dict[str, int]:
        """Bytes, by stream, that the pass needs and that are not yet moving at the fork."""
        lists, machine = self._parts.lists, self._before.machine
        row = int(self._parts.tables.launches[self.number])
        moved = {}
        for number, name in enumerate(STREAMS):
            begin, end = lists.ranges[row : row + 2, TRANSFERS_FROM + number]
            stream = STREAMS_AT + STREAM_FIELDS * number
            if machine[stream + LAUNCH] == self.number:
                begin = machine[stream + NEXT]
            elif machine[stream + LAUNCH] > self.number:
                begin = end
            left = lists.transfers[number, begin:end, :]
            moved[name] = int(left[:, (LENGTH, LINES, PLANES, IMAGES)].prod(axis=1).sum())
        return moved


@dataclass(frozen=True)
class _Parts:
    """The data that all forks share, and the changed data of each cause, made at first use."""

    accelerator: Accelerator
    tables: Tables
    lists: Lists

    def run(self, state: State, lists: Lists | None = None, groups: Table | None = None) -> _Run:
        return _Run(
            state,
            self.lists if lists is None else lists,
            self.tables.groups if groups is None else groups,
            self.tables.launches,
        )

    @cached_property
    def at_once(self) -> State:
        """The machine at cycle 0 with a memory that never waits."""
        return initial_state(self.accelerator.with_ideal_memory(), 1, 0)

    @cached_property
    def windows(self) -> Table:
        """The words of the window of every tile, int64[tile]."""
        kernel = self.tables.passes[:, KERNEL] * self.tables.passes[:, KERNEL + 1]
        return np.repeat(kernel, np.diff(self.lists.ranges[:, TILES_FROM]))

    @cached_property
    def two_windows_at_once(self) -> Lists:
        """Lists in which poolings and additions take two windows in the time of one.

        The cycles in which the values of a word leave are not halved: only the part within the
        window is. The tile is written as one word that takes all these cycles.
        """
        tiles = self.lists.tiles.copy()
        words, window = tiles[:, OUTPUTS], self.windows
        cycles = (words + 1) // 2 * window + words * np.maximum(0, tiles[:, SCALE] - window)
        elementwise = tiles[:, FLAGS] & CONVOLVES == 0
        tiles[elementwise, SCALE], tiles[elementwise, OUTPUTS] = cycles[elementwise], 1
        return self.lists._replace(tiles=tiles)

    @cached_property
    def no_drain(self) -> tuple[Lists, Table]:
        """Lists and row groups in which values leave the array without delay."""
        tiles = self.lists.tiles.copy()
        elementwise = tiles[:, FLAGS] & CONVOLVES == 0
        tiles[elementwise, SCALE] = self.windows[elementwise]
        tiles[:, BEHIND] = 0
        groups = self.tables.groups.copy()
        groups[:, DRAIN] = 0
        return self.lists._replace(tiles=tiles), groups


def forks(programs: Sequence[Program]) -> Iterator[Fork]:
    """A fork before every pass of programs that run one after another, in order of execution."""
    accelerator = programs[0].accelerator
    tables = describe(programs)
    lists = Lists(
        *expand(tables.passes, tables.group_starts, tables.weights, accelerator.word_bytes)
    )
    parts = _Parts(accelerator, tables, lists)
    run = parts.run(initial_state(accelerator, len(tables.launches), 0))
    state = run.state
    for number in range(len(tables.launches)):
        state.machine[STOP] = number + 1
        before = State(*(part.copy() for part in state))
        run.play()
        cycles = int(state.found[number, END] - state.found[number, BEGIN])
        yield Fork(number, cycles, int(state.found[number, BUSY]), before, parts)


def _compute(parts: _Parts, state: State) -> _Run:
    state.machine[TWICE] = 1
    return parts.run(state, parts.two_windows_at_once)


def _port(parts: _Parts, state: State) -> _Run:
    machine = state.machine
    machine[WIDE] = 1
    for number in range(len(STREAMS)):
        port = PORTS_AT + PORT_FIELDS * number
        machine[STREAMS_AT + STREAM_FIELDS * number + PORT] = port
        machine[port + RETURN_FREE] = machine[port + FREE_FROM] = 0
        machine[port + GRANTED_AT] = -1
    return parts.run(state)


def _bank(parts: _Parts, state: State) -> _Run:
    for number in range(len(STREAMS)):
        state.machine[STREAMS_AT + STREAM_FIELDS * number + BANKS] += 1
    return parts.run(state)


def _dram(parts: _Parts, state: State) -> _Run:
    machine, at_once = state.machine, parts.at_once
    occupations = at_once.machine[at_once.machine[OCCUPATION] :]
    machine[machine[OCCUPATION] : machine[OCCUPATION] + len(occupations)] = occupations
    for channel in range(len(state.channels)):
        slots = CHANNELS_AT + CHANNEL_FIELDS * channel
        machine[slots + SLOT] = machine[slots + OTHER_SLOT] = 0
    return parts.run(
        state._replace(channels=at_once.channels.copy(), spec=at_once.spec, plan=at_once.plan)
    )


def _post(parts: _Parts, state: State) -> _Run:
    return parts.run(state, *parts.no_drain)


CAUSES: dict[str, Callable[[_Parts, State], _Run]] = {
    "compute": _compute,
    "port": _port,
    "bank": _bank,
    "dram": _dram,
    "post": _post,
}
"""The causes that can hold a pass up, each with the function that runs a fork without it."""
