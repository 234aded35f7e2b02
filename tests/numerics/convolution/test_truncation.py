"""Shifted terms truncated one by one equal the specification, over shapes, numbers and tiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.truncation import convolve_truncating
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import CODECS, codec
from tests import reference
from tests.numerics.cases import added, cases, repeatable


@repeatable(80)
@given(case=cases(), terms=st.integers(1, 2), wide=st.booleans(), density=st.floats(0, 1))
def test_truncating(case, terms, wide, density):
    rng = case.rng
    x = case.numbers(rng, *((-32768, 32767) if wide else (-128, 255)))
    shape = (terms, case.filters, case.channels, *case.kernel)
    sign = rng.choice([-1, 1], shape).astype(np.int8)
    exponent = rng.integers(0, 8, shape).astype(np.int8)
    present, out = rng.random(shape) < density, case.accumulators(rng)
    before = out.copy()
    convolve_truncating(x, sign, exponent, present, out, case.stride, case.origin, case.pad_value)
    rows = np.empty(shape[1:], object)
    for index in np.ndindex(shape[1:]):
        here = [t for t in range(terms) if present[(t, *index)]]
        rows[index] = [(int(sign[(t, *index)]), int(exponent[(t, *index)])) for t in here]
    expected = reference.convolve_truncating(
        x.tolist(), rows.tolist(), *case.window, case.pad_value
    )
    assert added(case, out, before) == expected


@pytest.mark.parametrize("name", [n for n in CODECS if SCHEMES[n].is_shift_add])
def test_truncating_the_terms_of_every_format(name):
    """Terms as the codec gives them; where nothing is dropped it is the exact sum."""
    rng = np.random.default_rng(9)
    codes = codec(name).encode(rng.normal(0, 0.5, (3, 9, 3, 3)))
    x = rng.integers(-2, 3, (1, 9, 6, 5)).astype(np.int16) * np.int16(128)
    truncated, exact = np.zeros((2, 1, 3, 6, 5), np.int32)
    convolve_truncating(x, *codec(name).terms(codes), truncated, origin=(-1, -1))
    convolve(x, codec(name).decode(codes), exact, origin=(-1, -1))
    assert (truncated << SCHEMES[name].fraction_bits == exact).all()
    assert exact.any()


def test_truncating_many_terms():
    """More terms than a 16-bit running sum holds: 255 * 128 * 2 > 32767 in one filter."""
    x = np.full((1, 40, 3, 3), 255, np.int16)
    ones = np.ones((2, 1, 40, 3, 3), np.int8)
    out = np.zeros((1, 1, 1, 1), np.int32)
    convolve_truncating(x, ones, 0 * ones, ones > 0, out)
    assert out.item() == 255 * 40 * 9 * 2


def test_truncating_terms_beyond_32_bits():
    """78,400 terms of the largest number pass 2**31 between two flushes: int64 stays exact."""
    x = np.full((1, 8, 70, 70), -32768, np.int16)
    ones = np.ones((2, 1, 8, 70, 70), np.int8)
    out = np.zeros((1, 1, 1, 1), np.int64)
    convolve_truncating(x, ones, 0 * ones, ones > 0, out)
    assert out.item() == -32768 * 78400 < -(2**31)
    wrapping = np.zeros((1, 1, 1, 1), np.int32)
    convolve_truncating(x, ones, 0 * ones, ones > 0, wrapping)
    assert wrapping.item() == reference.wrapped(-32768 * 78400, 32)


def test_truncation_worked_by_hand():
    """-(5 >> 1) = -2 but (-5) >> 1 = -3: the shift comes before the sign, towards minus infinity;
    exact accumulation of 5 * 2^-1 would keep the half.
    """
    out = np.zeros((1, 2, 1, 1), np.int32)
    sign = np.array([-1, 1], np.int8).reshape(1, 2, 1, 1, 1)
    for value, expected in ((5, [-2, 2]), (-5, [3, -3])):
        out[:] = 0
        x = np.full((1, 1, 1, 1), value, np.int16)
        convolve_truncating(x, sign, np.ones_like(sign), sign != 0, out)
        assert out.ravel().tolist() == expected
