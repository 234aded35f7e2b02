"""k of integer weights: signed digits, greedy terms, histograms, and what exporters clip."""

from __future__ import annotations

import numpy as np

from lightsim.importing.integers.digits import (
    clipped_weights,
    filter_k,
    greedy_terms,
    signed_digits,
    terms_histogram,
)
from lightsim.numerics.formats.scheme import SCHEMES

ALL = np.arange(-256, 257, dtype=np.int32)


def fewest(value):
    """By looking: the fewest of +-1, +-2 ... +-512 whose sum is `value`."""
    powers = [sign << exponent for sign in (1,) for exponent in range(10)]
    reached, count = {0}, 0
    while value not in reached:
        reached |= {one + sign * power for one in reached for power in powers for sign in (1, -1)
                    if abs(one + sign * power) <= 1024}  # fmt: skip
        count += 1
    return count


def test_signed_digits_are_the_fewest():
    assert [int(one) for one in signed_digits(ALL)] == [fewest(int(value)) for value in ALL]


def test_greedy_terms_are_never_fewer_and_sometimes_more():
    more = greedy_terms(ALL) - signed_digits(ALL)
    assert more.min() == 0
    assert greedy_terms(np.array([0, 1, 3, 96, 87])).tolist() == [0, 1, 2, 2, 4]


def test_weights_are_counted():
    counted = terms_histogram(np.array([0, 1, -128, 96, 7, 87, 85]))
    assert counted == {"0": 1, "1": 2, "2": 2, "more": 2}


def test_k_of_filters_under_flightnn():
    weights = np.array([[0, 0], [64, -2], [96, 0], [256, 0]], np.int16).reshape(4, 2, 1, 1)
    assert filter_k(weights, SCHEMES["flightnn"]).tolist() == [0, 1, 2, 2]
    assert filter_k(weights, SCHEMES["fixed8"]).tolist() == [0, 0, 0, 0]


def test_clipped_weights_are_seen_among_powers_of_two():
    assert clipped_weights(np.array([127, -127, 64, -32, 96])) == 2
    assert clipped_weights(np.array([127, 87, 64])) == 0
    assert clipped_weights(np.array([64, 1])) == 0
