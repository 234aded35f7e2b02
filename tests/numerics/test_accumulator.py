"""The accumulator: what does not fit wraps or saturates, and the width that always fits."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.numerics.sums.accumulator import (
    bits_needed,
    fit_accumulator,
    worst_sum,
    worst_truncating_sum,
)
from tests import reference
from tests.numerics.cases import repeatable

POLICIES = {"wrap": reference.wrapped, "saturate": reference.saturated}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_every_number_near_a_narrow_width(policy, dtype):
    numbers = list(range(-40, 41))
    for bits in range(2, 8):
        acc = np.array(numbers, dtype)
        held = fit_accumulator(acc, bits, policy)
        assert held.dtype == dtype
        assert held.tolist() == [POLICIES[policy](number, bits) for number in numbers]
        assert acc.tolist() == numbers


@pytest.mark.parametrize("policy", POLICIES)
@repeatable(60)
@given(
    numbers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=10),
    bits=st.integers(2, 64),
)
def test_all_widths(policy, numbers, bits):
    held = fit_accumulator(np.array(numbers, np.int64), bits, policy)
    assert held.tolist() == [POLICIES[policy](number, bits) for number in numbers]


def test_a_width_that_holds_everything_costs_no_copy():
    acc = np.zeros(4, np.int32)
    assert fit_accumulator(acc, 32, "saturate") is acc
    assert fit_accumulator(acc, 48, "wrap") is acc


def test_wrapping_late_is_wrapping_always():
    """Adding modulo 2^bits in any order leaves the same bits, so only the sum need be wrapped."""
    parts = np.random.default_rng(4).integers(-5000, 5000, (50, 20))
    running = np.zeros(20, np.int64)
    for part in parts:
        running = fit_accumulator(running + part, 12, "wrap")
    assert (running == fit_accumulator(parts.sum(axis=0), 12, "wrap")).all()


def test_bad_requests():
    with pytest.raises(InputError, match="accumulator_bits: 1; 2 to 64"):
        fit_accumulator(np.zeros(1, np.int32), 1, "wrap")
    with pytest.raises(InputError, match="did you mean 'saturate'"):
        fit_accumulator(np.zeros(1, np.int32), 8, "saturated")


@repeatable(40)
@given(
    weights=st.lists(
        st.lists(st.integers(-256, 256), min_size=3, max_size=3), min_size=1, max_size=4
    ),
    bias=st.integers(-(2**31), 2**31 - 1),
    limits=st.sampled_from([(-2, 1), (0, 3), (-1, 1)]),
)
def test_the_worst_sums_are_reached_and_not_passed(weights, bias, limits):
    biases = np.full(len(weights), bias, np.int32)
    low, high = worst_sum(np.array(weights, np.int16), biases, *limits)
    values = range(limits[0], limits[1] + 1)
    for row, least, most in zip(weights, low.tolist(), high.tolist(), strict=True):
        sums = [
            bias + sum(w * x for w, x in zip(row, xs, strict=True))
            for xs in itertools.product(values, repeat=3)
        ]
        assert (least, most) == (min(sums), max(sums))


def test_the_worst_sum_worked_by_hand():
    """k=2 weights of 256 by bytes, 512 channels of 3x3: 512 * 9 * 256 * 255 needs 30 bits."""
    weights = np.full((1, 512, 3, 3), 256, np.int16)
    low, high = worst_sum(weights, None, 0, 255)
    assert (int(low[0]), int(high[0])) == (0, 300810240)
    assert bits_needed(0, 300810240) == 30
    assert bits_needed(-128, 127) == 8
    assert bits_needed(-129, 0) == 9
    assert bits_needed(0, 0) == 1


@repeatable(40)
@given(
    terms=st.lists(
        st.tuples(st.sampled_from([-1, 1]), st.integers(0, 7), st.booleans()),
        min_size=4,
        max_size=4,
    ),
    bias=st.integers(-100, 100),
    limits=st.sampled_from([(-3, 2), (0, 5)]),
)
def test_the_worst_truncating_sums_are_reached(terms, bias, limits):
    """Two terms on each of two inputs; bounds are taken term by term, so they may not be tight
    where terms share an input, but never passed; with one term an input they are reached.
    """
    columns = zip(*terms, strict=True)
    sign, exponent, present = (np.array(column).reshape(2, 1, 2, 1, 1) for column in columns)
    biases = np.array([bias], np.int32)
    arguments = (sign.astype(np.int8), exponent.astype(np.int8), present)
    low, high = worst_truncating_sum(*arguments, biases, *limits)
    one_low, one_high = worst_truncating_sum(*(part[:1] for part in arguments), biases, *limits)
    sums, one_sums = [], []
    for xs in itertools.product(range(limits[0], limits[1] + 1), repeat=2):
        parts = [s * (xs[i % 2] >> m) if p else 0 for i, (s, m, p) in enumerate(terms)]
        sums.append(bias + sum(parts))
        one_sums.append(bias + sum(parts[:2]))
    assert int(low[0]) <= min(sums)
    assert int(high[0]) >= max(sums)
    assert (int(one_low[0]), int(one_high[0])) == (min(one_sums), max(one_sums))
