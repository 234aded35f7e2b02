"""Whole networks in both models: every scheme, several boards, arrays and memories."""

from __future__ import annotations

from itertools import groupby

import pytest

from lightsim.tiled.rtl.comparison.build import build
from lightsim.tiled.rtl.comparison.verify import verify_programs, verify_project
from lightsim.tiled.rtl.program.limits import check_programs
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.writing import write_project
from tests.tiled.rtl.matrix import ROWS, prepared

SHARED = ("digits-small", "digits")
ALONE = [row for row in ROWS if row.slow or row.network not in SHARED]
TOGETHER = [
    list(rows)
    for _, rows in groupby(
        (row for row in ROWS if not row.slow and row.network in SHARED), lambda row: row.scheme
    )
]


def marked(row):
    return pytest.param(row, marks=pytest.mark.slow if row.slow else (), id=row.name)


@pytest.mark.parametrize("row", [marked(row) for row in ALONE])
def test_every_bit_and_every_cycle(row, tmp_path):
    programs, batches, _ = prepared(row)
    check_programs(programs)
    found = verify_programs(programs, batches, tmp_path)
    assert found.equal, found.lines()
    assert found.values_compared > 0


@pytest.mark.parametrize("rows", TOGETHER, ids=lambda rows: rows[0].scheme)
def test_every_scheme_on_both_digits_networks(rows, tmp_path):
    assert [row.network for row in rows] == list(SHARED)
    made = [prepared(row) for row in rows]
    both = [program for programs, _, _ in made for program in programs]
    simulator = None
    for row, (programs, batches, _) in zip(rows, made, strict=True):
        place = tmp_path / row.network
        write_project(place, programs, batches, built_for=both)
        simulator = simulator or build(place, short=True)
        found = verify_project(programs, record(programs, batches), place, simulator=simulator)
        assert found.equal, found.lines()
        assert found.values_compared > 0


def test_the_matrix_holds_what_is_asked_for():
    boards = {row.board for row in ROWS if row.board}
    assert len(boards) >= 3
    assert {row.ideal for row in ROWS} == {True, False}
    for network in SHARED:
        assert len({row.scheme for row in ROWS if row.network == network}) == 6
    assert any(row.network == "vgg7-cifar10" and row.scheme == "flightnn" for row in ROWS)


def test_filters_of_the_digits_networks_differ_in_k():
    for row in ROWS:
        if row.network in SHARED and row.scheme == "flightnn":
            programs, _, _ = prepared(row)
            mains = [schedule.layer.main for schedule in programs[0].schedules]
            assert {1, 2} <= {int(k) for main in mains if main.k is not None for k in main.k}
