"""Every row of the catalogue keeps the same contract; the published figures are pinned here."""

import pytest

from lightsim.errors import InputError
from lightsim.hardware.catalogue import BOARDS, DEVICES, DRAM_PARTS, board, device, dram_part
from lightsim.hardware.device import Board, Device
from lightsim.hardware.dram import DramPart

NAMES = "zc706 pynq-z2 zedboard vc707 vc709 ultra96 zcu104 zcu102 u250 u280 vck190 ulx3s"

# GB/s as published (board documents, UG1393) or derived from the bus; not from our rows.
PUBLISHED_PEAK = {
    "zc706": 12.8, "pynq-z2": 2.10, "zedboard": 4.26, "vc707": 12.8, "vc709": 29.8,
    "ultra96": 4.26, "zcu104": 19.2, "zcu102": 17.1, "u250": 77.0, "u280": 460.0,
    "vck190": 25.6, "ulx3s": 0.33,
}  # fmt: skip

TIMINGS = (
    "tCL tRCD tRP tRAS tRC tRRD_S tRRD_L tFAW tCCD_S tCCD_L tWTR_S tWTR_L tWR tRTP tRTW tRFC tREFI"
)


def test_the_boards_are_the_promised_twelve():
    assert set(BOARDS) == set(NAMES.split())
    assert len(DEVICES) >= 12


@pytest.mark.parametrize("row", DEVICES.values(), ids=lambda row: row.name)
def test_device(row: Device):
    assert row.source.text
    assert row.resources.lut > 0
    assert row.resources.ff >= row.resources.lut
    assert row.resources.dsp > 0
    assert row.resources.bram36 > 0
    assert row.dsp_type in {"DSP48E1", "DSP48E2", "DSP58", "MULT18X18D", "MAC16"}
    assert device(row.name.lower()) is row


@pytest.mark.parametrize("row", DRAM_PARTS.values(), ids=lambda row: row.name)
def test_dram_part(row: DramPart):
    for name in TIMINGS.split():
        assert getattr(row, name) > 0, name
    assert row.tCWL >= 0
    assert row.tRC >= row.tRAS + row.tRP
    assert row.tRRD_L >= row.tRRD_S
    assert row.tCCD_L >= row.tCCD_S
    assert row.tWTR_L >= row.tWTR_S
    assert row.tFAW >= row.tRRD_S
    assert row.tRAS >= row.tRCD
    assert row.tRTW == row.tCL + row.burst_clocks + 2 - row.tCWL
    assert row.tCCD_S >= row.burst_clocks
    assert sorted(row.address_order) == ["bank", "bank_group", "column", "row"]
    assert row.row_bytes % row.burst_bytes == 0
    assert row.source.text
    assert dram_part(row.name) is row


@pytest.mark.parametrize("row", DRAM_PARTS.values(), ids=lambda row: row.name)
def test_refresh_is_a_data_sheet_interval(row: DramPart):
    # 7.8 us below 85 degrees for DDR3, DDR4 and SDR; 3.9 us for HBM2. The LPDDR4 row is taken
    # from a table with 7.19 us, which its source line calls doubtful.
    expected = {"HBM2": 3.9, "LPDDR4": 7.19}.get(row.kind, 7.8)
    assert row.tREFI / row.clock_hz * 1e6 == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize(
    ("name", "clocks"),
    [
        # From the DRAMsim3 and Ramulator2 files named in the rows.
        ("ddr3-1066-x32", "tCL 7 tRCD 7 tRP 7 tRAS 20 tRC 27 tFAW 27 tRFC 139"),
        ("ddr3-1600-x64", "tCL 11 tRCD 11 tRP 11 tRAS 28 tRC 39 tFAW 24 tREFI 6240"),
        ("ddr4-2400-x64", "tCL 17 tRCD 17 tRAS 39 tRC 56 tRFC 420 tREFI 9360"),
        ("ddr4-3200-x64", "tCL 22 tRCD 22 tRAS 52 tRC 74 tRFC 560 tREFI 12480"),
        # 35, 48.91, 40 and 260 ns at 525 MHz: 18.4, 25.7, 21.0 and 136.5 clocks, rounded up.
        ("ddr3-1050-x16", "tRAS 19 tRC 26 tFAW 21 tRFC 137"),
        # 42, 64 and 40 ns at 533 MHz: 22.4, 34.1 and 21.3 clocks, rounded up.
        ("lpddr4-1066-x32", "tRAS 23 tRC 35 tFAW 22 tRP 12"),
        # 350 ns and 3.9 us at 900 MHz.
        ("hbm2-1800-pc64", "tRFC 315 tREFI 3510 tRC 48"),
    ],
)
def test_timings_are_those_of_the_source(name, clocks):
    row = dram_part(name)
    words = clocks.split()
    expected = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert {key: getattr(row, key) for key in expected} == expected


@pytest.mark.parametrize("row", BOARDS.values(), ids=lambda row: row.name)
def test_board(row: Board):
    assert row.source.text
    assert row.memory.source.text
    assert row.device is DEVICES[row.device.name]
    assert row.clock_hz >= 50_000_000
    assert row.port_bits & (row.port_bits - 1) == 0
    assert 1 <= row.port_count <= 4
    assert board(row.name) is row


@pytest.mark.parametrize("row", BOARDS.values(), ids=lambda row: row.name)
def test_peak_rate_is_the_published_one(row: Board):
    peak = row.memory.channels * row.memory.part.peak_bytes_per_second / 1e9
    assert peak == pytest.approx(PUBLISHED_PEAK[row.name], rel=0.01)


@pytest.mark.parametrize("row", BOARDS.values(), ids=lambda row: row.name)
def test_a_recalled_memory_is_not_presented_as_read(row: Board):
    recalled = {"zc706", "zedboard", "vc709", "zcu104", "zcu102", "vck190", "ulx3s"}
    assert (row.memory.source.certainty == "recalled") == (row.name in recalled)


def test_ecp5_and_ice40_blocks_are_converted_by_capacity():
    assert device("LFE5U-85F").resources.bram36 == 104  # 208 x 18 kb
    assert device("iCE40UP5K").resources.bram36 == 3  # 30 x 4 kb = 120 kb


@pytest.mark.parametrize(
    ("look_up", "name", "message"),
    [
        (board, "zc760", "board: unknown board 'zc760'; did you mean 'zc706'?"),
        (dram_part, "ddr3-1600", "memory: unknown memory part 'ddr3-1600'; did you mean"),
        (device, "nothing", "device: unknown device 'nothing'; known: LFE5U-85F, XC7VX485T"),
    ],
)
def test_unknown_names_offer_the_nearest(look_up, name, message):
    with pytest.raises(InputError) as caught:
        look_up(name)
    assert str(caught.value).startswith(message)
