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
from lightsim.numerics.convolution.exact import convolve, convolve_groups
from lightsim.numerics.convolution.truncation import convolve_truncating
from lightsim.numerics.convolution.xnor import convolve_xnor, convolve_xnor_packed, pack_signs
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import CODECS, codec
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.requantise import ROUNDINGS, requantise
from tests import reference
from tests.numerics.cases import cases, repeatable


def weights_of(case, rng, lowest=-256, highest=256):
    shape = (case.filters, case.channels, *case.kernel)
    return rng.integers(lowest, highest + 1, shape).astype(np.int16)


def added(case, out, before):
    """What the kernel added, as lists."""
    return (out.astype(np.int64) - before).tolist()


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
    rest = (multiplier, shift, rounding, -128, 127)
    found = convolve_depthwise_requantised(x, weights, bias, *rest, window, case.pad_value)
    sums = reference.convolve_depthwise(x.tolist(), weights.tolist(), *case.window, case.pad_value)
    total = (np.array(sums) + bias[:, None, None]).astype(np.int32)
    assert (found == requantise(total, *rest)).all()


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


@repeatable(30)
@given(case=cases(max_channels=8), data=st.data())
def test_a_sum_over_channel_tiles_is_the_whole(case, data):
    """Tiles of channels, filters and rows, cut as views and accumulated, for every kernel."""
    rng = case.rng
    x, weights, out = case.numbers(rng), weights_of(case, rng), case.accumulators(rng)
    whole = out.copy()
    convolve(x, weights, whole, case.stride, case.origin, case.pad_value)
    sizes = (case.filters, case.channels, *case.outputs)
    tile = data.draw(st.tuples(*(st.integers(1, size) for size in sizes)))
    for m in range(0, case.filters, tile[0]):
        for n in range(0, case.channels, tile[1]):
            for r in range(0, case.outputs[0], tile[2]):
                for c in range(0, case.outputs[1], tile[3]):
                    convolve(
                        x[:, n : n + tile[1]],
                        weights[m : m + tile[0], n : n + tile[1]],
                        out[:, m : m + tile[0], r : r + tile[2], c : c + tile[3]],
                        case.stride,
                        (case.origin[0] + r * case.stride[0], case.origin[1] + c * case.stride[1]),
                        case.pad_value,
                    )
    assert (out == whole).all()


def test_truncating_and_xnor_tiles_add_up():
    rng = np.random.default_rng(5)
    x = rng.integers(0, 256, (2, 20, 9, 70)).astype(np.int16)
    sign = rng.choice([-1, 1], (2, 3, 20, 3, 3)).astype(np.int8)
    exponent = rng.integers(0, 8, sign.shape).astype(np.int8)
    present = rng.random(sign.shape) < 0.6
    signs, binary = np.where(x > 99, 1, -1).astype(np.int16), sign[0].astype(np.int16)
    sums = np.zeros((4, 2, 3, 9, 70), np.int32)
    convolve_truncating(x, sign, exponent, present, sums[0], origin=(-1, -1))
    convolve_xnor(signs, binary, sums[2], origin=(-1, -1))
    for n in (slice(0, 7), slice(7, 20)):
        terms = (part[:, :, n] for part in (sign, exponent, present))
        convolve_truncating(x[:, n], *terms, sums[1], origin=(-1, -1))
        convolve_xnor(signs[:, n], binary[:, n], sums[3], origin=(-1, -1))
    assert (sums[0] == sums[1]).all()
    assert (sums[2] == sums[3]).all()


def in_64_bits(x, weights, out, stride):
    """The convolution with a border of 1 as matrix products in int64, one tap at a time."""
    rows, columns = out.shape[2:]
    padded = np.pad(x.astype(int), ((0, 0), (0, 0), (1, 1), (1, 1)))
    total = np.zeros(out.shape, int)
    for ky, kx in np.ndindex(weights.shape[2:]):
        seen = padded[:, :, ky :: stride[0], kx :: stride[1]][:, :, :rows, :columns]
        total += np.einsum("bnrc,mn->bmrc", seen, weights[:, :, ky, kx].astype(int))
    return total


@pytest.mark.parametrize("channels", [5, 24])  # gathered as patches, and channels last
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
def test_images_larger_than_a_strip(channels, stride):
    """Several strips of rows, several images, for every kernel that works in strips."""
    rng = np.random.default_rng(6)
    x = rng.integers(0, 256, (2, channels, 150, 110)).astype(np.int16)
    weights = rng.choice([-1, 1], (3, channels, 3, 3)).astype(np.int16)
    shape = (2, 3, 150 // stride[0], -(-110 // stride[1]))
    for kernel in ("exact", "truncating", "xnor"):
        out = np.zeros(shape, np.int32)
        if kernel == "exact":
            convolve(x, weights, out, stride, (-1, -1))
            expected = in_64_bits(x, weights, out, stride)
        elif kernel == "truncating":
            sign = weights[None].astype(np.int8)
            convolve_truncating(x, sign, 0 * sign + 3, sign != 0, out, stride, (-1, -1))
            expected = in_64_bits(x >> 3, weights, out, stride)
        else:
            signs = np.where(x > 99, 1, -1).astype(np.int16)
            convolve_xnor(signs, weights, out, stride, (-1, -1))
            border = weights.sum(axis=1, keepdims=True)  # what a padding of -1 takes away
            ones = np.ones_like(signs[:, :1])
            expected = in_64_bits(signs, weights, out, stride)
            expected += (
                in_64_bits(ones, border, out, stride) - weights.sum(axis=(1, 2, 3))[:, None, None]
            )
        assert (out == expected).all(), kernel


def test_more_filters_than_the_cache_holds():
    """2,250 weights a filter: 70 filters are done in groups of 56."""
    rng = np.random.default_rng(10)
    x = rng.integers(0, 256, (2, 250, 5, 3)).astype(np.int16)
    weights = rng.integers(-128, 128, (70, 250, 3, 3)).astype(np.int16)
    out = np.zeros((2, 70, 5, 3), np.int32)
    convolve(x, weights, out, origin=(-1, -1))
    assert (out == in_64_bits(x, weights, out, (1, 1))).all()


def test_views_that_step_or_run_backwards():
    rng = np.random.default_rng(11)
    x = rng.integers(-128, 256, (3, 128, 9, 9)).astype(np.int16)
    weights = rng.integers(-256, 257, (6, 128, 3, 3)).astype(np.int16)
    images = x[::-1, ::2], x[:, 64:, ::-1, ::-1], x[::2, 1::2, :, ::2]
    filters = weights[:, ::2], weights[::-1, 1::2, ::-1], weights[::2, ::-2, :1, 1:2]
    for image, kernel in ((i, f) for i in images for f in filters):
        for cut in (image, image[:, :, : kernel.shape[2], : kernel.shape[3]]):
            rows, columns = (cut.shape[a] - kernel.shape[a] + 1 for a in (2, 3))
            out, whole = np.zeros((2, len(cut), len(kernel), rows, columns), np.int32)
            convolve(cut, kernel, out)
            convolve(cut.copy(), kernel.copy(), whole)
            assert (out == whole).all()
            exact = np.einsum(
                "bnyx,mnyx->bm",
                cut[:, :, : kernel.shape[2], : kernel.shape[3]].astype(int),
                kernel.astype(int),
            )
            assert (out[:, :, 0, 0] == exact).all()


def test_an_image_the_size_of_its_kernel_but_shifted():
    x = np.arange(64 * 9, dtype=np.int16).reshape(1, 64, 3, 3)
    weights = np.ones((1, 64, 3, 3), np.int16)
    out = np.zeros((1, 1, 1, 1), np.int32)
    convolve(x, weights, out, origin=(1, -1))
    assert out.item() == x[:, :, 1:, :2].sum()


@pytest.mark.parametrize("accumulator", [np.int32, np.int64])
def test_dense_is_a_kernel_as_large_as_the_image(accumulator):
    rng = np.random.default_rng(7)
    x = rng.integers(-128, 128, (5, 70, 3, 4)).astype(np.int16)
    weights = rng.integers(-256, 257, (9, 70, 3, 4)).astype(np.int16)
    out = np.zeros((5, 9, 1, 1), accumulator)
    convolve(x, weights, out)
    exact = x.reshape(5, -1).astype(int) @ weights.reshape(9, -1).astype(int).T
    assert (out[:, :, 0, 0] == exact).all()
    out[:] = 0
    for n in (slice(0, 31), slice(31, 70)):  # views whose rows are apart, read in place
        convolve(x[:, n], weights[:, n], out)
    assert (out[:, :, 0, 0] == exact).all()


def test_inputs_may_be_read_only_and_stay_as_they_are():
    rng = np.random.default_rng(8)
    x = rng.integers(-128, 128, (1, 40, 6, 6)).astype(np.int16)
    weights = rng.choice([-1, 1], (4, 40, 3, 3)).astype(np.int16)
    kept = x.copy(), weights.copy()
    x.flags.writeable = weights.flags.writeable = False
    out = np.zeros((1, 4, 4, 4), np.int32)
    convolve(x, weights, out)
    convolve(x[:, :2], weights[:, :2], out)
    convolve(x[:, :, :3, :3], weights, out[:, :, :1, :1])
    convolve_xnor(x, weights, out)
    convolve_depthwise(x[:, :4], weights[:, 0], out)
    assert (x == kept[0]).all()
    assert (weights == kept[1]).all()


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
    with pytest.raises(InputError, match="groups: 2 for 2 and 3 channels; a divisor of both"):
        convolve_groups(x, weights, out, 2)
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
