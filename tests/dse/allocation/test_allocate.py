"""Whole allocations: their loss is the least there is, and the timeline confirms their cycles."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from dse.accuracy.given import TableAccuracy
from dse.accuracy.measured import measured
from dse.accuracy.rounded_network import rounded_network_of, uniform
from dse.accuracy.sensitivity import sensitivity
from dse.accuracy.source import total_loss
from dse.allocation.knapsack import least_cycles
from dse.tiled.allocation.allocate import loss_budget, tabulate
from lightsim.errors import InputError
from lightsim.flow.run import Experiment, run
from lightsim.network import load_network
from lightsim.quantisation.per_filter import FilterTerms
from tests.tiled.simulation.machines import machine

MACHINE = machine(rows=4, columns=8, lanes=4, pixels=4)


@pytest.fixture(scope="module")
def rounded_network():
    return rounded_network_of(load_network("digits-small"))


@pytest.fixture(scope="module")
def table(rounded_network):
    return tabulate(rounded_network, MACHINE, sensitivity(rounded_network))


def fastest(table, loss):
    """The fastest k by the table within a loss, as a design with a free k gets it."""
    filters = sum(table.rounded_network.filters.values())
    solution = least_cycles(table.choices, loss_budget(loss, filters))
    return solution.cycles, table.k_of(solution.points)


def test_every_allocation_of_the_table(table):
    """The answer for a budget is the least loss of all points' combinations."""
    choices = table.choices
    every = [
        (choices.total_cycles(points), choices.loss(points))
        for points in product(*(range(len(row)) for row in choices.losses))
    ]
    assert len(every) == 64
    for share in (0.0, 0.3, 0.7, 1.0):
        budget = table.fastest + 8 + int(share * (table.slowest - table.fastest))
        found = table.within_cycles(budget)
        assert found.cycles <= budget
        assert found.cycles == table.cycles_of(found.k)
        within = min(loss for cycles, loss in every if cycles <= budget)
        # Nothing in the table is better unless the timeline has refused it.
        assert round(found.loss * 1e9) >= within - len(found.k)
        assert found.bound <= found.loss * (1 + 1e-9) + 1e-7
        if found.table_cycles == max(c for c, loss in every if loss == within and c <= budget):
            assert found.loss == pytest.approx(within * 1e-9, abs=1e-6)
    assert table.within_cycles(10 * table.slowest).loss == pytest.approx(
        min(loss for _, loss in every) * 1e-9, abs=1e-6
    )


def test_less_loss_takes_longer(table):
    front = table.front(9)
    assert [one.source for one in front] == ["sensitivity"] * len(front)
    losses, cycles = [one.loss for one in front], [one.table_cycles for one in front]
    assert losses == sorted(losses, reverse=True)
    assert cycles == sorted(cycles)
    assert len(front) > 4
    quick, k = fastest(table, front[2].loss)
    assert quick <= front[2].table_cycles
    assert total_loss(table.source.losses, k) <= front[2].loss + 1e-7


def test_sums_over_layers_are_near_the_timeline(table, rounded_network):
    for terms in (1, 2):
        k = uniform(rounded_network, terms)
        layers = [list(np.unique(curve.passes)) for curve in table.curves.values()]
        assert all(layers)
        assert table.cycles_of(k) > 0
    for one in table.front(9):
        assert one.table_cycles == pytest.approx(one.cycles, rel=0.03)


def test_run_gives_the_same_cycles(table, rounded_network):
    """The answer as `lightsim run --k` runs it, through the simulation that moves the data."""
    found = table.within_cycles((table.fastest + table.slowest) // 2)
    report = run(
        Experiment(
            "digits-small", accelerator=MACHINE, k=FilterTerms(found.k), tilings=found.tilings,
            tracing=False,
        )
    )  # fmt: skip
    assert report.bit_exact
    assert report.cycles == found.cycles
    assert report.accuracy == measured(rounded_network).held_out_accuracy(found.k)
    last = report.layers[-1]
    assert last.k["0"] == 0


def test_nothing_fits(table):
    with pytest.raises(InputError, match="nothing is within it; from"):
        table.within_cycles(table.fastest - 1)


def test_losses_of_another_network(rounded_network):
    with pytest.raises(InputError, match="losses of layer 'conv1': is missing"):
        tabulate(rounded_network, MACHINE, TableAccuracy(1.0, {}))


def test_the_table_of_the_user(rounded_network):
    """Where only the second terms of one layer matter, only they are bought."""
    losses = {name: np.zeros((count, 3)) for name, count in rounded_network.filters.items()}
    losses["conv2"][:, :2] = [0.9, 0.01]
    source = TableAccuracy(0.95, losses)
    _, k = fastest(tabulate(rounded_network, MACHINE, source, prune=False), 0.0)
    assert set(k["conv2"].tolist()) == {2}
    assert {*k["conv1"].tolist(), *k["dense"].tolist()} == {1}
    assert source.evaluate(k) == 0.95
    assert source.evaluate(uniform(rounded_network, 1)) == pytest.approx(
        0.95 - total_loss(losses, uniform(rounded_network, 1))
    )
