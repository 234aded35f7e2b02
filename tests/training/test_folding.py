"""Folding against the real numbers that it stands for, at every sum that can occur."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.network.tensor import ElementType  # noqa: E402
from lightsim.numerics.sums.fixed_point import ratio  # noqa: E402
from lightsim.training.models.folding import _requantised, _threshold  # noqa: E402

UNSIGNED, SIGNED = ElementType(8, False), ElementType(8, True)
LARGEST = (1 << 31) - 1
MAGNITUDES = st.floats(1e-12, 1e6) | st.sampled_from([0.0, 1e-300, 1.0, 0.5])
OFFSETS = st.floats(-1e9, 1e9, allow_subnormal=False) | st.sampled_from(
    [0.0, -0.0, 1e-30, -1e-30, 3.0]
)


@given(MAGNITUDES, OFFSETS, st.integers(0, 40))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_sign_is_decided_as_batch_normalisation_decides_it(gain, offset, reach):
    """In exact fractions, at every sum; but one that float64 puts within its last bit of zero."""
    bias = int(_threshold(np.array([gain]), np.array([offset]), np.array([reach]))[0])
    assert abs(bias) <= reach + 1
    for acc in range(-reach, reach + 1):
        exact = Fraction(gain) * acc + Fraction(offset)
        if abs(exact) > abs(Fraction(offset)) / 2**50:
            assert (acc + bias >= 0) == (exact >= 0)


@given(
    st.lists(st.tuples(MAGNITUDES, OFFSETS, st.integers(0, 1 << 27)), min_size=1, max_size=5),
    st.sampled_from([UNSIGNED, SIGNED]),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_bytes_are_what_they_stand_for(filters, output):
    """Within one integer and what 15 bits of multiplier say, and never beyond 32-bit sums."""
    gain, offset, reach = (np.array(column) for column in zip(*filters, strict=True))
    bias, multiplier, shift = _requantised(gain, offset, reach, output)
    assert (multiplier >= 1).all() and (multiplier <= 32767).all() and 0 <= shift <= 31
    assert (np.abs(bias.astype(np.int64)) + reach <= LARGEST).all()
    if gain.max() > 32767 or gain.max() < 2.0**-17:
        return  # beyond what one shift and 15 bits can express
    for number, (own_gain, own_offset, own_reach) in enumerate(filters):
        for acc in (-own_reach, -own_reach // 3, 0, own_reach // 5, own_reach):
            product = (acc + int(bias[number])) * int(multiplier[number])
            found = (product + ((1 << shift) >> 1)) >> shift
            found = min(max(found, output.lowest), output.highest)
            real = min(max(own_gain * acc + own_offset, output.lowest), output.highest)
            # The bias is whole, and the multiplier off by half a unit, at the sum and in the bias.
            slack = 1 + own_gain / 2 + (abs(acc) + 1) * 2.0**-shift
            assert abs(found - real) <= slack


@given(st.floats(2.0**-31, 32767.0))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_ratio_has_fifteen_bits(real):
    multiplier, shift = ratio(real)
    assert 1 <= multiplier <= 32767
    assert 0 <= shift <= 31
    found = multiplier / 2**shift
    assert abs(found - real) <= max(real * 2.0**-14, 2.0**-32)


@pytest.mark.parametrize("power", range(-31, 15))
def test_a_power_of_two_is_a_shift(power):
    expected = (1, -power) if power <= 0 else (2**power, 0)
    assert ratio(2.0**power) == expected
