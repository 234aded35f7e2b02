"""The loop for one memory channel finds what the loop for any number of them finds."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from lightsim.hardware.device import IdealMemory
from lightsim.memory.layout import COUNTERS, OPEN_ROWS, REFRESHES, ROW_CONFLICTS, ROW_MISSES
from lightsim.memory.row_plan import QUICK
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.tiled.timeline.expand import Lists, expand
from lightsim.tiled.timeline.layout import (
    CLOSED,
    EVENTS,
    JUMPED,
    PASSES,
    PROBLEM,
    STORED,
    STREAM_FIELDS,
    STREAMS_AT,
    WAITED_BANK,
    WAITED_MEMORY,
)
from lightsim.tiled.timeline.model import compile_programs
from lightsim.tiled.timeline.one_channel import play_one_channel
from lightsim.tiled.timeline.recurrence import play_channels
from lightsim.tiled.timeline.state import initial_state
from tests.tiled.timeline.equal import differences
from tests.tiled.timeline.machines import random_program

SEEDS = range(280)
TOTALS = (STORED, WAITED_BANK, WAITED_MEMORY)


def played(play, program, runs=2):
    """The machine's state after some runs of a program, every interval noted."""
    tables, accelerator = compile_programs([program] * runs), program.accelerator
    lists = Lists(
        *expand(tables.passes, tables.group_starts, tables.weights, accelerator.word_bytes)
    )
    state = initial_state(accelerator, len(tables.launches), 20_000)
    play(*state, *lists, tables.groups, tables.launches)
    assert state.machine[CLOSED] == state.machine[PASSES]
    return state


def numbers(state):
    """All that a run leaves: passes, intervals, the streams' totals, the channel's counters."""
    streams = state.machine[STREAMS_AT : STREAMS_AT + 4 * STREAM_FIELDS].reshape(4, -1)
    return (
        state.found.tolist(),
        state.events[: state.machine[EVENTS]].tolist(),
        streams[:, TOTALS].tolist(),
        state.channels[:, COUNTERS:OPEN_ROWS].tolist(),
        int(state.machine[PROBLEM]),
    )


@cache
def one_channel(seed):
    """A random program and what the loop for one channel makes of it."""
    _, program = random_program(seed)
    return program, played(play_one_channel, program)


@pytest.mark.parametrize("begin", range(0, len(SEEDS), 40))
def test_both_loops_find_the_same(begin):
    for seed in SEEDS[begin : begin + 40]:
        program, state = one_channel(seed)
        assert numbers(state) == numbers(played(play_channels, program)), seed


def test_the_machines_are_worth_it():
    """Jumps are taken with either memory, near refreshes and with rows closed or another open."""
    seen = Counter()
    for seed in SEEDS:
        program, state = one_channel(seed)
        counters = state.channels.sum(axis=0)
        jumped = int(state.machine[JUMPED])
        if isinstance(program.accelerator.memory, IdealMemory):
            seen["ideal, jumped"] += jumped > 0
        else:
            seen["dram, jumped"] += jumped > 0
            seen["refreshed, jumped"] += jumped > 0 and counters[REFRESHES] > 5
            seen["rows changed, jumped"] += jumped > 0 and counters[ROW_MISSES] > 5
            seen["conflicts"] += counters[ROW_CONFLICTS] > 5
            seen["often refreshed"] += counters[REFRESHES] > 100
    assert min(seen.values()) >= 10, seen
    assert len(seen) == 6


@pytest.mark.parametrize("seed", range(1000, 1040))
def test_the_simulation_finds_the_same(seed):
    workload, program = random_program(seed)
    images = synthetic_images(workload.network, program.images, seed)
    assert differences([program], [images]) == []


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_beyond_the_cycles_that_quick_conversions_reach(seed):
    _, program = random_program(seed)

    def soon_beyond(machine, channels, spec, plan, *rest):
        plan = plan.copy()
        plan[QUICK] = min(plan[QUICK], 2000)
        play_one_channel(machine, channels, spec, plan, *rest)

    assert numbers(played(soon_beyond, program)) == numbers(played(play_channels, program))
