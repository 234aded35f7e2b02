"""Tiles of many filters and long lines give the bits of the plain loops."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.fused import add_products, convolve_requantised
from lightsim.numerics.dot_products.tile_plan import tile_plan
from lightsim.numerics.filters.packed import exact_filters, sign_filters, truncating_filters
from lightsim.numerics.filters.tile_words import fit_tiles
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.requantise import Rescaling
from lightsim.numerics.vectors.instruction import PIXELS, restricted, usable
from tests.numerics.cases import cases, repeatable

TILED = [row.name for row in usable() if row.tiles]
NUMBERS = [row.name for row in usable() if row.tiles and row.product != "signs"]


def long_cases():
    """Lines of up to fifty pixels, edges on both sides, up to seventy filters."""
    pair = st.tuples
    return st.builds(
        lambda case, size, outputs, origin: replace(
            case, size=size, outputs=outputs, origin=origin, accumulator=np.int32
        ),
        cases(max_channels=9, max_filters=70),
        pair(st.integers(1, 12), st.integers(1, 50)),
        pair(st.integers(1, 12), st.integers(1, 50)),
        pair(st.integers(-3, 1), st.integers(-3, 1)),
    )


def weights_of(case, rare):
    """Mostly bytes; a few as far beyond as `rare`, rows of zeros, filters of zeros."""
    rng, shape = case.rng, (case.filters, case.channels, *case.kernel)
    weights = rng.integers(-128, 128, shape).astype(np.int16)
    if weights.size > 100:
        ends = rng.choice([-rare, -129, 128, rare], shape)
        weights = np.where(rng.random(shape) < 0.05, ends, weights).astype(np.int16)
    weights[:, rng.random(case.channels) < 0.3] = 0
    weights[rng.random(case.filters) < 0.3] = 0
    return weights


@pytest.mark.parametrize("name", NUMBERS)
@repeatable(30)
@given(
    case=long_cases(),
    span=st.sampled_from([(0, 255), (-128, 127), (-32768, 32767)]),
    rare=st.sampled_from([128, 200, 254, 255, 20000]),
)
def test_exact(name, case, span, rare):
    x, weights = case.numbers(case.rng, *span), weights_of(case, rare)
    before = case.accumulators(case.rng)
    plain, found, filters = before.copy(), before.copy(), exact_filters(weights)
    rest = case.stride, case.origin, case.pad_value
    with restricted("plain"):
        convolve(x, filters, plain, *rest)
    with restricted(name):
        convolve(x, filters, found, *rest)
    assert (found == plain).all()


@pytest.mark.parametrize("name", NUMBERS)
@repeatable(15)
@given(case=long_cases(), rounding=st.sampled_from(["floor", "half_even", "half_away"]))
def test_requantised(name, case, rounding):
    x, weights, rng = case.numbers(case.rng, 0, 255), weights_of(case, 254), case.rng
    bias = rng.integers(-5000, 5000, case.filters).astype(np.int32)
    multiplier = rng.integers(1, 32768, case.filters).astype(np.int32)
    window = Window(case.kernel, case.stride, case.origin, *case.outputs)
    rest = bias, Rescaling(multiplier, 17, rounding, -128, 127), window, case.pad_value
    with restricted("plain"):
        plain = convolve_requantised(x, exact_filters(weights), *rest)
    with restricted(name):
        found = convolve_requantised(x, exact_filters(weights), *rest)
    assert (found == plain).all()


@pytest.mark.parametrize("name", TILED)
@repeatable(10)
@given(case=long_cases(), channels=st.sampled_from([3, 33, 64]))
def test_signs_and_shifted_terms(name, case, channels):
    rng, shape = case.rng, (case.filters, channels, *case.kernel)
    x = rng.choice([-1, 1], (case.batch, channels, *case.size)).astype(np.int16)
    terms = rng.choice([-1, 1], (1, *shape)), rng.integers(0, 8, (1, *shape)), np.ones((1, *shape))
    sign, exponent, present = (np.asarray(part) for part in terms)
    terms = sign.astype(np.int8), exponent.astype(np.int8), present.astype(np.bool_)
    window = Window(case.kernel, case.stride, case.origin, *case.outputs)
    for filters in (
        sign_filters(sign[0].astype(np.int16)),
        truncating_filters(shape, lambda: terms),
    ):
        before = case.accumulators(rng)
        plain, found = before.copy(), before.copy()
        pad_value = -1 if filters.kind == "signs" else case.pad_value
        with restricted("plain"):
            add_products(x, filters, plain, window, pad_value)
        with restricted(name):
            add_products(x, filters, found, window, pad_value)
        assert (found == plain).all()


@pytest.mark.parametrize("name", NUMBERS)
def test_lines_of_single_pixels_are_joined(name):
    rng = np.random.default_rng(5)
    x = rng.integers(0, 256, (2, 20, 14, 14)).astype(np.int16)
    weights = rng.integers(-128, 128, (48, 20, 1, 1)).astype(np.int16)
    found = np.zeros((2, 48, 14, 14), np.int32)
    with restricted(name):
        convolve(x, exact_filters(weights), found)
    assert (found == np.einsum("bnij,mn->bmij", x.astype(int), weights[:, :, 0, 0])).all()


def test_pieces_cover_a_line_and_padding_is_left_out():
    window = Window((3, 3), (1, 1), (-1, -1), 14, 31)
    plan = tile_plan(window, 16, (14, 31), True)
    ends = plan.pieces.sum(axis=1)
    assert plan.pieces[0, 0] == 0
    assert (plan.pieces[1:, 0] == ends[:-1]).all()
    assert ends[-1] == 31
    assert set(plan.pieces[:, 1]) <= set(PIXELS)
    # The first tile of the first line: of nine taps, going down the columns, the upper three see
    # padding only, and of the left column's others the first pixel does.
    assert plan.ranges[: plan.begins[1]].tolist() == [[1, 3, 1], [4, 6, 0], [7, 9, 0]]


def test_few_numbers_beyond_a_byte_fit_tiles():
    weights = np.zeros((10, 10, 1, 1), np.int16)
    weights.reshape(-1)[:10] = [128, 254, -382] + 7 * [129]
    assert fit_tiles(weights)
    weights.reshape(-1)[10] = 128
    assert not fit_tiles(weights)
    weights.reshape(-1)[:11] = 0
    weights[0, 0] = 382
    assert not fit_tiles(weights)
