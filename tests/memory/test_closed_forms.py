"""Streams whose time can be worked out on paper, and how requests overlap."""

from __future__ import annotations

from lightsim.hardware.catalogue import DRAM_PARTS
from tests.memory.parts import DDR3, DDR4, Grants, address, same_clock_channel


def play(channel, requests, write=False):
    """Serve (address, nbytes) one after the other as early as the arbiter may; their times."""
    grants = Grants()
    port = 0
    times = []
    for start, nbytes in requests:
        port, slot_free = channel.serve(grants.next(), start, nbytes, write, port)
        grants.served(slot_free)
        times.append((port, slot_free))
    return times


def drawn(channel, clocks):
    """The command bus, one character a clock."""
    letters = {"ACT": "A", "PRE": "P", "RD": "R", "WR": "W", "REF": "F", "PRE_ALL": "P"}
    bus = ["-"] * clocks
    for clock, command, _, _ in channel.trace():
        bus[clock] = letters[command]
    return "".join(bus)


def test_activate_hides_behind_the_request_before():
    # Both requests are granted at 0: the second one's ACT stands at 4 + tRRD 5, between the
    # first one's commands, and its RD follows 4 clocks after the first one's last.
    channel = same_clock_channel(DDR3)
    channel.serve(0, address(DDR3, 0, 0, 0), 192, False, 0)
    channel.serve(0, address(DDR3, 0, 1, 0), 192, False, 0)
    assert drawn(channel, 40) == "----A----A-----R---R---R---R---R---R----"


def test_row_commands_use_slots_between_columns():
    # Bank 1 opens row 0 at 4 and must close it for row 1; eight bursts of bank 0 (ACT 9) lie
    # between. PRE could stand at 4 + tRAS 28 = 32, where RD stands: 33. ACT could stand at
    # 33 + tRP 11 = 44, where RD stands: 45. RD 45 + tRCD 11 = 56.
    channel = same_clock_channel(DDR3)
    channel.serve(0, address(DDR3, 0, 1, 0), 64, False, 0)
    channel.serve(0, address(DDR3, 0, 0, 0), 512, False, 0)
    channel.serve(0, address(DDR3, 0, 1, 1), 64, False, 0)
    bus = "----A----A-----R----R---R---R---RP--R---R---RA--R-------R---"
    assert drawn(channel, len(bus)) == bus


def test_no_command_stands_window_clocks_below_the_latest():
    # 4096 bytes of a 16-bit bus are 256 bursts in two rows: ACT 4, RD 11 + 4 k, the last one
    # at 1031; its second row opens at 10. The second request's first row opens at 16; when its
    # second row is due, the latest RD stands at 1031 + 4 * 128 = 1543, and the controller looks
    # 1023 clocks back: 520. The third request finds RD 1031 + 4 * 256 = 2055: 1032.
    part = DRAM_PARTS["ddr3-1050-x16"]
    channel = same_clock_channel(part, word_bytes=8)
    for i in range(3):
        channel.serve(0, 4096 * i, 4096, False, 0)
    activates = [clock for clock, command, _, _ in channel.trace() if command == "ACT"]
    assert activates[:5] == [4, 10, 16, 520, 1032]


def test_streaming_reads_reach_peak_between_refreshes():
    # 1 MiB in order, 1024 bytes a request: 16,384 bursts of 4 clocks, no gap at a row's end,
    # because the next request's PRE and ACT (22 clocks) hide behind the 64 clocks of the one
    # before. RD k stands at 15 + 4 k while that is below tREFI 6240: k <= 1556, the last at
    # 6239. Then PRE_ALL 6239 + tRTP 6, REF + 11 = 6256, ACT + 208 = 6464, RD + 11 = 6475. From
    # there 6475 + 4 j < 12480 gives 1502 bursts, the last at 12479, and so on each 6240.
    channel = same_clock_channel(DDR3)
    times = play(channel, [(1024 * i, 1024) for i in range(1024)])
    reads = [clock for clock, command, _, _ in channel.trace() if command == "RD"]

    def worked(k: int) -> int:
        interval, j = divmod(k - 1557, 1502)
        return 15 + 4 * k if k < 1557 else 6475 + 6240 * interval + 4 * j

    assert reads == [worked(k) for k in range(16_384)]
    # One 64-byte word a burst: the last one's data ends 11 + 4 later, takes RESPONSE_CYCLES 4
    # and one cycle on the port.
    assert times[-1][0] == worked(16_383) + 20
    # 1502 of the 1560 bursts that an interval could hold: 96.3 % of the peak.


def test_streaming_writes_reach_peak_between_refreshes():
    # The same; a write's recovery binds PRE_ALL: 6239 + 8 + 4 + 12 = 6263, REF 6274, ACT 6482,
    # WR 6493; from there 6493 + 4 j < 12480 gives 1497, the last at 12477: PRE_ALL 12501, REF
    # 12512, ACT 12720, WR 12731.
    channel = same_clock_channel(DDR3)
    play(channel, [(1024 * i, 1024) for i in range(256)], write=True)
    writes = [clock for clock, command, _, _ in channel.trace() if command == "WR"]
    first = [15 + 4 * k for k in range(1557)]
    second = [6493 + 4 * j for j in range(1497)]
    third = [12_731 + 4 * j for j in range(4096 - 1557 - 1497)]
    assert writes == first + second + third


def test_row_conflicts_cost_the_row_cycle():
    # Two rows of one bank in turn: PRE at ACT + tRAS 28 (RD + tRTP is 17), ACT at + tRC 39.
    # 100 reads of a burst: RD k at 15 + 39 k, below the first refresh.
    channel = same_clock_channel(DDR3)
    rows = [(address(DDR3, 0, 0, i % 2), 64) for i in range(100)]
    times = play(channel, rows)
    assert times == [(15 + 39 * k + 20, 15 + 39 * k + 1) for k in range(100)]
    assert channel.counters()["row_conflicts"] == 99


def test_bank_groups_alternate_at_the_short_distance():
    # DDR4 with the bank group in the lowest bits: four ACTs 4 apart, RD k at 21 + 4 k, so the
    # bus is always full although tCCD_L is 6; within one group RD k stands at 21 + 6 k.
    channel = same_clock_channel(DDR4)
    channel.serve(0, 0, 1024, False, 0)
    reads = [clock for clock, command, _, _ in channel.trace() if command == "RD"]
    assert reads == [21 + 4 * k for k in range(16)]
    channel = same_clock_channel(DDR4)
    for column in range(16):
        channel.serve(0, address(DDR4, 0, 0, 0, column), 64, False, 0)
    reads = [clock for clock, command, _, _ in channel.trace() if command == "RD"]
    assert reads == [21 + 6 * k for k in range(16)]


def test_partial_bursts_cost_whole_ones():
    # 64 bytes from address 32: two bursts, RD 15 and 19. Words of 8: four are there at
    # 15 + 15 + 4 = 34 and take cycles 34 to 37, four more at 38, cycles 38 to 41.
    channel = same_clock_channel(DDR3, word_bytes=8)
    assert channel.serve(0, 32, 64, False, 0) == (42, 20)
    assert channel.counters()["reads"] == 2


def test_busy_port_delays_words_only():
    # 64 bytes in words of 8 at 34 would take cycles 34 to 41; a port busy until 40 delivers
    # them in cycles 40 to 47. The slot is free all the same.
    channel = same_clock_channel(DDR3, word_bytes=8)
    assert channel.serve(0, 0, 64, False, 40) == (48, 16)


def test_write_is_acknowledged_after_its_data():
    # WR 15, data ends at 15 + 8 + 4 = 27, acknowledged at 31 whatever the port does.
    channel = same_clock_channel(DDR3, word_bytes=8)
    assert channel.serve(0, 0, 64, True, 1000) == (31, 16)
