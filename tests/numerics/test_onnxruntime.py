"""An outside oracle: ONNX Runtime's integer operators on the same integers."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lightsim.numerics.convolution.depthwise import convolve_depthwise
from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.xnor import convolve_xnor
from lightsim.numerics.formats.table import CODECS, codec
from lightsim.numerics.sums.elementwise import add_requantised, clip
from lightsim.numerics.sums.pooling import max_pool, sum_pool
from lightsim.numerics.sums.requantise import requantise
from lightsim.numerics.vectors.instruction import restricted, usable
from tests.numerics.cases import convolve_groups, repeatable
from tests.numerics.oracle import ORACLE_ROWS, is_exact, run, served, serves


def saturating(x, y):
    """The matrix product by `vpmaddubsw`: neighbouring products are added in 16 bits."""
    pairs = x[:, :, None].astype(np.int64) * y
    pairs = np.clip(pairs[:, ::2] + pairs[:, 1::2], -32768, 32767)
    return pairs.sum(axis=1).astype(np.int32)


def test_the_judge_tells_a_saturating_product():
    assert not is_exact(saturating)
    assert is_exact(lambda x, y: (x.astype(np.int64) @ y).astype(np.int32))


@pytest.mark.parametrize("operator", ["MatMulInteger", "ConvInteger", "QLinearConv"])
def test_the_oracle_serves_on_the_rows_of_bytes(operator):
    if not any(row.name in ORACLE_ROWS for row in usable()):
        pytest.skip(f"this processor has neither {' nor '.join(ORACLE_ROWS)}")
    assert serves(operator)


shapes = st.fixed_dictionaries(
    {
        "channels": st.integers(1, 5),
        "filters": st.integers(1, 5),
        "groups": st.integers(1, 3),
        "size": st.tuples(st.integers(1, 9), st.integers(1, 9)),
        "kernel": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "stride": st.tuples(st.integers(1, 2), st.integers(1, 3)),
        "pads": st.tuples(*[st.integers(0, 2)] * 4),  # top, left, bottom, right
        "signed": st.booleans(),
        "seed": st.integers(0, 2**31),
    }
)


def image(shape, rng):
    """Activations, and how ONNX sees them: bytes and the byte that means zero."""
    size = (2, shape["channels"] * shape["groups"], *shape["size"])
    lowest = -128 if shape["signed"] else 0
    x = rng.integers(lowest, lowest + 256, size).astype(np.int16)
    return x, (x - lowest).astype(np.uint8), np.uint8(-lowest)


def attributes(shape):
    return {"strides": shape["stride"], "pads": shape["pads"]}


def fits(shape):
    """Whether a window fits into the padded image, as ONNX demands."""
    pads, size, kernel = shape["pads"], shape["size"], shape["kernel"]
    return all(size[a] + pads[a] + pads[a + 2] >= kernel[a] for a in (0, 1))


def oracle_convolve(shape, seen, zero, weights):
    """ConvInteger takes bytes: a weight beyond 127 is a sum of bytes, added up afterwards."""
    total, rest = 0, weights
    while rest.any():
        part = np.clip(rest, -127, 127)
        rest = rest - part
        total += run(
            "ConvInteger", seen, part.astype(np.int8), zero, np.int8(0),
            group=shape["groups"], **attributes(shape),
        )  # fmt: skip
    return total


def origin(shape):
    return (-shape["pads"][0], -shape["pads"][1])


@pytest.mark.parametrize("name", CODECS)
@repeatable(12)
@given(shape=shapes)
def test_conv_integer(name, shape):
    served("ConvInteger")
    assume(fits(shape))
    rng = np.random.default_rng(shape["seed"])
    x, seen, zero = image(shape, rng)
    real = rng.normal(
        0, 0.5, (shape["filters"] * shape["groups"], shape["channels"], *shape["kernel"])
    )
    weights = codec(name).decode(codec(name).encode(real))
    assume(weights.any())
    expected = oracle_convolve(shape, seen, zero, weights)
    out = np.zeros(expected.shape, np.int32)
    convolve_groups(x, weights, out, shape["groups"], shape["stride"], origin(shape))
    assert (out == expected).all()


@repeatable(20)
@given(shape=shapes)
def test_conv_integer_depthwise(shape):
    served("ConvInteger")
    assume(fits(shape))
    shape |= {"groups": shape["channels"] * shape["groups"], "channels": 1}
    rng = np.random.default_rng(shape["seed"])
    x, seen, zero = image(shape, rng)
    weights = rng.integers(-127, 128, (shape["groups"], 1, *shape["kernel"])).astype(np.int16)
    weights[0, 0, 0, 0] = 1
    expected = oracle_convolve(shape, seen, zero, weights)
    out = np.zeros(expected.shape, np.int32)
    convolve_depthwise(x, weights[:, 0], out, shape["stride"], origin(shape))
    assert (out == expected).all()


@repeatable(20)
@given(shape=shapes)
def test_conv_integer_of_signs(shape):
    """ONNX pads with zero, a binary tensor with -1: it is padded before ONNX sees it."""
    served("ConvInteger")
    assume(fits(shape))
    rng = np.random.default_rng(shape["seed"])
    size = (2, 30 * shape["channels"], *shape["size"])
    x = rng.choice([-1, 1], size).astype(np.int16)
    weights = rng.choice([-1, 1], (shape["filters"], size[1], *shape["kernel"])).astype(np.int16)
    top, left, bottom, right = shape["pads"]
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=-1)
    expected = run(
        "ConvInteger", (padded + 1).astype(np.uint8), weights.astype(np.int8), np.uint8(1),
        strides=shape["stride"],
    )  # fmt: skip
    out = np.zeros(expected.shape, np.int32)
    convolve_xnor(x, weights, out, shape["stride"], origin(shape))
    assert (out == expected).all()


matrices = {"batch": st.integers(1, 5), "inner": st.integers(1, 90), "filters": st.integers(1, 9)}


def multiplied(batch, inner, filters):
    """Images, weights, and what our kernel makes of them."""
    rng = np.random.default_rng([batch, inner, filters])
    x = rng.integers(0, 256, (batch, inner)).astype(np.uint8)
    weights = rng.integers(-128, 128, (filters, inner)).astype(np.int8)
    out = np.zeros((batch, filters, 1, 1), np.int32)
    wide = x.astype(np.int16), weights.astype(np.int16)
    convolve(*(array.reshape(len(array), 1, 1, inner) for array in wide), out)
    return x, weights, out[:, :, 0, 0]


@pytest.mark.parametrize("name", ["plain", *(row.name for row in usable())])
@repeatable(20)
@given(**matrices)
def test_products_of_bytes_are_exact_on_every_row(name, batch, inner, filters):
    with restricted(name):
        x, weights, out = multiplied(batch, inner, filters)
    assert (out == x.astype(np.int64) @ weights.T.astype(np.int64)).all()


@repeatable(20)
@given(**matrices)
def test_matmul_integer(batch, inner, filters):
    served("MatMulInteger")
    x, weights, out = multiplied(batch, inner, filters)
    assert (out == run("MatMulInteger", x, np.ascontiguousarray(weights.T))).all()


@repeatable(25)
@given(shape=shapes, factor=st.integers(1, 15), shift=st.integers(4, 12))
def test_qlinear_conv(shape, factor, shift):
    """Convolution, bias, per-channel requantisation, rounding half to even and clamp at once.

    ONNX scales in float32, which is exact here: |acc| * factor stays below 2**24.
    """
    served("QLinearConv")
    assume(fits(shape))
    rng = np.random.default_rng(shape["seed"])
    shape |= {"groups": 1}
    x, seen, zero = image(shape, rng)
    weights = rng.integers(-16, 17, (shape["filters"], shape["channels"], *shape["kernel"]))
    bias = rng.integers(-2000, 2000, shape["filters"]).astype(np.int32)
    multiplier = np.minimum(rng.integers(1, 16, shape["filters"]) + factor, 15).astype(np.int32)
    expected = run(
        "QLinearConv", seen, np.float32(1), zero, weights.astype(np.int8),
        (multiplier / 2.0**shift).astype(np.float32), np.zeros(len(weights), np.int8),
        np.float32(1), np.uint8(0), bias, **attributes(shape),
    )  # fmt: skip
    acc = np.empty(expected.shape, np.int32)
    acc[:] = bias[:, None, None]
    convolve(x, weights.astype(np.int16), acc, shape["stride"], origin(shape))
    assert int(np.abs(acc).max()) * 15 < 1 << 24
    assert (requantise(acc, multiplier, shift, "half_even", 0, 255) == expected).all()


@repeatable(25)
@given(shape=shapes)
def test_max_and_sum_pooling(shape):
    assume(fits(shape))
    assume(all(pad < shape["kernel"][i % 2] for i, pad in enumerate(shape["pads"])))
    rng = np.random.default_rng(shape["seed"])
    x, seen, zero = image(shape, rng)
    pool = attributes(shape) | {"kernel_shape": shape["kernel"]}
    expected = run("MaxPool", seen, **pool).astype(np.int16) - np.int16(zero)
    place = (shape["kernel"], shape["stride"], origin(shape), expected.shape[2:])
    assert (max_pool(x, *place) == expected).all()
    # Averages of at most nine small integers are exact enough to be multiplied back.
    mean = run("AveragePool", x.astype(np.float32), count_include_pad=1, **pool)
    area = shape["kernel"][0] * shape["kernel"][1]
    assert (sum_pool(x, *place) == np.rint(mean * area)).all()


def test_global_sum():
    x = np.random.default_rng(1).integers(-128, 256, (2, 5, 7, 6)).astype(np.int16)
    expected = run("ReduceSum", x.astype(np.int32), np.array([2, 3]), keepdims=1)
    assert (sum_pool(x, (7, 6), (1, 1), (0, 0), (1, 1)) == expected).all()


def test_add_and_clip():
    rng = np.random.default_rng(2)
    a, b = rng.integers(-128, 128, (2, 1, 4, 5, 5)).astype(np.int16)
    total = run("Add", a.astype(np.int32), b.astype(np.int32))
    expected = run("Clip", total, np.int32(-100), np.int32(90))
    scale = {"multipliers": (1, 1), "shifts": (0, 0), "rounding": "floor"}
    assert (add_requantised(a, b, **scale, lowest=-100, highest=90) == expected).all()
    assert (clip(total, -100, 90) == expected).all()
