"""The table of measured points: damage is told with its line, half a last line gives way."""

import random

import pytest

from lightsim.errors import InputError
from lightsim.tiled.calibration.points import point
from lightsim.tiled.calibration.table import Measured, append, read
from lightsim.tiled.rtl.project.yosys import Cells

ROWS = [
    Measured("xc7", "0.70", "0123456789ab", point("banks", {"BANKS": n}), Cells(n, 2, 0, 0, 0))
    for n in range(1, 4)
]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "points_xc7.csv"
    append(path, ROWS)
    assert read(path) == ROWS
    return path


@pytest.mark.parametrize(
    ("line", "old", "new", "words"),
    [
        (1, "family", "familie", "is not the head"),
        (2, "BANKS=1", "BANKS", "'BANKS' is no NAME=NUMBER"),
        (2, "BANKS=1", "BANKS=x", "parameter BANKS is 'x', not a whole number"),
        (2, "BANKS=1", "BANKS=1 BANKS=1", "stands there twice"),
        (3, ",0,2,2", ",7,2,2", "held_out is '7', not 0 or 1"),
        (3, ",0,2,2", ",0,-2,2", "lut is '-2', not a whole number"),
        (3, ",0,2,2", ",0,1e3,2", "lut is '1e3'"),
        (4, ",0,3,2", ",0,3", "has 10 cells, not 11"),
        (4, "xc7", '"xc7', "unexpected end of data"),
        (4, "0.70", "\xff", None),
    ],
)
def test_damage_is_told_with_its_line(table, line, old, new, words):
    lines = table.read_bytes().split(b"\n")
    assert old.encode() in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old.encode(), new.encode("latin1"), 1)
    table.write_bytes(b"\n".join(lines))
    with pytest.raises(InputError, match=f"line {line}: ") as told:
        read(table)
    assert (words or "is not UTF-8 text") in str(told.value)


def test_half_a_last_line_gives_way(table):
    whole = table.read_bytes()
    table.write_bytes(whole + b"xc7,0.70,0123")
    assert read(table) == ROWS
    append(table, ROWS[:1])
    assert read(table) == [*ROWS, ROWS[0]]


def test_a_folder_is_no_table(tmp_path):
    (tmp_path / "points.csv").mkdir()
    with pytest.raises(InputError, match="is a directory"):
        read(tmp_path / "points.csv")


def test_no_damage_ends_otherwise(table):
    rng, content = random.Random(1), table.read_bytes()
    refused = 0
    for _ in range(300):
        changed = bytearray(content)
        changed[rng.randrange(len(content))] = rng.randrange(256)
        table.write_bytes(changed)
        try:
            read(table)
        except InputError:
            refused += 1
    assert refused > 150
