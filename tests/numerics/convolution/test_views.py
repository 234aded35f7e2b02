"""Views of images and filters: tiles, strips, steps backwards, arrays that are read-only."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.numerics.convolution.depthwise import (
    convolve_depthwise,
)
from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.truncation import convolve_truncating
from lightsim.numerics.convolution.xnor import convolve_xnor
from tests.numerics.cases import cases, repeatable, weights_of


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
