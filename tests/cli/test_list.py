"""`lightsim list`: every table, for people and as JSON, each number with its source."""

from __future__ import annotations

import json

import pytest

from lightsim.cli.commands.tables import TABLES
from lightsim.hardware.catalogue import BOARDS, DEVICES
from lightsim.network import zoo_names
from lightsim.numerics.formats.family import NAMED
from lightsim.numerics.formats.scheme import SCHEMES
from tests.cli.command import lightsim

CERTAINTIES = ("read", "digitised", "measured", "derived", "recalled", "assumed")


def listed(*arguments: str) -> dict:
    ended = lightsim("list", *arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_shown_and_is_part_of_the_whole(table: str):
    ended = lightsim("list", table)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(table) and "\x1b" not in ended.out
    found = listed(table)
    assert list(found) == ["schema", table]
    assert found["schema"] == "lightsim.list/1"
    assert found[table]
    first = next(iter(found[table][0]))
    for row in found[table]:
        assert str(row[first]) in ended.out  # no name is broken over two lines
        assert row.keys() == found[table][0].keys()


def test_without_a_name_all_tables_are_shown():
    assert list(listed()) == ["schema", *TABLES]
    ended = lightsim("list")
    assert all(f"\n{table} " in "\n" + ended.out for table in TABLES)


def test_every_number_has_a_source():
    found = listed()
    for table in TABLES:
        for row in found[table]:
            numbers = [v for v in row.values() if isinstance(v, int | float) and v is not True]
            if not any(isinstance(value, bool) is False for value in numbers):
                continue
            assert row["source"].strip(), row
            if table != "networks":  # whose sources are the texts of their files
                assert row["source"].startswith(CERTAINTIES), row


def test_sources_stand_below_their_table():
    out = lightsim("list", "schemes").out
    assert "[1]" in out.split("└")[0]
    assert "\n[1] read: Ding et al., LightNN, GLSVLSI 2017" in out


def test_the_tables_hold_what_can_be_named():
    found = listed()
    assert [row["name"] for row in found["networks"]] == list(zoo_names())
    assert [row["name"] for row in found["schemes"]] == list(dict.fromkeys((*SCHEMES, *NAMED)))
    assert [row["name"] for row in found["boards"]] == list(BOARDS)
    assert [row["name"] for row in found["devices"]] == list(DEVICES)
