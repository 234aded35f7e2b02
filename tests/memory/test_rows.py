"""Requests served a row at a time: the same answers and the same state as burst by burst."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.memory import DramChannel, layout
from lightsim.memory.row_plan import FIT, STEP, row_plan
from lightsim.memory.rows import serve_rows
from lightsim.units import Clock
from tests.memory.parts import PARTS, TIGHT
from tests.memory.test_dram_properties import CLOCKS, play, streams


class RowChannel(DramChannel):
    """A channel whose requests are served a row at a time."""

    __slots__ = ("plan",)

    def __init__(self, part, clock, word):
        super().__init__(part, clock, word)
        self.plan = row_plan(self.spec)

    def serve(self, grant, address, nbytes, write, port_time):
        return serve_rows(
            self.state, self.spec, self.plan, grant, address, nbytes, write, port_time
        )


def past(channel):
    """All of a channel's state but the address fields of the burst in hand, set anew each time."""
    state = channel.state.copy()
    state[layout.FIELDS : layout.FIELDS + 4] = 0
    return state


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
@pytest.mark.parametrize("bursts", [4, 80])
def test_rows_equal_bursts(part, bursts):
    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(streams(part, requests=80, bursts=bursts))
    def check(stream):
        clock_hz, word, rows = stream
        one, other = (kind(part, Clock(clock_hz), word) for kind in (DramChannel, RowChannel))
        assert play(one, rows) == play(other, rows)
        assert np.array_equal(past(one), past(other))

    check()


@pytest.mark.parametrize("late", [1 << shift for shift in (26, 27, 28, 29, 30, 31, 40)])
@pytest.mark.parametrize("clock_hz", CLOCKS)
def test_long_runs_are_no_less_exact(clock_hz, late):
    # Divisions by a reciprocal are exact up to some dividend only.
    part = PARTS["ddr3-1600-x64"]
    one, other = (kind(part, Clock(clock_hz), 8) for kind in (DramChannel, RowChannel))
    for channel in (one, other):
        # The refreshes of the years before are not of interest.
        clock = late * part.clock_hz // clock_hz
        channel.state[layout.NEXT_REFRESH] = clock // part.tREFI * part.tREFI
    for number in range(200):
        request = (late + 40 * number, 264 * number, 256, number % 5 == 0, late)
        assert one.serve(*request) == other.serve(*request)
    assert np.array_equal(past(one), past(other))


def test_every_part_of_the_catalogue_is_served_so():
    for part in PARTS.values():
        assert row_plan(DramChannel(part, Clock(150_000_000), 32).spec)[FIT] == (part is not TIGHT)


@given(st.sampled_from((2, 8, 16, 64)), st.sampled_from(CLOCKS))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_steps_are_those_of_the_rules(word, clock_hz):
    for part in PARTS.values():
        plan = row_plan(DramChannel(part, Clock(clock_hz), word).spec)
        if plan[FIT]:
            assert plan[STEP + layout.RD] == max(part.tCCD_L, part.tCCD_S, part.burst_clocks)
