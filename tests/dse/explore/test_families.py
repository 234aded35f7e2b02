"""Spaces with more families than are held: the same designs in the order of the same limits."""

from __future__ import annotations

import numpy as np
import pytest

from dse.evaluation.workloads import workload_of
from dse.limits.measure_bounds import MeasureBounds
from dse.search.explore import explore
from dse.search.pool import Pool
from dse.study.study import load_study
from dse.tiled.design.builder import Builder
from dse.tiled.limits.bounds import Bounds
from lightsim.errors import InputError
from tests.dse.explore.spaces import small_study

ONE = {"throughput": "maximise"}
TWO = {"throughput": "maximise", "lut": "minimise"}


def pool_of(study, most: int) -> Pool:
    space = study.space
    builder = Builder(study.board, study.resource_limits())
    workloads = {
        s.network: {"flightnn": workload_of(s.network, "flightnn", 0)} for s in study.shares
    }
    measure_bounds = MeasureBounds(study, {"flightnn": None})
    return Pool(Bounds(space, builder, workloads), measure_bounds, most)


def emptied(pool: Pool, objectives: int, closed) -> tuple[set[int], list[list[float | None]]]:
    """The designs taken in turn for one objective after another, with all limits before each."""
    numbers, limits = set(), []
    turn = 0
    while True:
        limits.append([pool.limit(place) for place in range(objectives)])
        if turn == 12 and closed is not None:
            pool.close(np.array([closed]))
        number = pool.take(turn % objectives)
        if number is None:
            return numbers, limits
        assert number not in numbers
        numbers.add(number)
        turn += 1


@pytest.mark.parametrize("most", [2, 5, 16])
@pytest.mark.parametrize("closed", [None, -300_000.0])
def test_one_objective(most: int, closed):
    study = small_study(objectives=ONE)
    row = None if closed is None else [closed]
    wanted = emptied(pool_of(study, 1 << 20), 1, row)
    found = emptied(pool_of(study, most), 1, row)
    assert found == wanted
    assert len(found[0]) > 50


@pytest.mark.parametrize("most", [2, 7])
def test_two_objectives(most: int):
    study = small_study(objectives=TWO)
    numbers, limits = emptied(pool_of(study, most), 2, None)
    wanted, wanted_limits = emptied(pool_of(study, 1 << 20), 2, None)
    assert numbers == wanted
    assert limits[0] == wanted_limits[0]
    for row in np.array(limits[:-1], float).T:
        assert (np.diff(row) >= 0).all()


def test_a_pool_that_drops_is_not_empty():
    study = small_study(objectives=ONE)
    pool = pool_of(study, 4)
    pool.close(np.array([[-1e12]]))
    assert pool.empty()
    assert not pool_of(study, 4).empty()


def test_more_than_can_be_added_up_is_refused():
    axes = {
        "rows": {"from": 1, "to": 4096},
        "pixels": {"from": 1, "to": 64},
        "columns": [8, 16, 32, 64],
    }
    with pytest.raises(
        InputError, match=r"2,097,152 combinations of scheme, lanes, .*fewer choices of rows"
    ):
        explore(small_study(axes=axes))


@pytest.mark.slow
def test_a_space_of_a_hundred_million_families_is_searched(tmp_path):
    file = tmp_path / "big.toml"
    file.write_text(
        """
        name = "big"
        board = "zc706"
        [[network]]
        name = "digits"
        [axes]
        rows = { from = 8, to = 64, step = 4 }
        columns = [8, 16, 32]
        pixels = [1, 2, 3, 4, 5, 6, 7, 8]
        post_lanes = ["auto", 4, 8, 16]
        ports = [1, 2, 3, 4]
        clock = ["60 MHz", "70 MHz", "80 MHz", "90 MHz", "100 MHz", "110 MHz", "120 MHz", "150 MHz"]
        batch = { from = 1, to = 640 }
        [search]
        trials = 40
        """,
        encoding="utf-8",
    )
    study = load_study(file)
    assert study.space.families > 10**8
    found = explore(study)
    assert found.front and found.limit is not None and found.gap is not None
