"""The channel as an object: capacity, descriptions that cannot be, forks, the end of a run."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lightsim.errors import InputError
from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.device import MemoryInterface
from lightsim.memory import DramChannel, make_channel
from lightsim.memory.serve import serve
from lightsim.source import Source
from lightsim.units import Clock
from tests.memory.parts import DDR3, TIGHT

CLOCK = Clock(100_000_000)


@pytest.mark.parametrize("part", DRAM_PARTS.values(), ids=DRAM_PARTS.keys())
def test_last_byte_is_served_and_the_next_refused(part):
    interface = MemoryInterface(part, 1, 4096, Source("assumed", "a test"))
    channel = make_channel(interface, CLOCK, 8)
    assert isinstance(channel, DramChannel)
    channel.serve(0, channel.capacity_bytes - 64, 64, False, 0)
    assert channel.counters()["activates"] >= 1
    with pytest.raises(InputError):
        channel.serve(0, channel.capacity_bytes - 32, 64, False, 0)


def test_capacity_error_says_what_is_needed():
    # 6 banks x 37 rows x 32 bytes.
    channel = DramChannel(TIGHT, CLOCK, 8)
    text = "memory 'test-tight': 7112 bytes are needed in one channel; it holds 7104 bytes"
    with pytest.raises(InputError, match=re.escape(text)):
        channel.serve(0, 7040, 72, False, 0)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"tRTW": 0}, "tRTW is 0; accepted: a whole number from 1 to"),
        ({"tWTR_S": -1}, "tWTR_S is -1; accepted: a whole number from 0 to"),
        ({"banks_per_group": 65}, "65 banks in 1 groups; at most 64 banks in 16 groups"),
        ({"address_order": ("row", "bank", "column", "column")}, "each once"),
        ({"row_bytes": 100}, "row_bytes 100 is not a multiple of a burst of 64 bytes"),
        # 28 + 11 + 208 + 11 clocks from the due time to the first burst.
        ({"tREFI": 258}, "tREFI is 258 clocks; accepted is more than 258"),
    ],
)
def test_impossible_parts_are_refused(changes, text):
    with pytest.raises(InputError, match=re.escape(text)):
        DramChannel(replace(DDR3, **changes), CLOCK, 8)


def test_shortest_refresh_interval_still_serves():
    channel = DramChannel(replace(DDR3, tREFI=259), CLOCK, 8)
    done, _ = channel.serve(0, 0, 4096, False, 0)
    assert channel.counters()["reads"] == 64
    assert done > 0


def test_copied_state_is_a_fork():
    channel = DramChannel(DDR3, CLOCK, 8)
    channel.serve(0, 0, 1024, False, 0)
    fork = channel.state.copy()
    first = channel.serve(20, 1 << 20, 1024, True, 0)
    assert serve(fork, channel.spec, 20, 1 << 20, 1024, 1, 0) == first
    assert (fork == channel.state).all()


def test_settle_accounts_for_the_refreshes_of_the_rest_of_the_run():
    # 100 us are 80,000 clocks: refreshes fall due at 6240 n < 80,000, n = 1 to 12.
    channel = DramChannel(DDR3, CLOCK, 8)
    channel.serve(0, 0, 64, False, 0)
    channel.settle(10_000)
    assert channel.counters()["refreshes"] == 12
    assert channel.counters()["precharges"] == channel.counters()["activates"] == 1
