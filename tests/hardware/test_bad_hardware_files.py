"""Malformed accelerator and board files: each is answered by one line that says what would do."""

import copy
import tomllib

import pytest

from lightsim.errors import InputError
from lightsim.hardware.board_file import find_board, load_board, parse_board
from lightsim.hardware.catalogue import BOARDS
from lightsim.tiled.description.file import load_accelerator, parse_accelerator

GOOD = tomllib.loads("""
name = "mine"
board = "zc706"
scheme = "flightnn"
clock = "150 MHz"
port_bits = 128
ports = [["input", "weight"], ["residual", "output"]]
psum_bytes = "64 KiB"
[array]
columns = 16
pixels = 2
[[array.group]]
pe = "shift_add_serial"
rows = 16
[post]
lanes = 16
[input]
bytes_per_bank = "16 KiB"
[weight]
bytes_per_bank = "64 KiB"
[residual]
bytes_per_bank = "8 KiB"
[output]
bytes_per_bank = "8 KiB"
""")

GONE = type("Missing", (), {"__repr__": lambda self: "missing"})()


def test_the_file_that_is_spoilt_below_is_good():
    acc = parse_accelerator(GOOD, "f")
    assert acc.memory == BOARDS["zc706"].memory
    assert (acc.clock_hz, acc.array.lanes, acc.input.banks) == (150_000_000, 512, 2)


BAD = [
    # key path, value, message
    ("schem", "x", "f: unknown key 'schem'; did you mean 'scheme'?"),
    ("scheme", GONE, "f: key 'scheme' is missing; it takes a text"),
    ("scheme", 3, "f: scheme is 3; accepted: a text"),
    ("scheme", "flightn", "f: unknown scheme 'flightn'; did you mean 'flightnn'?"),
    ("scheme", "fixed8",
     "f: array group 1: shift_add_serial cannot run fixed8; accepted: multiply_dsp, multiply_lut"),
    ("name", "", "f: name is ''; accepted: up to 64 letters, digits, '_', '-' and '.', a letter or "
     "digit first"),
    ("board", "zc707", "f: unknown board 'zc707'; did you mean 'zc706'?"),
    ("board", "none.toml", "none.toml: cannot be read (no such file or directory)"),
    ("clock", "150 mhz", "f: clock is '150 mhz'; accepted: a whole number of hertz above 0, or a "
     'text like "150 MHz" (Hz, kHz, MHz, GHz)'),
    ("clock", 0, "f: clock is 0; accepted: a whole number of hertz above 0, or a text like "
     '"150 MHz" (Hz, kHz, MHz, GHz)'),
    ("clock", "3 GHz", "f: clock is 3000000000 Hz; accepted: 1 MHz to 2 GHz"),
    ("port_bits", 96, "f: port_bits is 96; accepted: a power of two from 32 to 1024"),
    ("port_bits", 8, "f: port_bits is 8; accepted: a power of two from 32 to 1024"),
    ("port_bits", 128.0, "f: port_bits is 128.0; accepted: a whole number"),
    ("port_bits", True, "f: port_bits is true; accepted: a whole number"),
    ("request_bytes", 8, "f: request_bytes is 8; accepted: a power of two from 16 to 4096"),
    ("request_bytes", 8192, "f: request_bytes is 8192; accepted: a power of two from 4 to 4096"),
    ("outstanding", 0, "f: outstanding is 0; accepted: a whole number from 1 to 1024"),
    ("psum_bytes", "64 KB", "f: psum_bytes is '64 KB'; accepted: a whole number of bytes, or a "
     'text like "64 KiB" (B, KiB, MiB)'),
    ("psum_bytes", 100, "f: psum_bytes is 100; accepted: 0, or at least 128 (one word: all rows "
     "and pixels)"),
    ("psum_bytes", -1, "f: psum_bytes is -1; accepted: a whole number of at least 0"),
    ("ports", [["input", "weight"], ["residual"]],
     "f: stream 'output' is missing; accepted: every stream on exactly one port"),
    ("ports", [["input", "weight"], ["residual", "output", "input"]],
     "f: stream 'input' is on 2 ports; accepted: every stream on exactly one port"),
    ("ports", [["inputs", "weight"], ["residual", "output"]],
     "f: unknown stream 'inputs'; did you mean 'input'?"),
    ("ports", [["input", "weight", "residual", "output"], []],
     "f: port 2 is without streams; accepted: one or more of input, weight, residual, output"),
    ("ports", ["input"], "f: ports is ['input']; accepted: a list of lists of streams, as "
     '[["input"], ...]'),
    ("array", GONE, "f: key 'array' is missing; it takes a table [array]"),
    ("array", 3, "f: array is 3; accepted: a table [array]"),
    ("array.columns", 12, "f: array columns is 12; accepted: a divisor or a multiple of the 16 "
     "8-bit channels of a 128-bit word"),
    ("array.columns", 0, "f: array columns is 0; accepted: a whole number from 1 to 4096"),
    ("array.columns", 8192, "f: array columns is 8192; accepted: a whole number from 1 to 4096"),
    ("array.pixels", 65, "f: array pixels is 65; accepted: a whole number from 1 to 64"),
    ("array.pixel", 2, "f, [array]: unknown key 'pixel'; did you mean 'pixels'?"),
    ("array.group", [], "f, [array]: group is []; accepted: one [[array.group]] block for each "
     "lane group"),
    ("array.group", [{"pe": "shift_add_serial"}],
     "f, [array] group 1: key 'rows' is missing; it takes a whole number"),
    ("array.group", [{"pe": "shift_add", "rows": 4}],
     "f: array group 1: unknown PE kind 'shift_add'; did you mean 'shift_add_serial'?"),
    ("array.group", [{"pe": "xnor_popcount", "rows": 4}],
     "f: array group 1: xnor_popcount cannot run flightnn; accepted: multiply_dsp, multiply_lut, "
     "shift_add_serial, shift_add_spatial"),
    ("array.group", [{"pe": "multiply_dsp", "rows": 0}],
     "f: array group 1 rows is 0; accepted: a whole number from 1 to 4096"),
    ("array.group", [{"pe": "multiply_dsp", "rows": 4096}, {"pe": "multiply_lut", "rows": 1}],
     "f: array rows is 4097; accepted: a whole number from 1 to 4096"),
    ("accumulator", {"bits": 7}, "f: accumulator bits is 7; accepted: a whole number from 8 to 32"),
    ("accumulator", {"bits": 33},
     "f: accumulator bits is 33; accepted: a whole number from 8 to 32"),
    ("accumulator", {"overflow": "clip"},
     "f, [accumulator]: overflow is 'clip'; accepted: refuse, wrap or saturate"),
    ("post.lanes", 0, "f: post lanes is 0; accepted: a power of two from 1 to 1024"),
    ("post.lanes", 24, "f: post lanes is 24; accepted: a power of two from 1 to 1024"),
    ("post.requantise", "none", "f, [post]: requantise is 'none'; accepted: multiply or shift"),
    ("input.banks", 3, "f: input banks is 3; accepted: a whole number from 1 to 2"),
    ("input.bytes_per_bank", 100,
     "f: input bytes_per_bank is 100; accepted: a positive multiple of the 16 bytes of a memory "
     "word"),
    ("output.bytes_per_bank", 0,
     "f: output bytes_per_bank is 0; accepted: a whole number of at least 1"),
    ("weight.bytes_per_bank", 112,
     "f: weight bytes_per_bank is 112; accepted: at least 128 (one step of the array)"),
    ("weight.bytes_bank", 9,
     "f, [weight]: unknown key 'bytes_bank'; did you mean 'bytes_per_bank'?"),
    ("memory", {"latency_cycles": -1, "bytes_per_cycle": 8},
     "f: memory latency_cycles is -1; accepted: a whole number from 0 to 1000000"),
    ("memory", {"latency_cycles": 10, "bytes_per_cycle": 0},
     "f: memory bytes_per_cycle is 0; accepted: a whole number from 1 to 1048576"),
    ("memory", {"latency_cycles": 10},
     "f, [memory]: key 'bytes_per_cycle' is missing; it takes a whole number"),
    ("memory", {"part": "ddr3-1600-x46"},
     "f, [memory]: unknown memory part 'ddr3-1600-x46'; did you mean 'ddr3-1600-x64'?"),
    ("memory", {"part": "ddr3-1600-x64", "channels": 0},
     "f: memory channels is 0; accepted: a whole number from 1 to 64"),
    ("memory", {"part": "ddr3-1600-x64", "interleave_bytes": 96},
     "f: memory interleave_bytes is 96; accepted: a power of two from 1 to 1048576"),
    ("memory", {"part": "ddr3-1600-x64", "interleave_bytes": 32},
     "f: memory interleave_bytes is 32; accepted: a power of two from 64 to 1048576"),
    ("memory", {"part": {"name": "x"}},
     "f, [memory] part: key 'kind' is missing; it takes DDR3, DDR4, LPDDR4, HBM2 or SDR"),
]  # fmt: skip


def spoilt(table: dict, key: str, value: object) -> dict:
    """A copy of the table with one key, named by its path, replaced or taken out."""
    table = copy.deepcopy(table)
    *path, last = key.split(".")
    inner = table
    for name in path:
        inner = inner[name]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return table


@pytest.mark.parametrize(("key", "value", "message"), BAD, ids=lambda x: str(x)[:40])
def test_bad_accelerator(key, value, message):
    with pytest.raises(InputError) as caught:
        parse_accelerator(spoilt(GOOD, key, value), "f")
    assert str(caught.value) == message


def test_another_board_than_the_one_of_the_run():
    with pytest.raises(InputError) as caught:
        parse_accelerator(GOOD, "f", BOARDS["u250"])
    assert str(caught.value) == (
        "f: board is 'zc706', but the run is on 'u250'; accepted: the same board, or no board in "
        "the file"
    )


def test_no_memory_and_no_board():
    table = spoilt(GOOD, "board", GONE)
    with pytest.raises(InputError, match=r"^f: table \[memory\] is missing; state it, or name a"):
        parse_accelerator(table, "f")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = ", "not a TOML file: Invalid value (at end of document)"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b"x = " + b"[" * 5000, "not a TOML file: nested too deeply"),
        (b"", "key 'name' is missing"),
    ],
)
def test_files_that_are_no_accelerators(content, message, tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_accelerator(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_accelerator(tmp_path)


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
