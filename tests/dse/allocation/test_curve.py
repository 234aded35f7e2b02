"""A layer's curve against every allocation there is, placed by the machine's own rule."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dse.tiled.allocation.curve import layer_curve
from dse.tiled.allocation.filling import fill_any, loss_table
from dse.tiled.allocation.stacks import stacks
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.mapping.filters.row_groups import row_groups
from lightsim.tiled.mapping.tiles.schedule import cut
from lightsim.tiled.mapping.tiles.tiling import Tiling
from tests.tiled.simulation.machines import machine

FLIGHTNN = SCHEMES["flightnn"]
repeatable = settings(max_examples=15, derandomize=True, deadline=None, database=None)


def layer_of(filters, kind="convolution", groups=1, k=None):
    """As much of a pass as the placing of filters looks at."""
    return SimpleNamespace(
        name="conv",
        kind=kind,
        groups=groups,
        filters_of_group=filters // groups,
        channels_of_group=8,
        computed=SimpleNamespace(channels=filters),
        main=SimpleNamespace(scheme=FLIGHTNN, k=[0] * filters if k is None else k),
        source=SimpleNamespace(
            element=SimpleNamespace(bits=8), shape=SimpleNamespace(channels=8 * groups)
        ),
        destination=SimpleNamespace(element=SimpleNamespace(bits=8), offset=0),
    )


def passes_of(filters, k, accelerator, tiling, **shape):
    """The passes of all row groups of all tiles, by the rule that the machine's models use."""
    layer = layer_of(filters, k=list(k), **shape)
    return sum(
        group.passes
        for span in cut(filters, tiling.m)
        for group in row_groups(layer, accelerator, span, tiling.sort_filters)
    )


def check(filters, accelerator, tiling, losses, prune, **shape):
    """The curve has the least loss for every number of passes, and an allocation that shows it."""
    least: dict[int, int] = {}
    for k in product(range(3) if prune else (1, 2), repeat=filters):
        passes = passes_of(filters, k, accelerator, tiling, **shape)
        loss = int(losses[np.arange(filters), list(k)].sum())
        paid = max(passes, 1)
        least[paid] = min(loss, least.get(paid, loss))
    curve = layer_curve(stacks(layer_of(filters, **shape), accelerator, tiling), losses, prune)
    for passes in range(1, max(least) + 1):
        wanted = min((loss for at, loss in least.items() if at <= passes), default=None)
        within = curve.losses[curve.passes <= passes]
        assert (int(within.min()) if len(within) else None) == wanted
    for point, (passes, loss) in enumerate(zip(curve.passes, curve.losses, strict=True)):
        k = curve.k_at(point)
        assert int(losses[np.arange(filters), k].sum()) == loss
        assert passes_of(filters, k, accelerator, tiling, **shape) <= passes
        example = curve.example_at(point)
        assert passes_of(filters, example, accelerator, tiling, **shape) == passes


filters = st.integers(1, 5)
tables = st.lists(st.tuples(*[st.integers(0, 30)] * 3), min_size=6, max_size=6)


@repeatable
@given(
    count=filters,
    table=tables,
    rows=st.integers(1, 4),
    lanes=st.sampled_from([1, 2, 4]),
    tile=st.integers(1, 6),
    sort_filters=st.booleans(),
    prune=st.booleans(),
)
def test_serial_rows(count, table, rows, lanes, tile, sort_filters, prune):
    tiling = Tiling(min(tile, count), 1, 1, 1, sort_filters=sort_filters)
    losses = np.array(table[:count], np.int64)
    check(count, machine(rows=rows, lanes=lanes), tiling, losses, prune)


@repeatable
@given(table=tables, rows=st.integers(1, 3), lanes=st.sampled_from([1, 2]), prune=st.booleans())
def test_grouped_convolutions(table, rows, lanes, prune):
    losses = np.array(table[:4], np.int64)
    check(4, machine(rows=rows, lanes=lanes), Tiling(4, 1, 1, 1), losses, prune, groups=2)


@repeatable
@given(table=tables, columns=st.sampled_from([1, 2, 4]), prune=st.booleans())
def test_depthwise(table, columns, prune):
    losses = np.array(table[:5], np.int64)
    built = machine(rows=4, columns=columns)
    check(5, built, Tiling(5, 1, 1, 1), losses, prune, kind="depthwise", groups=5)


@pytest.mark.parametrize("pe", ["shift_add_spatial", "multiply_dsp"])
def test_where_two_terms_cost_no_time_only_pruning_does(pe):
    rng = np.random.default_rng(0)
    losses = np.sort(rng.integers(0, 50, (5, 3)), axis=1)[:, ::-1]
    check(5, machine(pe=((pe, 2),), lanes=2), Tiling(5, 1, 1, 1), losses, True)


def test_a_group_of_two_terms_is_worth_it_where_it_saves_most():
    """Two rows: four filters fill two groups; one slow group takes the two filters whose second
    term saves most (30 and 20), whatever their place and the lane they leave by."""
    losses = np.array([[90, 10, 0], [90, 30, 0], [90, 5, 0], [90, 20, 0]], np.int64)
    for lanes in (1, 2):
        built = machine(rows=2, lanes=lanes)
        curve = layer_curve(stacks(layer_of(4), built, Tiling(4, 1, 1, 1)), losses, False)
        assert curve.passes.tolist() == [2, 3, 4]
        assert curve.losses.tolist() == [65, 15, 0]
        assert curve.k_at(1).tolist() == curve.example_at(1).tolist() == [1, 2, 1, 2]


def test_mixed_rows_are_never_promised_too_little_time():
    """Beside one-pass rows the machine may do better than the curve says, never worse."""
    built = machine(pe=(("shift_add_serial", 2), ("multiply_dsp", 1)), lanes=2)
    layer, tiling = layer_of(12), Tiling(12, 1, 1, 1)
    rng = np.random.default_rng(1)
    losses = np.sort(rng.integers(0, 50, (12, 3)), axis=1)[:, ::-1]
    curve = layer_curve(stacks(layer, built, tiling), losses, False)
    for point, passes in enumerate(curve.passes):
        assert passes_of(12, curve.k_at(point), built, tiling) <= passes


def test_mixed_rows_spread_few_two_term_filters_over_all_groups():
    """A known gap: four two-term filters would fill one slow group of 3 + 1 rows, 2 passes. The
    rule of `mapping.filters` saves slow groups only and puts them into the fast rows of all four
    groups, none of which is pruned then: 4 passes, which the timeline then shows."""
    built = machine(pe=(("shift_add_serial", 3), ("multiply_dsp", 1)), lanes=2)
    losses = np.array([[90, 90, 0]] * 4 + [[0, 0, 0]] * 12, np.int64)
    curve = layer_curve(stacks(layer_of(16), built, Tiling(16, 1, 1, 1)), losses, True)
    assert curve.passes.tolist() == [1, 2]
    assert passes_of(16, curve.k_at(1), built, Tiling(16, 1, 1, 1)) == 4


def test_an_impossible_split_is_never_taken():
    (stack,) = stacks(layer_of(6), machine(rows=2, lanes=2), Tiling(6, 1, 1, 1))
    table = loss_table(stack, np.zeros((6, 3), np.int64), False)
    assert (table[np.add.outer(range(4), range(4)) != 3] > 0).all()
    k = np.zeros(6, np.int8)
    fill_any(stack, np.zeros((6, 3), np.int64), 1, 2, k)
    assert k.tolist() == [2, 2, 1, 1, 1, 1]
