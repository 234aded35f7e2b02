"""Requantisation: the table of worked numbers, the specification, and the limits."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lightsim.numerics.sums.requantise as room
from lightsim.errors import InputError
from lightsim.numerics.sums.requantise import ROUNDINGS, requantise, threshold
from tests import reference
from tests.numerics.cases import repeatable

ONE = np.ones(1, np.int32)

# value / 4 for value -7 .. 7, worked by hand.
WORKED = {
    "floor": [-2, -2, -2, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1],
    "half_up": [-2, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2],
    "half_even": [-2, -2, -1, -1, -1, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2],
    "half_away": [-2, -2, -1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 1, 2, 2],
    "toward_zero": [-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
}


def test_every_rounding_has_a_row():
    assert set(WORKED) == set(ROUNDINGS)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_worked_numbers(rounding, dtype):
    acc = np.arange(-7, 8).astype(dtype).reshape(1, 1, 15)
    assert requantise(acc, ONE, 2, rounding, -128, 127).ravel().tolist() == WORKED[rounding]
    assert [reference.rounded(value, 2, rounding) for value in range(-7, 8)] == WORKED[rounding]


def test_the_docstring_shows_the_same_table():
    for rounding, row in WORKED.items():
        line = re.search(rf"^    {rounding} +(.*)$", room.__doc__, re.MULTILINE)
        assert [int(number) for number in line[1].split()] == row


@pytest.mark.parametrize("rounding", ROUNDINGS)
@repeatable(80)
@given(
    numbers=st.lists(st.integers(-(2**31), 2**31 - 1) | st.integers(-40, 40), min_size=1),
    multiplier=st.integers(1, 32767) | st.sampled_from([1, 2, 3, 32767]),
    shift=st.integers(0, 31) | st.integers(0, 62),
    limits=st.sampled_from([(-128, 127), (0, 255), (-32768, 32767), (-1, 1), (0, 0)]),
)
def test_requantise_is_the_specification(rounding, numbers, multiplier, shift, limits):
    factor = np.array([multiplier], np.int32)
    expected = [reference.requantise(n, multiplier, shift, rounding, *limits) for n in numbers]
    for dtype in (np.int32, np.int64):
        acc = np.array(numbers, dtype).reshape(1, 1, -1)
        assert requantise(acc, factor, shift, rounding, *limits).ravel().tolist() == expected


def test_each_channel_has_its_multiplier_and_strides_do_not_matter():
    rng = np.random.default_rng(3)
    whole = rng.integers(-5000, 5000, (2, 6, 4, 5)).astype(np.int32)
    acc, multiplier = whole[:, ::2, 1:, :4], np.array([1, 7, 300], np.int32)
    out = requantise(acc, multiplier, 6, "half_up", -128, 127)
    assert out.dtype == np.int16
    assert out.shape == acc.shape
    for (_, c, _, _), value in np.ndenumerate(out):
        assert value is not None
        assert c < 3
    expected = [
        [
            [[reference.requantise(v, m, 6, "half_up", -128, 127) for v in row] for row in rows]
            for rows, m in zip(channels, [1, 7, 300], strict=True)
        ]
        for channels in acc.tolist()
    ]
    assert out.tolist() == expected


def test_wide_products():
    """2^47 * 32767 needs 62 bits; the largest accumulator that fits is taken, the next refused."""
    factor = np.array([32767], np.int32)
    for value in (2**47, -(2**47), (2**63 - 1) // 32767):
        acc = np.array([[value]], np.int64)
        expected = reference.requantise(value, 32767, 50, "half_even", -32768, 32767)
        assert requantise(acc, factor, 50, "half_even", -32768, 32767).tolist() == [[expected]]
    with pytest.raises(InputError, match="a product below"):
        requantise(np.array([[(2**63 - 1) // 32767 + 1]], np.int64), factor, 50, "floor", 0, 1)


def test_nothing_in_nothing_out():
    assert requantise(np.zeros((0, 3, 2), np.int32), ONE, 1, "floor", 0, 1).shape == (0, 3, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shift": -1}, "shift: -1; 0 to 62"),
        ({"shift": 63}, "shift: 63; 0 to 62"),
        ({"rounding": "half_evn"}, "rounding: unknown rounding 'half_evn'; did you mean"),
        ({"multiplier": np.ones(2, np.int32)}, "multiplier: of shape [2]; 1 or 3 numbers"),
        ({"lowest": 2, "highest": 1}, "clamp: 2 to 1; a range inside -32768 to 32767"),
        ({"highest": 40000}, "clamp: 0 to 40000"),
        ({"acc": np.zeros((1, 3), np.float32)}, "accumulator: float32[1, 3]; integers"),
    ],
)
def test_bad_requests(change, message):
    arguments = {
        "acc": np.zeros((1, 3, 2), np.int32),
        "multiplier": ONE,
        "shift": 0,
        "rounding": "floor",
        "lowest": 0,
        "highest": 1,
    }
    with pytest.raises(InputError) as error:
        requantise(**(arguments | change))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_threshold(dtype):
    numbers = [-(2**31), -5, -1, 0, 1, 7, 2**31 - 1]
    signs = threshold(np.array(numbers, dtype))
    assert signs.dtype == np.int16
    assert signs.tolist() == [reference.threshold(number) for number in numbers]
    assert signs.tolist() == [-1, -1, -1, 1, 1, 1, 1]
