"""Both solvers against all choices, and the bound against the best of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dse.allocation.knapsack import METHODS, least_cycles, least_loss
from dse.allocation.table import ChoiceTable
from lightsim.errors import InputError

ROW = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5)
TABLES = st.lists(ROW, min_size=1, max_size=5)


def made(rows: list[list[tuple[int, int]]], scale: int = 1) -> ChoiceTable:
    """The table with those pairs of loss and cycles."""
    return ChoiceTable(
        tuple(f"row{i}" for i in range(len(rows))),
        tuple(np.array([loss * scale for loss, _ in row], np.int64) for row in rows),
        tuple(np.array([cycles for _, cycles in row], np.int64) for row in rows),
    )


def every_pair(rows: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Loss and cycles of every choice there is."""
    return [tuple(map(sum, zip(*choice, strict=True))) for choice in product(*rows)]


@pytest.mark.parametrize("method", METHODS)
@settings(derandomize=True, deadline=None, max_examples=150)
@given(rows=TABLES, limit=st.integers(0, 200))
def test_least_loss_is_that_of_all_choices(method, rows, limit):
    within = [loss for loss, cycles in every_pair(rows) if cycles <= limit]
    if not within:
        with pytest.raises(InputError, match="nothing is within it"):
            least_loss(made(rows), limit, method)
        return
    found = least_loss(made(rows), limit, method)
    assert found.loss == min(within)
    assert found.cycles <= limit
    assert (found.loss, found.cycles) == (
        made(rows).loss(found.points),
        made(rows).total_cycles(found.points),
    )
    assert found.bound <= found.loss


@pytest.mark.parametrize("method", METHODS)
@settings(derandomize=True, deadline=None, max_examples=150)
@given(rows=TABLES, limit=st.integers(0, 200))
def test_least_cycles_are_those_of_all_choices(method, rows, limit):
    within = [cycles for loss, cycles in every_pair(rows) if loss <= limit]
    if not within:
        with pytest.raises(InputError, match="nothing is within it"):
            least_cycles(made(rows), limit, method)
        return
    found = least_cycles(made(rows), limit, method)
    assert found.cycles == min(within)
    assert found.loss <= limit
    assert found.bound <= found.cycles


def random_rows(seed: int, rows: int = 20, points: int = 33) -> list[list[tuple[int, int]]]:
    """Rows as a network's: losses fall by ever less, cycles rise by groups of rows."""
    rng = np.random.default_rng(seed)
    made_rows = []
    for _ in range(rows):
        count = int(rng.integers(2, points + 1))
        gains = np.sort(rng.gamma(0.5, 1e6, count - 1).astype(np.int64))[::-1]
        losses = np.concatenate(([0], np.cumsum(gains[::-1])))[::-1]
        cycles = 5000 + np.arange(count) * int(rng.integers(500, 9000))
        cycles = cycles + rng.integers(0, 40, count)
        made_rows.append(list(zip(losses.tolist(), np.sort(cycles).tolist(), strict=True)))
    return made_rows


@pytest.mark.parametrize("seed", range(8))
def test_both_solvers_agree_on_whole_networks(seed):
    table = made(random_rows(seed))
    fastest = sum(int(row.min()) for row in table.cycles)
    slowest = sum(int(row.max()) for row in table.cycles)
    for share in (0.1, 0.37, 0.8):
        limit = fastest + int(share * (slowest - fastest))
        by_lists, by_highs = (least_loss(table, limit, method) for method in ("pareto", "highs"))
        assert by_lists.loss == by_highs.loss
        assert by_lists.bound == by_highs.bound <= by_lists.loss
        back = least_cycles(table, by_lists.loss)
        assert back.cycles <= by_lists.cycles
        assert back.cycles == least_cycles(table, by_lists.loss, "highs").cycles


def test_highs_says_nothing(capfd):
    table = made(random_rows(3))
    least_loss(table, sum(int(row.max()) for row in table.cycles) // 2, "highs")
    assert capfd.readouterr() == ("", "")


def test_errors():
    with pytest.raises(InputError, match="did you mean 'highs'"):
        least_loss(made([[(1, 1)]]), 3, "high")
    with pytest.raises(InputError, match="a negative number"):
        made([[(-1, 1)]])
    with pytest.raises(InputError, match="shape"):
        ChoiceTable(("a",), (np.zeros(2, np.int64),), (np.zeros(3, np.int64),))
    with pytest.raises(InputError, match="totals up to"):
        made([[(1, 1)]], scale=1 << 60)
