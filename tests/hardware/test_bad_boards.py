"""Malformed board and memory files: each is answered by one line that says what would do."""

import pytest

from lightsim.errors import InputError
from lightsim.hardware.board_file import find_board, load_board, parse_board
from lightsim.hardware.catalogue import BOARDS
from lightsim.tiled.description.file import parse_accelerator
from tests.hardware.spoilt import GONE, GOOD, GOOD_BOARD, spoilt

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
