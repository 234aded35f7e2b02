"""Stochastic rounding: only neighbours, and without bias."""

import math
from fractions import Fraction

import numpy as np
import pytest

from lightsim.numerics.formats.flightnn import FLIGHTNN
from lightsim.numerics.formats.table import CODECS, codec
from tests import reference

DRAWS = 4000
# Hoeffding: the mean of n numbers from an interval of length g leaves its expectation by more
# than g * sqrt(ln(2 / p) / 2n) with probability below p; p = 1e-9 for each number tried.
BOUND = math.sqrt(math.log(2e9) / (2 * DRAWS))


def check(draws, number, values):
    low, up, probability = reference.neighbours(number, values)
    assert set(draws) <= {low, up}
    assert abs(np.mean(draws) - float(low + probability * (up - low))) <= (up - low) * BOUND


@pytest.mark.parametrize("name", CODECS)
def test_mean_is_the_number(name):
    scale = 2 ** reference.FRACTION_BITS[name]
    rng = np.random.default_rng(7)
    for real in [-3.0, -0.71, -0.3, -1 / 128, -0.004, 0.0, 0.003, 0.0156, 0.1, 0.5, 0.77, 1.4]:
        weights = np.full((1, DRAWS), real)
        draws = codec(name).decode(codec(name).encode(weights, rounding="stochastic", rng=rng))
        check(draws[0].tolist(), Fraction(real) * scale, set(reference.VALUES[name]))


def test_flightnn_stays_with_the_k_of_its_filter():
    rng = np.random.default_rng(8)
    weights = np.full((3, DRAWS), 0.59)
    k = np.array([2, 0, 1], np.int8)
    codes = FLIGHTNN.encode(weights, rounding="stochastic", rng=rng, k=k)
    assert (FLIGHTNN.terms_used(codes) <= k).all()
    for draws, terms in zip(FLIGHTNN.decode(codes).tolist(), k.tolist(), strict=True):
        check(draws, Fraction(0.59) * 128, reference.flightnn_values(terms))


@pytest.mark.parametrize("name", CODECS)
def test_representable_numbers_stay(name):
    values = codec(name).representable
    real = values[None, :] / 2 ** reference.FRACTION_BITS[name]
    rng = np.random.default_rng(9)
    codes = codec(name).encode(real, rounding="stochastic", rng=rng)
    assert (codec(name).decode(codes)[0] == values).all()


def test_the_seed_decides():
    weights = np.linspace(-1, 1, 50)[None, :]
    first, again, other = (
        codec("lightnn1").encode(weights, rounding="stochastic", rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()
