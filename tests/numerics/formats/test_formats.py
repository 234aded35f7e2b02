"""Every code word of every format, against the specification."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.numerics.formats.flightnn import FLIGHTNN
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import CODECS, codec
from tests import reference
from tests.numerics.cases import repeatable

every_format = pytest.mark.parametrize("name", CODECS)


def words(name):
    return np.arange(len(reference.VALUES[name]), dtype=np.uint8)


def test_every_scheme_has_a_codec():
    assert list(CODECS) == list(SCHEMES)


@every_format
def test_decode_is_the_specification(name):
    assert codec(name).decode(words(name)).tolist() == reference.VALUES[name]


@every_format
def test_the_scheme_row_tells_the_truth(name):
    row, values = SCHEMES[name], reference.VALUES[name]
    assert row.fraction_bits == reference.FRACTION_BITS[name]
    assert row.has_zero == (0 in values)
    assert row.largest == max(abs(value) for value in values)
    assert len(values) <= 2**row.weight_bits


@every_format
def test_every_value_comes_back_from_its_canonical_code(name):
    values = codec(name).representable
    assert values.tolist() == sorted(set(reference.VALUES[name]))
    codes = codec(name).encode_values(values)
    assert (codec(name).decode(codes) == values).all()
    assert (codec(name).encode_values(codec(name).decode(words(name)))[codes] == codes).all()


@every_format
def test_other_integers_are_refused(name):
    values = set(reference.VALUES[name])
    for value in set(range(-300, 301)) - values:
        with pytest.raises(InputError, match=f"weights\\[1\\]: {value} is not a value of scheme"):
            codec(name).encode_values(np.array([max(values), value], np.int16))


def test_the_refusal_names_the_nearest_value():
    with pytest.raises(InputError) as error:
        codec("lightnn1").encode_values(np.array([[64], [-33]], np.int16))
    assert str(error.value) == (
        "weights[1, 0]: -33 is not a value of scheme 'lightnn1'; the nearest is -32"
    )


def test_lightnn2_has_m1_below_m2_in_canonical_codes():
    codes = codec("lightnn2").encode_values(codec("lightnn2").representable)
    assert ((codes >> 3 & 7) <= (codes & 7)).all()
    assert codec("lightnn2").decode(np.array([0, 64], np.uint8)).tolist() == [256, -256]


@every_format
def test_terms_add_up_to_the_value(name):
    row, codes = SCHEMES[name], words(name)
    if not row.is_shift_add:
        with pytest.raises(InputError, match="is multiplied, not shifted"):
            codec(name).terms(codes)
        return
    sign, exponent, present = codec(name).terms(codes)
    assert sign.shape == exponent.shape == present.shape == (row.max_terms, len(codes))
    sums = [
        sum(
            int(s) * 2 ** (row.fraction_bits - int(m))
            for s, m, p in zip(sign[:, i], exponent[:, i], present[:, i], strict=True)
            if p
        )
        for i in range(len(codes))
    ]
    assert sums == reference.VALUES[name]


@every_format
@repeatable(60)
@given(
    numbers=st.lists(
        st.one_of(
            st.floats(-2, 2),
            st.integers(-1030, 1030).map(lambda number: number / 512),  # exact ties
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_nearest_rounding(name, numbers):
    scale = 2 ** reference.FRACTION_BITS[name]
    exact = [Fraction(number) * scale for number in numbers]
    codes = codec(name).encode(np.array(numbers)[:, None])[:, 0]
    if name == "flightnn":
        terms = [reference.flightnn_greedy(number, 2) for number in exact]
        assert codes.tolist() == [low | high << 4 for low, high in terms]
    else:
        values = set(reference.VALUES[name])
        expected = [reference.nearest(number, values) for number in exact]
        assert codec(name).decode(codes).tolist() == expected


@pytest.mark.parametrize(
    ("name", "real", "value"),
    [
        ("lightnn1", 0.75, 128),  # half way between 64 and 128
        ("lightnn1", -0.75, -128),
        ("lightnn1", 0.0, 1),  # no zero: half way between -1 and +1
        ("lightnn1", -1e-300, -1),
        ("lightnn2", 0.0, 2),
        ("fixed8", 0.5 / 128, 1),
        ("fixed8", -0.5 / 128, -1),
        ("fixed8", 5.0, 127),
        ("fixed4", -5.0, -8),
        ("binary", 0.0, 1),
        ("binary", -0.01, -1),
    ],
)
def test_ties_and_ends_worked_by_hand(name, real, value):
    assert codec(name).decode(codec(name).encode(np.array([real]))).tolist() == [value]


@repeatable(40)
@given(rows=st.lists(st.tuples(st.floats(-2.5, 2.5), st.integers(0, 2)), min_size=1, max_size=20))
def test_flightnn_follows_the_k_of_each_filter(rows):
    real = np.array([[number, number / 3] for number, _ in rows])
    k = np.array([k for _, k in rows], np.int8)
    codes = FLIGHTNN.encode(real, k=k)
    for filter_codes, numbers, terms in zip(codes, real, k, strict=True):
        expected = [reference.flightnn_greedy(Fraction(n) * 128, int(terms)) for n in numbers]
        assert filter_codes.tolist() == [low | high << 4 for low, high in expected]
    assert (FLIGHTNN.terms_used(codes) <= k).all()
    nearest = FLIGHTNN.nearest_values(real, k=k)
    for values, numbers, terms in zip(nearest.tolist(), real, k, strict=True):
        reachable = reference.flightnn_values(int(terms))
        assert values == [reference.nearest(Fraction(n) * 128, reachable) for n in numbers]


def test_flightnn_code_of_every_value_is_its_greedy_sum():
    for value in reference.flightnn_values(2):
        low, high = reference.flightnn_greedy(value, 2)
        assert FLIGHTNN.encode_values(np.array([value], np.int16)).tolist() == [low | high << 4]
        assert reference.flightnn(low | high << 4) == value


def test_where_greedy_is_not_nearest():
    """87 = 64 + 23: 23 is above 16 * sqrt(2) = 22.6, so R(23) = 32 and the sum is 96."""
    integers = np.arange(-256, 257)
    greedy = FLIGHTNN.decode(FLIGHTNN.encode(integers / 128))
    nearest = FLIGHTNN.nearest_values(integers / 128)
    worse = np.abs(greedy - integers) > np.abs(nearest - integers)
    above = worse & (integers > 0)
    assert list(zip(integers[above], greedy[above], nearest[above], strict=True)) == [
        (87, 96, 80),
        (105, 96, 112),
        (151, 160, 144),
        (174, 192, 160),
        (175, 192, 160),
        *((integer, 256, 192) for integer in range(219, 224)),
    ]
    assert (worse == worse[::-1]).all()
    one = np.array([93.0]) / 128
    assert FLIGHTNN.decode(FLIGHTNN.encode(one, k=np.array([1], np.int8))) == 128
    assert FLIGHTNN.nearest_values(one, k=np.array([1], np.int8)) == 64


@pytest.mark.parametrize("name", ["lightnn1", "lightnn2", "fixed8", "fixed4", "binary"])
def test_a_fixed_k_may_only_be_confirmed(name):
    real, terms = np.zeros((3, 2)), SCHEMES[name].max_terms
    codec(name).encode(real, k=np.full(3, terms, np.int8))
    with pytest.raises(InputError, match="k of filter 1: "):
        codec(name).encode(real, k=np.array([terms, terms + 1, terms], np.int8))


def test_bad_requests():
    real = np.zeros((2, 3))
    with pytest.raises(InputError, match=r"k of filter 1: 3 under scheme 'flightnn'; 0 to 2"):
        FLIGHTNN.encode(real, k=np.array([0, 3], np.int8))
    with pytest.raises(InputError, match="k: of shape"):
        FLIGHTNN.encode(real, k=np.array([1], np.int8))
    with pytest.raises(InputError, match=r"weights\[0\]: needs 2 terms but k is 1"):
        FLIGHTNN.encode_values(np.array([6], np.int16), k=np.array([1], np.int8))
    with pytest.raises(InputError, match=r"weights\[1, 2\]: is nan"):
        codec("fixed8").encode(np.array([[0.0, 0, 0], [0, 0, np.nan]]))
    with pytest.raises(InputError, match="pass rng="):
        codec("fixed8").encode(real, rounding="stochastic")
    with pytest.raises(InputError, match="did you mean 'nearest'"):
        codec("fixed8").encode(real, rounding="nearst")
    with pytest.raises(InputError, match="did you mean 'lightnn2'"):
        codec("lightn2")
    with pytest.raises(InputError, match="codes: 16 under scheme 'fixed4'; 0 to 15"):
        codec("fixed4").decode(np.array([16], np.uint8))
    with pytest.raises(InputError, match="codes: of type int64; uint8"):
        codec("fixed4").decode(np.array([1]))
