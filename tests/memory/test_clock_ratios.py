"""Accelerator clocks that divide the command clock evenly, and those that do not."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.memory import DramChannel
from lightsim.memory.edges import to_clock, to_cycle
from lightsim.units import Clock
from tests.memory.parts import DDR3, DDR4


def test_100_mhz_against_800():
    # 8 clocks a cycle. Grant 3: clock (3 + 4) * 8 = 56 ACT, RD 67, data ends at 82, inside
    # cycle 10: received at 11, words of 8 bytes from 15 on, done 23. RD's clock ends at 68,
    # inside cycle 8: slot free at 9.
    channel = DramChannel(DDR3, Clock(100_000_000), 8, trace_capacity=9)
    assert channel.serve(3, 0, 64, False, 0) == (23, 9)
    assert channel.trace() == [(56, "ACT", 0, 0), (67, "RD", 0, 0)]


def test_150_mhz_against_533_333333():
    # 3.5556 clocks a cycle. Grant 0: clock ceil(14.22) = 15 ACT, RD 22, data ends at 33, cycle
    # ceil(9.28) = 10: eight words of 4 bytes from 14 on, done 22. Slot free ceil(6.47) = 7.
    part = DRAM_PARTS["ddr3-1066-x32"]
    channel = DramChannel(part, Clock(150_000_000), 4, trace_capacity=9)
    assert channel.serve(0, 0, 32, False, 0) == (22, 7)
    assert channel.trace() == [(15, "ACT", 0, 0), (22, "RD", 0, 0)]


def test_six_seconds_later_no_clock_has_drifted():
    # 900,000,000 cycles are 6 s, exactly 6 * 533,333,333 = 3,199,999,998 clocks. ACT stands
    # 14.22 clocks later, at 3,200,000,013, 3213 clocks after refresh number 769,230.
    part = DRAM_PARTS["ddr3-1066-x32"]
    channel = DramChannel(part, Clock(150_000_000), 4)
    grant = 900_000_000
    # RD at ...,020, data ends at 3,200,000,031, that is 9.28 cycles after the grant's.
    assert channel.serve(grant, 0, 32, False, 0) == (grant + 22, grant + 7)
    assert channel.counters()["refreshes"] == 769_230


def test_333_mhz_against_1200():
    # 400/111 clocks a cycle. Grant 10: clock ceil(14 * 400 / 111 = 50.45) = 51 ACT, RD 68 and
    # 72 (the next group's ACT 55), data ends at 89 and 93: cycles ceil(24.70) = 25 and
    # ceil(25.81) = 26; words of 32 bytes: 29, 30, 31, 32; done 33. Slot free ceil(20.26) = 21.
    channel = DramChannel(DDR4, Clock(333_000_000), 32, trace_capacity=9)
    assert channel.serve(10, 0, 128, False, 0) == (33, 21)
    assert [clock for clock, _, _, _ in channel.trace()] == [51, 68, 55, 72]


@pytest.mark.parametrize("part", [DDR3, DRAM_PARTS["ddr3-1066-x32"], DRAM_PARTS["hbm2-1800-pc64"]])
def test_edges_are_exact_up_to_a_year(part):
    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(st.integers(1_000_000, 2_000_000_000), st.integers(0, 10**16))
    def check(hz, edge):
        spec = DramChannel(part, Clock(hz), 8).spec
        clocks_per_cycle = Fraction(part.clock_hz, hz)
        assert to_clock(spec, edge) == ceil(edge * clocks_per_cycle)
        assert to_cycle(spec, edge) == ceil(edge / clocks_per_cycle)

    check()
