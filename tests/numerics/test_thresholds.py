"""Thresholds: counted as the specification counts, and the same as a multiplier and a shift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.numerics.sums.requantise import ROUNDINGS, Rescaling, requantise
from lightsim.numerics.sums.thresholds import count_thresholds, thresholds_of
from tests import reference
from tests.numerics.cases import repeatable


def sums_of(values):
    return np.array(values, np.int32).reshape(1, 1, 1, -1)


def test_worked_by_hand():
    found = count_thresholds(sums_of([-9, -5, -4, 0, 3, 4, 99]), np.array([[-5, 0, 4]]), -2)
    assert found.ravel().tolist() == [-2, -1, -1, 0, 0, 1, 1]


@repeatable(200)
@given(
    sums=st.lists(st.integers(-60, 60), min_size=1, max_size=40),
    levels=st.lists(st.integers(-70, 70), min_size=1, max_size=15),
    lowest=st.integers(-8, 3),
)
def test_equals_the_specification(sums, levels, lowest):
    rising = sorted(levels)
    found = count_thresholds(sums_of(sums), np.array([rising], np.int64), lowest)
    assert found.ravel().tolist() == [
        reference.multi_threshold(one, rising, lowest) for one in sums
    ]


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("signed", [False, True])
def test_a_multiplier_and_a_shift_are_thresholds(rounding, bits, signed):
    lowest = -(1 << (bits - 1)) if signed else 0
    highest = lowest + (1 << bits) - 1
    for multiplier, shift in ((1, 0), (1, 2), (3, 2), (5, 4), (32767, 17), (7, 1)):
        rule = Rescaling(np.array([multiplier], np.int32), shift, rounding, lowest, highest)
        bias = np.array([13], np.int32)
        acc = np.arange(-1500, 1501, dtype=np.int32).reshape(1, 1, 1, -1)
        scaled = requantise(acc + 13, *rule)
        counted = count_thresholds(acc, thresholds_of(rule, bias), lowest)
        assert (scaled == counted).all(), (multiplier, shift)
        if multiplier == 3:  # the specification itself, number by number
            assert counted.ravel().tolist() == [
                reference.requantise(one + 13, 3, 2, rounding, lowest, highest)
                for one in range(-1500, 1501)
            ]


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ([[1, 2, 1]], "thresholds of channel 0: 2, then 1; rising thresholds of each channel"),
        ([[1], [2]], "thresholds: of shape [2, 1]; [1, 1 to 255]"),
    ],
)
def test_what_are_no_thresholds_is_refused(levels, told):
    with pytest.raises(InputError) as caught:
        count_thresholds(sums_of([1]), np.array(levels, np.int64), 0)
    assert str(caught.value) == told
