"""Malformed memory parts of a board file: each is answered by one line."""

import pytest

from lightsim.errors import InputError
from lightsim.hardware.board_file import parse_board
from tests.hardware.spoilt import GOOD_BOARD, spoilt


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
