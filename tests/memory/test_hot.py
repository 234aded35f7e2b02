"""Requests served with the last commands at hand: the same answers, and the same past."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.memory import DramChannel, layout
from lightsim.memory.hot import cool, heat
from lightsim.memory.layout import COMMAND_COUNT, LAST, MAX_BANKS, MAX_GROUPS, PRE, SLOTS
from lightsim.memory.one_row import quick_edge, serve_hot
from lightsim.memory.row_plan import QUICK, TO_CLOCK_QUICK, TO_CYCLE_QUICK, row_plan
from lightsim.units import Clock, ClockRatio
from tests.memory.parts import PARTS, TIGHT
from tests.memory.test_dram_properties import CLOCKS, play, streams

# Sizes that no shift divides by are left to the general way of serving a request.
SERVED = {name: part for name, part in PARTS.items() if part is not TIGHT}


class HotChannel(DramChannel):
    """A channel that keeps its last commands in a tuple between requests."""

    __slots__ = ("hot", "plan")

    def __init__(self, part, clock, word):
        super().__init__(part, clock, word)
        self.plan = row_plan(self.spec)
        self.hot = heat(self.state)

    def serve(self, grant, address, nbytes, write, port_time):
        assert grant < self.plan[QUICK]
        words = nbytes // int(self.spec[layout.WORD_BYTES])
        done, slot_free, self.hot = serve_hot(
            self.state, self.spec, self.plan, self.hot, grant, address, nbytes, words,
            bool(write), port_time,
        )  # fmt: skip
        return done, slot_free


def past(channel):
    """All of a channel's past that a later request may ask for.

    Neither the address in hand, nor a group's last PRE, which no rule counts from, nor clocks
    on the command bus, of which those that have passed are not kept.
    """
    state = channel.state[:SLOTS].copy()
    state[layout.FIELDS : layout.FIELDS + 4] = 0
    for group in range(MAX_GROUPS):
        state[LAST + (MAX_BANKS + group) * COMMAND_COUNT + PRE] = 0
    return state


@pytest.mark.parametrize("part", SERVED.values(), ids=SERVED.keys())
@pytest.mark.parametrize("bursts", [4, 80])
def test_hot_equals_bursts(part, bursts):
    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(streams(part, requests=80, bursts=bursts))
    def check(stream):
        clock_hz, word, rows = stream
        one, other = (kind(part, Clock(clock_hz), word) for kind in (DramChannel, HotChannel))
        assert play(one, rows) == play(other, rows)
        cool(other.state, other.spec, other.plan, other.hot)
        assert np.array_equal(past(one), past(other))

    check()


@pytest.mark.parametrize("part", SERVED.values(), ids=SERVED.keys())
@pytest.mark.parametrize("clock_hz", CLOCKS)
def test_quick_edges_are_exact(part, clock_hz):
    plan = row_plan(DramChannel(part, Clock(clock_hz), 8).spec)
    ratio = ClockRatio.between(Clock(clock_hz), Clock(part.clock_hz))
    assert plan[QUICK] > 1 << 28

    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(st.integers(0, int(plan[QUICK])), st.integers(-1, 1))
    def check(cycle, beside):
        assert quick_edge(plan, TO_CLOCK_QUICK, cycle) == ratio.forward(cycle)
        # Where the edges of both clocks meet, or are next to each other.
        clock = max(0, ratio.forward(cycle) // ratio.numerator * ratio.numerator + beside)
        assert quick_edge(plan, TO_CYCLE_QUICK, clock) == ratio.backward(clock)

    check()
