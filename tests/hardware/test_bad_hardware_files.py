"""Malformed accelerator and board files: each is answered by one line that says what would do."""

import pytest

from lightsim.errors import InputError
from lightsim.hardware.catalogue import BOARDS
from lightsim.tiled.description.file import load_accelerator, parse_accelerator
from tests.hardware.spoilt import GONE, GOOD, spoilt


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
