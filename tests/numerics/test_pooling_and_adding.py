"""Pooling, the residual addition and the clip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.numerics.sums.elementwise import add_requantised, clip
from lightsim.numerics.sums.pooling import max_pool, sum_pool
from lightsim.numerics.sums.requantise import ROUNDINGS, requantise
from tests import reference
from tests.numerics.cases import cases, repeatable


def misses(case):
    """Whether a window of the case holds nothing but padding."""
    return any(
        begin + kernel <= 0 or begin >= size
        for count, stride, origin, kernel, size in zip(
            case.outputs, case.stride, case.origin, case.kernel, case.size, strict=True
        )
        for begin in [i * stride + origin for i in range(count)]
    )


@repeatable(120)
@given(case=cases(), wide=st.booleans())
def test_pooling_is_the_specification(case, wide):
    x = case.numbers(case.rng, *((-32768, 32767) if wide else (-128, 255)))
    arguments = (case.kernel, case.stride, case.origin, case.outputs)
    lists = (x.tolist(), case.kernel, case.outputs, case.stride, case.origin)
    sums = sum_pool(x, *arguments)
    assert sums.dtype == np.int32
    assert sums.tolist() == reference.sum_pool(*lists)
    if misses(case):
        with pytest.raises(InputError, match="sees padding only"):
            max_pool(x, *arguments)
        return
    largest = max_pool(x, *arguments)
    assert largest.dtype == np.int16
    assert largest.tolist() == reference.max_pool(*lists)


def test_padding_never_wins():
    x = np.full((1, 1, 2, 2), -100, np.int16)
    assert max_pool(x, (3, 3), (1, 1), (-1, -1), (2, 2)).tolist() == [[[[-100, -100]] * 2]]
    with pytest.raises(InputError, match="max_pool: output row 2 sees padding only"):
        max_pool(x, (1, 1), (1, 1), (0, 0), (3, 2))


def test_global_average_worked_by_hand():
    """49 numbers of mean 3.5: the sum 171 or 172 times 1338 / 2**16 = 1 / 48.98."""
    x = np.full((1, 2, 7, 7), 3, np.int16)
    x[0, :, :3, :] = 4
    x[0, 1, 3, :4] = 4
    sums = sum_pool(x, (7, 7), (1, 1), (0, 0), (1, 1))
    assert sums.ravel().tolist() == [168, 172]
    mean = requantise(sums, np.array([1338], np.int32), 16, "half_up", 0, 255)
    assert mean.ravel().tolist() == [3, 4]


@pytest.mark.parametrize("rounding", ROUNDINGS)
@repeatable(40)
@given(
    pairs=st.lists(st.tuples(st.integers(-128, 255), st.integers(-32768, 32767)), min_size=1),
    multipliers=st.tuples(st.integers(1, 32767), st.integers(1, 32767)),
    shifts=st.tuples(st.integers(0, 31), st.integers(0, 31)),
    limits=st.sampled_from([(-128, 127), (0, 255)]),
)
def test_add(rounding, pairs, multipliers, shifts, limits):
    a, b = (np.array(column, np.int16).reshape(1, -1, 1, 1) for column in zip(*pairs, strict=True))
    total = add_requantised(
        a, b, multipliers=multipliers, shifts=shifts, rounding=rounding,
        lowest=limits[0], highest=limits[1],
    )  # fmt: skip
    assert total.dtype == np.int16
    assert total.ravel().tolist() == [
        reference.add_requantised(p, q, multipliers, shifts, rounding, *limits) for p, q in pairs
    ]


def test_add_takes_views_and_refuses_other_shapes():
    whole = np.arange(-30, 30, dtype=np.int16).reshape(1, 4, 3, 5)
    scale = {"multipliers": (1, 1), "shifts": (0, 1), "rounding": "floor"}
    scale |= {"lowest": -20, "highest": 20}
    view = whole[:, ::2, :, 1:]
    total = add_requantised(view, view, **scale)
    assert (total == np.clip(view + (view >> 1), -20, 20)).all()
    with pytest.raises(InputError, match=r"add: \[1, 4, 3, 5\] and \[1, 2, 3, 4\]; the same shape"):
        add_requantised(whole, view, **scale)
    with pytest.raises(InputError, match="clamp: 1 to 0"):
        add_requantised(view, view, **(scale | {"lowest": 1, "highest": 0}))


def test_clip():
    numbers = np.array([-300, -1, 0, 7, 70000], np.int32)
    assert clip(numbers, 0, 255).tolist() == [0, 0, 0, 7, 255]
    assert clip(numbers, 0, 255).dtype == np.int16
    with pytest.raises(InputError, match="clamp"):
        clip(numbers, 0, 40000)
