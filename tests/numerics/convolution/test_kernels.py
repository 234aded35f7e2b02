"""Every convolution kernel equals the specification, over shapes, strides, padding and tiles."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.numerics.convolution.depthwise import (
    convolve_depthwise,
    convolve_depthwise_requantised,
)
from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.truncation import convolve_truncating
from lightsim.numerics.convolution.xnor import convolve_xnor, convolve_xnor_packed, pack_signs
from lightsim.numerics.formats.table import CODECS, codec
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.requantise import ROUNDINGS, Rescaling, requantise
from tests import reference
from tests.numerics.cases import added, cases, convolve_groups, repeatable, weights_of


def check_convolve(case):
    rng = case.rng
    x, weights, out = case.numbers(rng), weights_of(case, rng), case.accumulators(rng)
    before = out.copy()
    convolve(x, weights, out, case.stride, case.origin, case.pad_value)
    expected = reference.convolve(x.tolist(), weights.tolist(), *case.window, case.pad_value)
    assert added(case, out, before) == expected


@repeatable(150)
@given(case=cases())
def test_convolve(case):
    check_convolve(case)


@repeatable(12)
@given(case=cases(max_channels=3), channels=st.integers(20, 80))
def test_convolve_many_channels(case, channels):
    """Enough channels for the gathered image and its vector loops."""
    check_convolve(replace(case, channels=channels, batch=1))


@repeatable(30)
@given(case=cases(), accumulator=st.sampled_from([np.int32, np.int64]))
def test_any_16_bit_number_exact_or_modulo(case, accumulator):
    """int64 accumulators are exact for every int16; int32 ones are so modulo 2**32."""
    rng = case.rng
    x = case.numbers(rng, -32768, 32767)
    weights = weights_of(case, rng, -32768, 32767)
    weights[rng.random(weights.shape) < 0.3] = -32768
    out = np.zeros((case.batch, case.filters, *case.outputs), accumulator)
    convolve(x, weights, out, case.stride, case.origin, case.pad_value)
    expected = reference.convolve(x.tolist(), weights.tolist(), *case.window, case.pad_value)
    if accumulator == np.int32:
        expected = np.vectorize(lambda total: reference.wrapped(total, 32))(expected).tolist()
    assert out.tolist() == expected


@pytest.mark.parametrize("name", CODECS)
@repeatable(15)
@given(case=cases(), seed=st.integers(0, 99))
def test_shifting_and_adding_equals_multiplying(name, case, seed):
    """The decoded integer, multiplied, is the sum of the shifted terms, for every format."""
    rng = np.random.default_rng(seed)
    shape = (case.filters, case.channels, *case.kernel)
    codes = codec(name).encode(rng.normal(0, 0.5, shape))
    x, out = case.numbers(rng), np.zeros((case.batch, case.filters, *case.outputs), np.int32)
    convolve(x, codec(name).decode(codes), out, case.stride, case.origin, case.pad_value)
    integers = np.array(reference.VALUES[name])[codes].tolist()
    assert out.tolist() == reference.convolve(x.tolist(), integers, *case.window, case.pad_value)


@repeatable(40)
@given(case=cases(), groups=st.integers(1, 4))
def test_groups(case, groups):
    case = replace(case, channels=case.channels * groups, filters=case.filters * groups)
    rng = case.rng
    x, out = case.numbers(rng), case.accumulators(rng)
    weights = weights_of(case, rng)[:, : case.channels // groups]
    before = out.copy()
    convolve_groups(x, weights, out, groups, case.stride, case.origin, case.pad_value)
    expected = reference.convolve(
        x.tolist(), weights.tolist(), *case.window, case.pad_value, groups
    )
    assert added(case, out, before) == expected


@repeatable(80)
@given(case=cases(), wide=st.booleans())
def test_depthwise(case, wide):
    case = replace(case, filters=case.channels)
    rng = case.rng
    x = case.numbers(rng, *((-32768, 32767) if wide else (-128, 255)))
    weights, out = weights_of(case, rng)[:, 0], case.accumulators(rng)
    before = out.copy()
    convolve_depthwise(x, weights, out, case.stride, case.origin, case.pad_value)
    expected = reference.convolve_depthwise(
        x.tolist(), weights.tolist(), *case.window, case.pad_value
    )
    assert added(case, out, before) == expected


@repeatable(60)
@given(
    case=cases(),
    wide=st.booleans(),
    shift=st.integers(0, 20),
    rounding=st.sampled_from(ROUNDINGS),
)
def test_depthwise_requantised(case, wide, shift, rounding):
    case = replace(case, filters=case.channels)
    rng = case.rng
    x = case.numbers(rng, *((-32768, 32767) if wide else (-128, 255)))
    weights = weights_of(case, rng)[:, 0]
    bias = rng.integers(-9999, 9999, case.channels).astype(np.int32)
    multiplier = rng.integers(1, 32768, case.channels).astype(np.int32)
    window = Window(case.kernel, case.stride, case.origin, *case.outputs)
    rest = Rescaling(multiplier, shift, rounding, -128, 127)
    found = convolve_depthwise_requantised(x, weights, bias, rest, window, case.pad_value)
    sums = reference.convolve_depthwise(x.tolist(), weights.tolist(), *case.window, case.pad_value)
    total = (np.array(sums) + bias[:, None, None]).astype(np.int32)
    assert (found == requantise(total, *rest)).all()


@repeatable(60)
@given(case=cases(), channels=st.sampled_from([1, 3, 63, 64, 65, 130]))
def test_xnor(case, channels):
    case = replace(case, channels=channels, filters=min(case.filters, 2), batch=1)
    rng = case.rng
    x = rng.choice([-1, 1], (1, channels, *case.size)).astype(np.int16)
    weights = rng.choice([-1, 1], (case.filters, channels, *case.kernel)).astype(np.int16)
    out = case.accumulators(rng)
    before, packed_out, multiplied = out.copy(), out.copy(), out.copy()
    convolve_xnor(x, weights, out, case.stride, case.origin)
    expected = reference.convolve_xnor(x.tolist(), weights.tolist(), *case.window)
    assert added(case, out, before) == expected
    convolve_xnor_packed(
        pack_signs(x), pack_signs(weights), channels, packed_out, case.stride, case.origin
    )
    convolve(x, weights, multiplied, case.stride, case.origin, pad_value=-1)
    assert (packed_out == out).all()
    assert (multiplied == out).all()


def test_packed_signs():
    x = np.full((1, 66, 1, 1), -1, np.int16)
    x[0, [0, 3, 65]] = 1
    assert pack_signs(x).ravel().tolist() == [0b1001, 0b10]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((1, 2, 4, 4), np.int8)}, "convolve: int8 by int16; int16 by int16"),
        ({"x": np.zeros((1, 5, 4, 4), np.int16)}, "convolve: 5 channels; 2, as the weights have"),
        ({"x": np.zeros((2, 2, 4, 4), np.int16)}, "convolve: out of shape [1, 3, 2, 2]"),
        ({"out": np.zeros((1, 3, 2, 2), np.int16)}, "convolve: accumulators of type int16"),
        ({"out": np.zeros((1, 4, 2, 2), np.int32)}, "convolve: out of shape [1, 4, 2, 2]; [1, 3]"),
        ({"stride": (0, 1)}, "stride: 0,1; at least 1,1"),
    ],
)
def test_bad_requests(change, message):
    arguments = {
        "x": np.zeros((1, 2, 4, 4), np.int16),
        "weights": np.zeros((3, 2, 3, 3), np.int16),
        "out": np.zeros((1, 3, 2, 2), np.int32),
    }
    with pytest.raises(InputError) as error:
        convolve(**(arguments | change))
    assert str(error.value).startswith(message)


def test_bad_requests_to_the_other_kernels():
    x, out = np.zeros((1, 2, 4, 4), np.int16), np.zeros((1, 3, 2, 2), np.int32)
    weights, terms = np.zeros((3, 2, 3, 3), np.int16), np.zeros((1, 3, 2, 3, 3), np.int8)
    with pytest.raises(InputError, match="convolve_depthwise: x"):
        convolve_depthwise(x, weights[:, 0], out)
    with pytest.raises(InputError, match="convolve_truncating: x"):
        convolve_truncating(x[:, :1], terms, terms, terms > 0, out)
    with pytest.raises(InputError, match="exponent: 0 to 8; 0 to 7"):
        convolve_truncating(x, terms, terms + np.int8(8) * (np.arange(3) > 1), terms > 0, out)
    with pytest.raises(InputError, match="convolve_xnor: 1 channels; 2"):
        convolve_xnor(x[:, :1], weights, out)
    with pytest.raises(InputError, match="2 words for 100 channels"):
        convolve_xnor_packed(pack_signs(x), pack_signs(weights), 100, out)
