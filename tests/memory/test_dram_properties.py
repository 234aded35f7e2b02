"""Random request streams over every part: each command is legal, and none comes late."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lightsim.hardware.dram import DramPart
from lightsim.memory import DramChannel
from lightsim.memory.spec import capacity_bytes
from lightsim.units import Clock
from tests.memory.naive_channel import NaiveChannel
from tests.memory.parts import PARTS, Grants, address, locate
from tests.memory.rulebook import violations

CLOCKS = (100_000_000, 150_000_000, 333_000_000, 187_512_345, 900_000_000)
every_part = pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())


@st.composite
def streams(draw: st.DrawFn, part: DramPart, requests: int, bursts: int):
    """A clock, a word, and requests (gap, address, nbytes, write, port gap) near few rows."""
    word = draw(st.sampled_from((2, 8, 16, 64)))
    clock_hz = draw(st.sampled_from(CLOCKS))
    # A few rows of a few banks, met again and again: hits, conflicts, other banks and groups.
    place = st.builds(
        address,
        st.just(part),
        st.integers(0, part.bank_groups - 1),
        st.integers(0, 2),
        st.sampled_from((0, 1, 5, part.rows - 1)),
    )
    places = draw(st.lists(place, min_size=1, max_size=5))
    rows = []
    for _ in range(draw(st.integers(1, requests))):
        base = draw(st.sampled_from(places)) // 4096 * 4096
        size = min(4096, capacity_bytes(part) - base)
        first = draw(st.integers(0, size // word - 1))
        most = min(size // word - first, max(1, bursts * part.burst_bytes // word))
        nbytes = word * draw(st.integers(1, most))
        gap = draw(st.sampled_from((0, 0, 0, 1, 3, 17, 400, 3000)))
        port_gap = draw(st.sampled_from((0, 0, 50)))
        rows.append((gap, base + word * first, nbytes, draw(st.booleans()), port_gap))
    return clock_hz, word, rows


def play(channel, rows):
    """The times of the stream's requests, granted as the arbiter may grant them."""
    grants = Grants()
    port = 0
    times = []
    for gap, start, nbytes, write, port_gap in rows:
        grant = grants.next(gap)
        done, slot_free = channel.serve(grant, start, nbytes, write, port + port_gap)
        times.append((done, slot_free))
        grants.served(slot_free)
        if not write:
            port = done
    return times


@every_part
def test_every_command_obeys_every_rule(part):
    @settings(max_examples=30, derandomize=True, deadline=None)
    @given(streams(part, requests=60, bursts=16))
    def check(stream):
        clock_hz, word, rows = stream
        channel = DramChannel(part, Clock(clock_hz), word, trace_capacity=20_000)
        play(channel, rows)
        trace = channel.trace()
        assert violations(part, trace) == set()
        columns = [(c[1], c[2], c[3]) for c in sorted(trace) if c[1] in ("RD", "WR")]
        assert columns == bursts_of(part, rows)

    check()


def bursts_of(part, rows):
    """The column commands that the requests need, in order."""
    needed = []
    for _, start, nbytes, write, _ in rows:
        last = (start + nbytes - 1) // part.burst_bytes
        for burst in range(start // part.burst_bytes, last + 1):
            _, bank, row = locate(part, burst)
            needed.append(("WR" if write else "RD", bank, row))
    return needed


@every_part
def test_channel_equals_its_naive_twin(part):
    @settings(
        max_examples=20,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(streams(part, requests=16, bursts=8))
    def check(stream):
        clock_hz, word, rows = stream
        channel = DramChannel(part, Clock(clock_hz), word, trace_capacity=20_000)
        twin = NaiveChannel(part, clock_hz, word)
        assert play(channel, rows) == play(twin, rows)
        assert channel.trace() == twin.issued

    check()


@every_part
def test_counters_agree_with_the_trace(part):
    @settings(max_examples=5, derandomize=True, deadline=None)
    @given(streams(part, requests=40, bursts=16))
    def check(stream):
        clock_hz, word, rows = stream
        channel = DramChannel(part, Clock(clock_hz), word, trace_capacity=20_000)
        play(channel, rows)
        names = [command for _, command, _, _ in channel.trace()]
        count = channel.counters()
        columns = names.count("RD") + names.count("WR")
        assert (count["reads"], count["writes"]) == (names.count("RD"), names.count("WR"))
        assert count["activates"] == names.count("ACT")
        assert count["refreshes"] == names.count("REF")
        assert count["row_conflicts"] == names.count("PRE")
        assert count["row_hits"] + count["row_misses"] + count["row_conflicts"] == columns
        assert count["row_misses"] + count["row_conflicts"] == count["activates"]
        assert 0 <= count["activates"] - count["precharges"] <= part.banks
        assert count["busy_clocks"] == columns * part.burst_clocks

    check()


@every_part
def test_watching_changes_nothing(part):
    @settings(max_examples=5, derandomize=True, deadline=None)
    @given(streams(part, requests=40, bursts=16))
    def check(stream):
        clock_hz, word, rows = stream
        watched = DramChannel(part, Clock(clock_hz), word, trace_capacity=20_000)
        short = DramChannel(part, Clock(clock_hz), word, trace_capacity=3)
        alone = DramChannel(part, Clock(clock_hz), word)
        assert play(watched, rows) == play(short, rows) == play(alone, rows)
        assert watched.counters() == short.counters() == alone.counters()
        assert short.trace() == watched.trace()[:3]

    check()
