"""Each rule alone: its command stands at the limit, and one clock earlier would break it.

The accelerator runs at the command clock, so that cycles are clocks; the first command of a
request granted in cycle 0 stands at clock 4 (REQUEST_CYCLES). Columns of a case: the rule; the
part, with the changes that let this rule alone bind; the requests (bank group, bank, row,
write), all granted at 0; the command in question (which one of its kind); its clock, worked
out.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.memory.parts import DDR3, DDR4, address, same_clock_channel
from tests.memory.rulebook import violations

READ, WRITE = False, True
CASES = [
    # ACT 4, RD 4 + 11.
    ("tRCD", DDR3, {}, [(0, 0, 0, READ)], ("RD", 0), 15),
    ("tRCD", DDR3, {}, [(0, 0, 0, WRITE)], ("WR", 0), 15),
    # ACT 4, RD 15; PRE 4 + 28, later than 15 + tRTP 6.
    ("tRAS", DDR3, {}, [(0, 0, 0, READ), (0, 0, 1, READ)], ("PRE", 0), 32),
    # PRE 32; ACT 32 + 11, while tRC would allow 4 + 38.
    ("tRP", DDR3, {"tRC": 38}, [(0, 0, 0, READ), (0, 0, 1, READ)], ("ACT", 1), 43),
    # ACT 4; ACT 4 + 45, while tRP would allow 32 + 11.
    ("tRC", DDR3, {"tRC": 45}, [(0, 0, 0, READ), (0, 0, 1, READ)], ("ACT", 1), 49),
    # RD 15; PRE 15 + 20, later than tRAS 32.
    ("tRTP", DDR3, {"tRTP": 20}, [(0, 0, 0, READ), (0, 0, 1, READ)], ("PRE", 0), 35),
    # WR 15, its data ends at 15 + 8 + 4; PRE 27 + 12.
    ("tWR", DDR3, {}, [(0, 0, 0, WRITE), (0, 0, 1, READ)], ("PRE", 0), 39),
    # ACT 4 in group 0; ACT 4 + 4 in group 1.
    ("tRRD_S", DDR4, {}, [(0, 0, 0, READ), (1, 0, 0, READ)], ("ACT", 1), 8),
    # ACT 4; ACT 4 + 6 in another bank of the group.
    ("tRRD_L", DDR4, {}, [(0, 0, 0, READ), (0, 1, 0, READ)], ("ACT", 1), 10),
    # ACT 4, 8, 12, 16 in four groups; the fifth 4 + 27, while tRRD_S would allow 20.
    ("tFAW", DDR4, {"tFAW": 27}, [(g % 4, g // 4, 0, READ) for g in range(5)], ("ACT", 4), 31),
    # RD 21; RD 21 + 6 in the same group.
    ("tCCD_L", DDR4, {}, [(0, 0, 0, READ)] * 2, ("RD", 1), 27),
    ("tCCD_L", DDR4, {}, [(0, 0, 0, WRITE)] * 2, ("WR", 1), 27),
    # RD 21; RD 21 + 5 in another group, open since 8 + 17.
    ("tCCD_S", DDR4, {"tCCD_S": 5}, [(0, 0, 0, READ), (1, 0, 0, READ)], ("RD", 1), 26),
    ("tCCD_S", DDR4, {"tCCD_S": 5}, [(0, 0, 0, WRITE), (1, 0, 0, WRITE)], ("WR", 1), 26),
    # RD 21, its data takes the bus for 4 clocks; RD 25, while tCCD_S allows 23 and tRCD 5 + 17.
    (
        "data bus",
        DDR4,
        {"tCCD_S": 2, "tRRD_S": 1},
        [(0, 0, 0, READ), (1, 0, 0, READ)],
        ("RD", 1),
        25,
    ),
    (
        "data bus",
        DDR4,
        {"tCCD_S": 2, "tRRD_S": 1},
        [(0, 0, 0, WRITE), (1, 0, 0, WRITE)],
        ("WR", 1),
        25,
    ),
    # WR 21, its data ends at 21 + 12 + 4; RD 37 + 9 in the same group.
    ("tWTR_L", DDR4, {}, [(0, 0, 0, WRITE), (0, 0, 0, READ)], ("RD", 0), 46),
    # The same in another group: 37 + 3.
    ("tWTR_S", DDR4, {}, [(0, 0, 0, WRITE), (1, 0, 0, READ)], ("RD", 0), 40),
    # RD 21; WR 21 + 11.
    ("tRTW", DDR4, {}, [(0, 0, 0, READ), (0, 0, 0, WRITE)], ("WR", 0), 32),
    # RD 21, data 38 to 42; WR 30, data from 42.
    ("data bus", DDR4, {"tRTW": 1}, [(0, 0, 0, READ), (0, 0, 0, WRITE)], ("WR", 0), 30),
    # ACT 4, RD 21; the second ACT could stand at 4 + 17, where RD stands: 22.
    ("command bus", DDR4, {"tRRD_S": 17}, [(0, 0, 0, READ), (1, 0, 0, READ)], ("ACT", 1), 22),
]


@pytest.mark.parametrize(
    ("rule", "part", "changes", "requests", "which", "worked"),
    CASES,
    ids=[f"{case[0]}-{case[4][0]}" for case in CASES],
)
def test_command_stands_at_the_limit(rule, part, changes, requests, which, worked):
    part = replace(part, **changes)
    channel = same_clock_channel(part)
    for group, bank, row, write in requests:
        channel.serve(0, address(part, group, bank, row), 64, write, 0)
    trace = channel.trace()
    assert violations(part, trace) == set()
    command, number = which
    place = [i for i, entry in enumerate(trace) if entry[1] == command][number]
    assert trace[place][0] == worked
    early = [*trace[:place], (worked - 1, *trace[place][1:]), *trace[place + 1 :]]
    assert violations(part, early) == {rule}


def test_refresh_of_open_banks():
    # ACT 4, RD 15. The read granted at 6236 would hit at 6240, when the refresh falls due:
    # PRE_ALL 6240, REF 6240 + tRP 11, ACT 6251 + tRFC 208, RD 6459 + tRCD 11.
    channel = same_clock_channel(DDR3)
    channel.serve(0, 0, 64, READ, 0)
    channel.serve(6236, 64, 64, READ, 0)
    assert channel.trace()[2:] == [
        (6240, "PRE_ALL", -1, -1),
        (6251, "REF", -1, -1),
        (6459, "ACT", 0, 0),
        (6470, "RD", 0, 0),
    ]
    for place, rule in ((3, "tRP"), (4, "tRFC")):
        early = channel.trace()
        early[place] = (early[place][0] - 1, *early[place][1:])
        assert violations(DDR3, early) == {rule}


def test_last_read_before_a_refresh():
    # Granted one cycle earlier, the same hit stands at 6239 and the refresh comes after it:
    # PRE_ALL 6239 + tRTP 6.
    channel = same_clock_channel(DDR3)
    channel.serve(0, 0, 64, READ, 0)
    channel.serve(6235, 64, 64, READ, 0)
    channel.serve(6300, 64, 64, READ, 0)
    assert channel.trace()[2:5] == [
        (6239, "RD", 0, 0),
        (6245, "PRE_ALL", -1, -1),
        (6256, "REF", -1, -1),
    ]


def test_refresh_waits_for_the_youngest_row():
    # ACT 6219 and 6224, RD 6230 and 6235; PRE_ALL not before 6224 + tRAS 28.
    channel = same_clock_channel(DDR3)
    channel.serve(6215, address(DDR3, 0, 0, 0), 64, READ, 0)
    channel.serve(6215, address(DDR3, 0, 1, 0), 64, READ, 0)
    channel.settle(7000)
    assert channel.trace()[4:] == [(6252, "PRE_ALL", -1, -1), (6263, "REF", -1, -1)]
    early = channel.trace()
    early[4] = (6251, *early[4][1:])
    assert violations(DDR3, early) == {"tRAS"}


def test_idle_channel_refreshes_on_time():
    # Banks closed by the first refresh (PRE_ALL 6240, REF 6251), the others stand at n tREFI.
    channel = same_clock_channel(DDR3)
    channel.serve(0, 0, 64, READ, 0)
    channel.serve(40_000, 0, 64, READ, 0)
    refreshes = [clock for clock, command, _, _ in channel.trace() if command == "REF"]
    assert refreshes == [6251, 12_480, 18_720, 24_960, 31_200, 37_440]
    # The row was closed: ACT 40004, RD 40015.
    assert channel.trace()[-2:] == [(40_004, "ACT", 0, 0), (40_015, "RD", 0, 0)]


def test_request_meets_a_refresh_under_way():
    # REF 6240 with all banks closed; ACT not before 6240 + 208, whenever the request comes.
    channel = same_clock_channel(DDR3)
    channel.serve(6300, 0, 64, READ, 0)
    assert channel.trace() == [
        (6240, "REF", -1, -1),
        (6448, "ACT", 0, 0),
        (6459, "RD", 0, 0),
    ]


def test_request_is_interrupted_between_bursts():
    # RD 6228, 6232, 6236 (ACT 6217 from grant 6213); the fourth would stand at 6240. ACT 6217
    # + tRAS 28 = 6245 binds PRE_ALL, REF 6256, ACT 6464, RD 6475.
    channel = same_clock_channel(DDR3)
    channel.serve(6213, 0, 256, READ, 0)
    drawn = [(clock, command) for clock, command, _, _ in channel.trace()]
    assert drawn == [
        (6217, "ACT"),
        (6228, "RD"),
        (6232, "RD"),
        (6236, "RD"),
        (6245, "PRE_ALL"),
        (6256, "REF"),
        (6464, "ACT"),
        (6475, "RD"),
    ]
