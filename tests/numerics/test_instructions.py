"""Every instruction, and none, gives the specification's bits; packed filters give them again."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lightsim
from lightsim.errors import InputError
from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.fused import add_products, convolve_requantised
from lightsim.numerics.convolution.truncation import convolve_truncating
from lightsim.numerics.convolution.xnor import convolve_xnor
from lightsim.numerics.filters.packed import exact_filters, sign_filters, truncating_filters
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.requantise import ROUNDINGS, Rescaling, requantise
from lightsim.numerics.vectors.instruction import INSTRUCTIONS, choices, chosen, restricted, usable
from tests import reference
from tests.numerics.cases import cases, repeatable

# What the processor lacks cannot be run; the plain loops always can.
HERE = [row.name for row in usable()]
NUMBERS = ["plain"] + [name for name in HERE if INSTRUCTIONS[name].product != "signs"]
SIGNS = ["plain"] + [name for name in HERE if INSTRUCTIONS[name].product == "signs"]
RANGES = [(0, 255), (-128, 127), (-128, 255), (-32768, 32767)]
wide_cases = cases(max_channels=40, max_filters=20)


def window_of(case):
    return Window(case.kernel, case.stride, case.origin, *case.outputs)


def operands(case, span, reach):
    """Input, weights with zeros among them and whole filters of zeros, accumulators."""
    rng = case.rng
    x = case.numbers(rng, *span)
    shape = (case.filters, case.channels, *case.kernel)
    weights = rng.integers(-reach, reach + 1, shape).astype(np.int16)
    weights[rng.random(shape) < 0.3] = 0
    weights[rng.random(case.filters) < 0.3] = 0
    return x, weights, case.accumulators(rng)


@pytest.mark.parametrize("name", NUMBERS)
@repeatable(40)
@given(case=wide_cases, span=st.sampled_from(RANGES), reach=st.sampled_from([1, 127, 256, 32767]))
def test_exact_convolution(name, case, span, reach):
    """Bytes unsigned and signed, weights of one and two digits, and what only pairs hold."""
    case = replace(case, accumulator=np.int32)
    x, weights, out = operands(case, span, reach)
    before = out.astype(np.int64)
    filters = exact_filters(weights)
    with restricted(name):
        convolve(x, filters, out, case.stride, case.origin, case.pad_value)
        again = before.astype(np.int32)
        convolve(x, filters, again, case.stride, case.origin, case.pad_value)
    sums = reference.convolve(x.tolist(), weights.tolist(), *case.window, case.pad_value)
    expected = (np.array(sums) + before).astype(np.int32)  # modulo 2**32
    assert (out == expected).all()
    assert (again == expected).all()


@pytest.mark.parametrize("name", NUMBERS)
@repeatable(25)
@given(
    case=cases(max_channels=9, max_filters=10),
    span=st.sampled_from(RANGES),
    terms=st.integers(1, 2),
)
def test_truncating_convolution(name, case, span, terms):
    rng = case.rng
    x, out = case.numbers(rng, *span), case.accumulators(rng)
    shape = (terms, case.filters, case.channels, *case.kernel)
    sign = rng.choice([-1, 1], shape).astype(np.int8)
    exponent = rng.integers(0, 8, shape).astype(np.int8)
    present = rng.random(shape) < 0.7
    with restricted("plain"):
        plain = out.copy()
        convolve_truncating(
            x, sign, exponent, present, plain, case.stride, case.origin, case.pad_value
        )
    with restricted(name):
        convolve_truncating(
            x, sign, exponent, present, out, case.stride, case.origin, case.pad_value
        )
    assert (out == plain).all()


@pytest.mark.parametrize("name", SIGNS)
@repeatable(25)
@given(case=wide_cases, channels=st.sampled_from([1, 31, 32, 33, 70]))
def test_signs(name, case, channels):
    rng = case.rng
    x = rng.choice([-1, 1], (case.batch, channels, *case.size)).astype(np.int16)
    weights = rng.choice([-1, 1], (case.filters, channels, *case.kernel)).astype(np.int16)
    out = case.accumulators(rng)
    before = out.copy()
    with restricted(name):
        convolve_xnor(x, sign_filters(weights), out, case.stride, case.origin)
    expected = reference.convolve_xnor(x.tolist(), weights.tolist(), *case.window)
    assert (out - before).tolist() == expected


@pytest.mark.parametrize("name", NUMBERS)
@repeatable(25)
@given(
    case=wide_cases,
    span=st.sampled_from(RANGES[:2]),
    shift=st.integers(0, 20),
    rounding=st.sampled_from(ROUNDINGS),
    clamp=st.sampled_from([(0, 255), (-128, 127), (-32768, 32767)]),
)
def test_requantised_in_the_same_pass(name, case, span, shift, rounding, clamp):
    x, weights, _ = operands(case, span, 256)
    rng = case.rng
    bias = rng.integers(-5000, 5000, case.filters).astype(np.int32)
    multiplier = rng.integers(1, 32768, case.filters).astype(np.int32)
    rest = Rescaling(multiplier, shift, rounding, *clamp)
    with restricted(name):
        found = convolve_requantised(
            x, exact_filters(weights), bias, rest, window_of(case), case.pad_value
        )
    sums = reference.convolve(x.tolist(), weights.tolist(), *case.window, case.pad_value)
    sums = (np.array(sums) + bias[:, None, None]).astype(np.int32)
    assert (found == requantise(sums, *rest)).all()
    scalar = [
        reference.requantise(int(acc), int(multiplier[m]), shift, rounding, *clamp)
        for (_, m, _, _), acc in np.ndenumerate(sums)
    ]
    assert found.ravel().tolist() == scalar


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("kind", ["exact", "truncating"])
def test_dense_layers_take_the_images_as_pixels(name, kind):
    rng = np.random.default_rng(3)
    x = rng.integers(0, 256, (37, 5, 3, 4)).astype(np.int16)
    exponent = rng.integers(0, 8, (1, 9, 5, 3, 4)).astype(np.int8)
    terms = np.ones_like(exponent), exponent, exponent != 5
    weights = np.where(terms[2], np.int16(128) >> exponent, 0)[0].astype(np.int16)
    filters = exact_filters(weights)
    if kind == "truncating":
        filters = truncating_filters(weights.shape, lambda: terms)
    out = np.zeros((37, 9, 1, 1), np.int32)
    with restricted(name):
        add_products(x, filters, out, Window((3, 4), (1, 1), (0, 0), 1, 1))
    flat, long = weights.reshape(9, -1).astype(int), x.reshape(37, -1).astype(int)
    expected = long @ flat.T
    if kind == "truncating":
        shifts = exponent[0].reshape(9, -1)
        parts = (long[:, None] >> shifts[None]) * terms[2][0].reshape(9, -1)
        expected = parts.sum(axis=2)
    assert (out[:, :, 0, 0] == expected).all()


def test_an_unknown_instruction_is_refused(monkeypatch):
    with pytest.raises(InputError, match="vpdpbusd-512"), restricted("vpdpbusd-51"):
        pass
    monkeypatch.setenv("LIGHTSIM_INSTRUCTION", "plain")
    assert chosen("bytes") is None
    monkeypatch.setenv("LIGHTSIM_INSTRUCTION", "none")
    with pytest.raises(InputError, match="LIGHTSIM_INSTRUCTION"):
        chosen("bytes")
    monkeypatch.delenv("LIGHTSIM_INSTRUCTION")
    free = dict(choices())
    monkeypatch.setenv("LIGHTSIM_INSTRUCTION", "")
    assert dict(choices()) == free, "an empty variable restricts nothing"


@pytest.mark.parametrize("engine", ["simulation", "timeline"])
def test_an_unknown_instruction_is_refused_by_the_library_too(monkeypatch, engine):
    """Inside a simulated process simpy makes the error again, from its arguments."""
    monkeypatch.setenv("LIGHTSIM_INSTRUCTION", "bogus")
    with pytest.raises(InputError, match="LIGHTSIM_INSTRUCTION: unknown instruction 'bogus'"):
        lightsim.run("digits-small", engine=engine, values=True)


def test_held_to_avx2_the_rows_are_those_of_a_processor_without_more(monkeypatch):
    with restricted("avx2"):
        held = {product: row and row.name for product, row in choices().items()}
    if "vpmaddwd-256" in HERE:
        assert held == {"bytes": None, "pairs": "vpmaddwd-256", "signs": "popcount-256"}
    monkeypatch.setenv("LIGHTSIM_INSTRUCTION", "avx2")
    assert held == {product: row and row.name for product, row in choices().items()}


def test_a_processor_numba_is_told_to_compile_for(monkeypatch):
    """numba's own variables say what may be emitted, not the processor it runs on."""
    usable.cache_clear()
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "+sse4.2,+avx2,-avx512f")
    try:
        assert [row.name for row in usable()] == ["vpmaddwd-256", "popcount-256"]
        usable.cache_clear()
        monkeypatch.delenv("NUMBA_CPU_FEATURES")
        monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
        assert usable() == ()
    finally:
        usable.cache_clear()
