"""Every filter has one row, groups take the passes they must, and no fewer would do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.mapping.filters.row_groups import row_groups, row_kinds
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.plan.layout import Span
from lightsim.units import ceil_div
from tests.tiled.simulation.layers import convolve
from tests.tiled.simulation.machines import machine

FLIGHTNN = SCHEMES["flightnn"]
repeatable = settings(max_examples=150, derandomize=True, deadline=None, database=None)


def convolution_of(k, kind="convolution", groups=1):
    """As much of a pass as the placing of filters looks at."""
    return SimpleNamespace(
        name="conv",
        kind=kind,
        groups=groups,
        filters_of_group=len(k) // groups,
        channels_of_group=8,
        computed=SimpleNamespace(channels=len(k)),
        main=SimpleNamespace(scheme=FLIGHTNN, k=k),
        source=SimpleNamespace(
            element=SimpleNamespace(bits=8), shape=SimpleNamespace(channels=8 * groups)
        ),
        destination=SimpleNamespace(element=SimpleNamespace(bits=8), offset=0),
    )


def placed(k, accelerator, sort_filters=True):
    return row_groups(convolution_of(k), accelerator, Span(0, len(k)), sort_filters)


def passes_of(rows, k, accelerator):
    """The passes of one group by the definition; `rows` are its filters, -1 for none."""
    kinds = row_kinds(accelerator)
    terms = [(kinds[row], k[f]) for row, f in enumerate(rows) if f >= 0]
    if all(count == 0 for _, count in terms):
        return 0
    return max(kind.passes(FLIGHTNN, count, 8) for kind, count in terms)


lists_of_k = st.lists(st.integers(0, 2), min_size=1, max_size=40)
arrays = st.lists(
    st.tuples(
        st.sampled_from(["shift_add_serial", "shift_add_spatial", "multiply_dsp"]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=3,
)


@repeatable
@given(lists_of_k, arrays, st.booleans())
def test_every_filter_has_exactly_one_row(k, pe, sort_filters):
    built = machine(pe=pe)
    groups = placed(k, built, sort_filters)
    seated = [f for group in groups for f in group.filters if f >= 0]
    assert sorted(seated) == list(range(len(k)))
    for group in groups:
        assert len(group.filters) == built.array.rows
        assert group.used == sum(f >= 0 for f in group.filters) > 0
        assert group.passes == passes_of(group.filters, k, built)


@repeatable
@given(
    lists_of_k, arrays, st.sampled_from([1, 2, 4, 8, 16]), st.booleans(),
    st.sampled_from(["one", "groups", "depthwise"]), st.integers(1, 5), st.integers(0, 40),
)  # fmt: skip
def test_a_group_drains_as_long_as_its_fullest_lane(
    k, pe, lanes, sort_filters, form, groups, start
):
    # A tile of any kind that begins anywhere: lane l takes the positions congruent to l.
    built = machine(pe=pe, lanes=lanes)
    if form == "one":
        layer = convolution_of(k)
    elif form == "groups":
        layer = convolution_of(k * groups, groups=groups)
    else:
        layer = convolution_of(k, "depthwise", len(k))
    start %= layer.computed.channels
    tile = Span(start, layer.computed.channels)
    found = row_groups(layer, built, tile, sort_filters)
    assert sorted(f for g in found for f in g.filters if f >= 0) == list(range(start, tile.stop))
    for group in found:
        positions = [f - start for f in group.filters if f >= 0]
        taken = [sum(p % lanes == own for p in positions) for own in range(lanes)]
        assert group.drain == max(taken) >= ceil_div(group.used, lanes)


@repeatable
@given(lists_of_k, arrays)
def test_sorting_never_costs_more(k, pe):
    built = machine(pe=pe)
    steps = [
        sum(max(1, 9 * group.passes) for group in placed(k, built, sort_filters))
        for sort_filters in (True, False)
    ]
    assert steps[0] <= steps[1]


def fewest_steps(k, built):
    """The least steps of any placing, 9 taps a pass, by trying them all.

    Only the number of filters of each k matters. A group is any part of them that fits the
    rows; the two-term filters of a group go to its one-pass rows first.
    """
    rows = built.array.rows
    fast = sum(1 for kind in row_kinds(built) if kind.passes(FLIGHTNN, 2, 8) == 1)
    best = {(0, 0, 0): 0}

    def cost(left):
        if left in best:
            return best[left]
        found = []
        for twos in range(min(left[2], rows) + 1):
            for ones in range(min(left[1], rows - twos) + 1):
                for zeros in range(min(left[0], rows - twos - ones) + 1):
                    if twos + ones + zeros:
                        passes = 2 if twos > fast else 1 if twos + ones else 0
                        rest = (left[0] - zeros, left[1] - ones, left[2] - twos)
                        found.append(max(1, 9 * passes) + cost(rest))
        best[left] = min(found)
        return best[left]

    return cost(tuple(k.count(terms) for terms in (0, 1, 2)))


@repeatable
@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=12),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_no_other_placing_takes_fewer_steps(k, fast, slow):
    rows = [("multiply_dsp", fast), ("shift_add_serial", slow)]
    built = machine(pe=[row for row in rows if row[1]] or [("shift_add_serial", 1)])
    steps = sum(max(1, 9 * group.passes) for group in placed(k, built))
    assert steps == fewest_steps(k, built)


def test_two_term_filters_leave_slow_rows_empty_where_that_is_faster():
    # Three DSP rows and a serial one, eight two-term filters: two groups of four take two
    # passes each, three groups of three one each.
    built = machine(pe=(("multiply_dsp", 3), ("shift_add_serial", 1)))
    groups = placed([2] * 8, built)
    assert [group.passes for group in groups] == [1, 1, 1]
    assert [group.used for group in groups] == [3, 3, 2]


@pytest.mark.parametrize("k", [1, 2])
def test_serial_rows_read_a_weight_word_for_every_term(k):
    (group,) = placed([k] * 4, machine())
    assert (group.passes, group.planes) == (k, k)
    (group,) = placed([k] * 4, machine(pe=(("multiply_dsp", 4),)))
    assert (group.passes, group.planes) == (1, 1)


def test_a_pruned_group_reads_no_weights():
    (group,) = placed([0] * 4, machine())
    assert (group.passes, group.planes) == (0, 0)


@pytest.mark.parametrize(("rows", "columns", "width"), [(4, 8, 4), (3, 8, 2), (8, 4, 4), (5, 1, 1)])
def test_depthwise_channels_share_a_column_group(rows, columns, width):
    built = machine(rows=rows, columns=columns)
    workload = convolve(10, 3, (10, 5, 5), depthwise=True)
    (layer,) = lower(workload, built).layers
    groups = row_groups(layer, built, Span(0, 10), True)
    assert len(groups) == ceil_div(10, width)
    for number, group in enumerate(groups):
        start, stop = number * width, min(10, (number + 1) * width)
        assert [f for f in group.filters if f >= 0] == list(range(start, stop))
        assert group.channels == Span(start, stop)
        assert start // columns == (stop - 1) // columns
