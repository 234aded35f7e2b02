"""The ideal memory against its definition, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.hardware.device import IdealMemory
from lightsim.memory import IdealChannel, make_channel
from lightsim.units import Clock


def ideal(latency, bytes_per_cycle, word):
    channel = make_channel(IdealMemory(latency, bytes_per_cycle), Clock(100_000_000), word)
    assert isinstance(channel, IdealChannel)
    return channel


def test_one_word_a_cycle():
    # Latency 10, 8 bytes a cycle, words of 8: the first word occupies cycle 5 + 10, the
    # sixteenth cycle 30; the memory is occupied from 5 to 21.
    channel = ideal(10, 8, 8)
    assert channel.serve(5, 0, 128, False, 0) == (31, 21)
    # The next request waits for it: start 21, first word 31.
    assert channel.serve(6, 128, 8, False, 31) == (32, 22)
    # A write of 9 words: start 22, occupied until 31, acknowledged at 41.
    assert channel.serve(7, 256, 72, True, 0) == (41, 31)


def test_memory_slower_than_the_port():
    # 3 bytes a cycle: word i is there in cycle 0 + 2 + ceil(8 (i + 1) / 3) - 1: 4, 7, 9.
    assert ideal(2, 3, 8).serve(0, 0, 24, False, 0) == (10, 8)


def test_memory_faster_than_the_port():
    # 64 bytes a cycle: occupied for 2 cycles; word i there at 2 + ceil((i + 1) / 8) - 1, one
    # delivered a cycle: 2 to 17.
    assert ideal(2, 64, 8).serve(0, 0, 128, False, 0) == (18, 2)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.integers(0, 40),
    st.integers(1, 100),
    st.sampled_from((1, 2, 8, 16, 64)),
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 40), st.booleans(), st.integers(0, 60)),
        max_size=12,
    ),
)
def test_equals_the_definition(latency, rate, word, requests):
    channel = ideal(latency, rate, word)
    grant = busy_until = occupied = 0
    for gap, words, write, port_gap in requests:
        grant += gap
        port_time = grant + port_gap
        start = max(grant, busy_until)
        busy_until = start + -(-words * word // rate)
        occupied += busy_until - start
        if write:
            done = busy_until + latency
        else:
            cycle = port_time - 1
            for i in range(words):
                available = start + latency + -(-(i + 1) * word // rate) - 1
                cycle = max(cycle + 1, available)
            done = cycle + 1
        assert channel.serve(grant, 0, words * word, write, port_time) == (done, busy_until)
    counters = channel.counters()
    assert counters["reads"] + counters["writes"] == len(requests)
    assert counters["busy_clocks"] == occupied


@pytest.mark.parametrize(
    ("latency", "rate", "text"),
    [
        (-1, 8, "IdealMemory: latency_cycles is -1; accepted: a whole number from 0 to"),
        (3, 0, "IdealMemory: bytes_per_cycle is 0; accepted: a whole number from 1 to"),
    ],
)
def test_impossible_memories_are_refused(latency, rate, text):
    with pytest.raises(InputError, match=text):
        IdealMemory(latency, rate)
