"""Malformed board and memory files: each is answered by one line that says what would do."""

import tomllib

import pytest

from lightsim.errors import InputError
from lightsim.hardware.board_file import find_board, load_board, parse_board
from lightsim.hardware.catalogue import BOARDS
from lightsim.tiled.description.file import parse_accelerator
from tests.hardware.spoilt import GONE, GOOD, spoilt

GOOD_BOARD = tomllib.loads("""
name = "mine"
title = "My board"
clock = "125 MHz"
port_bits = 128
port_count = 2
source = "its manual"
[device]
name = "XC7Z010"
family = "Zynq-7000"
dsp_type = "DSP48E1"
lut = 17600
ff = 35200
dsp = 80
bram36 = 60
[memory]
part = "ddr3-1066-x32"
""")


BAD_BOARD = [
    ("device", "XC7Z046", "b: unknown device 'XC7Z046'; "),
    ("device.luts", 4, "b, [device]: unknown key 'luts'; did you mean 'lut'?"),
    (
        "device.dsp_type",
        "DSP",
        "b, [device]: dsp_type is 'DSP'; accepted: DSP48E1, DSP48E2, DSP58,",
    ),
    ("device.lut", -1, "b, [device]: lut is -1; accepted: a whole number, 0 or more"),
    ("port_bits", 100, "b: port_bits is 100; accepted: a power of two from 32 to 1024"),
    ("port_count", 5, "b: port_count is 5; accepted: a whole number from 1 to 4"),
    ("clock", "fast", "b: clock is 'fast'; accepted: a whole number of hertz above 0"),
    ("name", "zc706", "b: name 'zc706' is a board of the catalogue; accepted: a new name"),
    ("memory.part", "ddr9", "b, [memory]: unknown memory part 'ddr9'"),
    ("memory", GONE, "b: key 'memory' is missing; it takes a table [memory]"),
    ("source", " ", "b: source is ' '; accepted: a text that is not empty"),
]


def test_a_good_board_by_file(tmp_path):
    board = parse_board(GOOD_BOARD, "b")
    assert (board.clock_hz, board.device.resources.bram36) == (125_000_000, 60)
    acc = spoilt(GOOD, "board", GONE)
    assert parse_accelerator(acc, "f", board).board == "mine"
    with pytest.raises(InputError):
        load_board(tmp_path / "missing.toml")
    assert find_board("zc706") is BOARDS["zc706"]


@pytest.mark.parametrize(("key", "value", "message"), BAD_BOARD, ids=lambda x: str(x)[:40])
def test_bad_board(key, value, message):
    with pytest.raises(InputError) as caught:
        parse_board(spoilt(GOOD_BOARD, key, value), "b")
    assert str(caught.value).startswith(message)


def part_table() -> dict:
    keys = "tCL tCWL tRCD tRP tRRD_S tRRD_L tFAW tCCD_S tCCD_L tWTR_S tWTR_L tWR tRTP tRTW"
    timing = dict.fromkeys(keys.split(), 4) | {"tRAS": 10, "tRC": 14, "tRFC": 50, "tREFI": 5000}
    return timing | {
        "name": "p", "kind": "DDR3", "clock": "400 MHz", "bus_bits": 32, "burst_length": 8,
        "burst_clocks": 4, "bank_groups": 1, "banks_per_group": 8, "row_bytes": 2048, "rows": 1024,
        "address_order": ["column", "bank_group", "bank", "row"],
        "source": {"certainty": "read", "text": "sheet"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("tRC", 13, "b: memory p tRC is 13; accepted: at least tRAS + tRP = 14"),
        ("tREFI", 50, "b: memory p tREFI is 50; accepted: more than the 70 clocks that a refresh"),
        ("bank_groups", 32, "b: memory p bank_groups is 32; accepted: at most 16"),
        ("banks_per_group", 128, "b: memory p banks_per_group is 128; accepted: at most 64 banks"),
        ("row_bytes", 3000, "b: memory p row_bytes is 3000; accepted: a power of two from 1 to"),
        ("row_bytes", 16, "b: memory p row_bytes is 16; accepted: at least 32"),
        ("address_order", ["row", "bank"], "b: p address_order is row, bank; accepted: column,"),
        ("tFAW", 0, "b: p tFAW is 0; accepted: a whole number from 1 to"),
        ("tcl", 4, "b, [memory] part: unknown key 'tcl'; "),
        (
            "source.certainty",
            "sure",
            "b, [memory] part source: certainty is 'sure'; accepted: read,",
        ),
    ],
)
def test_bad_dram_part(key, value, message):
    assert parse_board(GOOD_BOARD | {"memory": {"part": part_table()}}, "b").memory.part.tRC == 14
    table = GOOD_BOARD | {"memory": {"part": spoilt(part_table(), key, value)}}
    with pytest.raises(InputError) as caught:
        parse_board(table, "b")
    assert str(caught.value).startswith(message)
