"""Every member of a grid over the family of weight formats, against the specification."""

from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.hardware.dsp_blocks import pair_pitch
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.truncation import convolve_truncating
from lightsim.numerics.formats.family import BASES, NAMED, Member, member_of_code, member_of_name
from lightsim.numerics.formats.scheme import SCHEMES, Scheme, _row, scheme, scheme_of_code
from lightsim.numerics.formats.table import codec
from tests import reference
from tests.numerics.formats.family import GRID, spec_terms, spec_values, specified
from tests.numerics.oracle import run, served
from tests.reference_family import exponent_bits, family_terms

every_member = pytest.mark.parametrize("name", GRID)
of_powers = pytest.mark.parametrize("name", [n for n in GRID if SCHEMES[n].member.of_powers])


def codes_of(name):
    written = codec(name)
    return np.arange(1 << written.code_bits).astype(written.dtype)


def some(codes):
    """All codes of small formats, a prime number apart of large ones."""
    return codes if len(codes) <= 4096 else codes[::13]


def test_the_grid_is_wide():
    assert len(set(GRID)) == len(GRID) >= 40
    assert {SCHEMES[name].member.base for name in GRID} == {*BASES}


@every_member
def test_a_name_and_a_number_say_all_of_a_member(name):
    member = SCHEMES[name].member
    assert member.name == SCHEMES[name].name == name
    assert member_of_name(name) == member_of_code(member.number) == member
    assert scheme_of_code(SCHEMES[name].rtl_code) == SCHEMES[name]
    assert len({SCHEMES[other].rtl_code for other in GRID}) == len(GRID)


@every_member
def test_every_code_word_is_the_specification(name):
    assert codec(name).decode(codes_of(name)).tolist() == spec_values(name)


@every_member
def test_the_row_tells_the_truth(name):
    row, values = SCHEMES[name], set(spec_values(name))
    assert row.has_zero == (0 in values)
    assert row.largest == max(map(abs, values))
    assert codec(name).representable.tolist() == sorted(values)
    assert codec(name).code_bits <= row.weight_bits <= codec(name).code_bits + 1
    assert row.is_sign == (values == {-1, 1})
    # Real weights reach from -1 to 1 at least, or half as far with each exponent that is left out.
    least = row.member.exponents[0]
    assert row.largest * 2**least >= 2**row.fraction_bits


@every_member
def test_every_value_comes_back_and_no_other_is_taken(name):
    written, values = codec(name), codec(name).representable
    codes = written.encode_values(values)
    assert codes.dtype == written.dtype
    assert written.decode(codes).tolist() == values.tolist()
    known = set(values.tolist())
    for value in set(range(-20, 21)) - known:
        with pytest.raises(InputError, match=f"{value} is not a value of scheme '{name}'"):
            written.encode_values(np.array([value], np.int16))


@every_member
def test_terms_are_the_specification(name):
    row, written, codes = SCHEMES[name], codec(name), some(codes_of(name))
    if not row.is_shift_add:
        with pytest.raises(InputError, match="is multiplied, not shifted"):
            written.terms(codes)
        return
    sign, exponent, present = written.terms(codes)
    for place, code in enumerate(codes.tolist()):
        found = [
            (int(s), int(m)) if there else None
            for s, m, there in zip(
                sign[:, place], exponent[:, place], present[:, place], strict=True
            )
        ]
        assert found == spec_terms(name, code)


@of_powers
def test_a_term_as_a_serial_lane_reads_it(name):
    """The sign above the exponent word, as the code of a member with that one term."""
    row, written, codes = SCHEMES[name], codec(name), some(codes_of(name))
    base, _, *rest = specified(name)
    for plane in range(row.max_terms):
        own = written.term_codes(codes, plane)
        assert own.dtype == written.dtype and int(own.max()) < 1 << row.term_bits
        found = [family_terms(code, base, 1, *rest)[0] for code in own.tolist()]
        assert found == [spec_terms(name, code)[plane] for code in codes.tolist()]


@every_member
def test_nearest_rounding(name):
    row, written = SCHEMES[name], codec(name)
    rng = np.random.default_rng(7)
    real = np.concatenate((rng.normal(0, 0.6, 60), rng.integers(-600, 601, 40) / 512, [0.0, -3.0]))
    exact = [Fraction(number) * 2**row.fraction_bits for number in real.tolist()]
    if row.k_per_filter:
        size, least, greatest = row.max_terms, *row.member.exponents
        bits = exponent_bits(least, greatest, True)
        for terms in range(size + 1):
            codes = written.encode(real[:, None], k=np.full(len(real), terms, np.int8))[:, 0]
            words = [
                reference.flightnn_greedy(x, terms, size, least, greatest, bits) for x in exact
            ]
            spelled = [sum(w << row.term_bits * j for j, w in enumerate(own)) for own in words]
            assert codes.tolist() == spelled
            assert (written.terms_used(codes[:, None]) <= terms).all()
        return
    values = set(spec_values(name))
    found = written.decode(written.encode(real[:, None]))[:, 0]
    assert found.tolist() == [reference.nearest(number, values) for number in exact]


@of_powers
def test_nearest_and_stochastic_values_of_k_terms(name):
    if not SCHEMES[name].k_per_filter:
        return
    written, rng = codec(name), np.random.default_rng(3)
    real = rng.normal(0, 0.7, (SCHEMES[name].max_terms + 1, 50))
    k = np.arange(len(real), dtype=np.int8)
    codes = written.encode(real, rounding="stochastic", rng=rng, k=k)
    assert (written.terms_used(codes) <= k).all()
    whole = [spec_terms(name, code) for code in some(codes_of(name)).tolist()]
    nearest = written.nearest_values(real, k=k)
    for terms, (row, numbers) in enumerate(zip(nearest.tolist(), real, strict=True)):
        reached = {
            sum(t[0] * 2 ** (7 - t[1]) for t in own if t is not None)
            for own in whole
            if sum(t is not None for t in own) <= terms
        }
        away = [min(abs(value - number * 128) for value in reached) for number in numbers]
        found = [abs(value - number * 128) for value, number in zip(row, numbers, strict=True)]
        if len(whole) == 1 << written.code_bits:
            assert found == pytest.approx(away)
        else:
            assert all(one <= other + 1e-9 for one, other in zip(found, away, strict=True))


@every_member
@pytest.mark.parametrize("word_bytes", [1, 4, 8])
def test_memory_words(name, word_bytes):
    row, written, rng = SCHEMES[name], codec(name), np.random.default_rng(1)
    values = rng.choice(written.representable, (3, 5, 7))
    codes = written.encode_values(values)
    data = written.pack(codes, word_bytes=word_bytes)
    planes = [codes]
    bits = row.weight_bits
    if row.k_per_filter:
        planes = [written.term_codes(codes, j) for j in range(row.max_terms)]
        bits = row.term_bits
    spelled = [reference.packed(p.ravel().tolist(), bits, word_bytes) for p in planes]
    assert data.tolist() == [byte for plane in spelled for byte in plane]
    assert data.size == written.packed_bytes(codes.size, word_bytes=word_bytes)
    back = written.unpack(data, codes.shape, word_bytes=word_bytes)
    assert back.dtype == written.dtype and (back == codes).all()


@every_member
def test_products_just_fit_their_lanes(name):
    row = SCHEMES[name]
    for kind in (kind for kind in PE_KINDS.values() if kind.takes(row) and not kind.bit_serial):
        for truncates in (False, True) if kind.shifts and row.fraction_bits else (False,):
            bits = kind.product_bits(row, truncates)
            assert 2 <= kind.product_bits(row, truncates, 2) <= bits
            weights = [row.largest // row.max_terms if kind.term_serial else row.largest]
            least = row.member.exponents[0]
            terms = 1 if kind.term_serial else row.max_terms
            most = (255 >> least) * terms if truncates else 255 * weights[0]
            assert most < 2 ** (bits - 1)
            if row.of_family:
                assert most >= 2 ** (bits - 2)
    assert 255 * row.largest < 2 ** (pair_pitch(row) - 1)


@every_member
def test_convolutions_are_the_specification(name):
    row, rng = SCHEMES[name], np.random.default_rng(5)
    weights = rng.choice(codec(name).representable, (3, 4, 3, 2)).astype(np.int16)
    x = rng.integers(-128, 256, (2, 4, 5, 6)).astype(np.int16)
    out = np.zeros((2, 3, 5, 6), np.int32)
    convolve(x, weights, out, origin=(-1, -1))
    where = ((5, 6), (1, 1), (-1, -1), 0)
    assert out.tolist() == reference.convolve(x.tolist(), weights.tolist(), *where, 1)
    if row.is_shift_add and row.fraction_bits:
        codes = codec(name).encode_values(weights)
        cut = np.zeros((2, 3, 5, 6), np.int32)
        convolve_truncating(x, *codec(name).terms(codes), cut, origin=(-1, -1))
        terms = [
            [[[present(name, code) for code in line] for line in plane] for plane in one]
            for one in codes.tolist()
        ]
        assert cut.tolist() == reference.convolve_truncating(x.tolist(), terms, *where)


def present(name, code):
    return [term for term in spec_terms(name, code) if term is not None]


@every_member
def test_convolutions_are_those_of_onnx_runtime(name):
    served("ConvInteger")
    rng = np.random.default_rng(9)
    weights = rng.choice(codec(name).representable, (4, 3, 3, 3)).astype(np.int16)
    x = rng.integers(0, 256, (2, 3, 7, 8)).astype(np.int16)
    out = np.zeros((2, 4, 5, 6), np.int32)
    convolve(x, weights, out)
    total, rest = 0, weights
    while rest.any():  # its weights are bytes: a larger one is a sum of several
        part = np.clip(rest, -127, 127)
        rest = rest - part
        seen = x.astype(np.uint8)
        total += run("ConvInteger", seen, part.astype(np.int8), np.uint8(0), np.int8(0))
    assert (out == total).all()


@pytest.mark.parametrize("name", SCHEMES)
def test_the_rows_are_what_their_members_say(name):
    """A row by itself and a row made of its member differ in what only the hardware knows."""
    own, made = SCHEMES[name], _row(SCHEMES[name].member) if name != "binary" else None
    if made is None:
        return  # the one member that no lane but XNOR was made for
    hardware = ("rtl_code", "rtl_name", "costs_like", "usual_pe", "source")
    for field in (field.name for field in fields(Scheme) if field.name not in hardware):
        assert getattr(made, field) == getattr(own, field), field


def test_names_that_can_be_shorter():
    longer = {"lightnn1-m0to7": "lightnn1", "flightnn2": "flightnn", "flightnn3-m0to6": "flightnn3"}
    for name, short in longer.items():
        assert scheme(name).name == short and name in SCHEMES
    assert SCHEMES["flightnn2"] is SCHEMES["flightnn"]
    assert [*SCHEMES] == ["lightnn1", "lightnn2", "flightnn", "fixed8", "fixed4", "binary"]
    assert set(SCHEMES) < set(NAMED)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fixed9", "unknown scheme 'fixed9'; did you mean 'fixed8'?"),
        ("lightnn5", "unknown scheme 'lightnn5'; did you mean"),
        ("ternary-zero", "unknown scheme 'ternary-zero'; did you mean 'ternary'?"),
        ("lightnn1-m3to3", "exponents is [3, 3]; accepted: more than one, or a zero beside it"),
        ("lightnn1-m4to3", "exponents is [4, 3]; accepted: [least, greatest], both from 0 to 7"),
        ("lightnn4-zero", "terms is 4 with 4 bits an exponent; accepted: a code of at most 16"),
        ("flightnn4-m0to7", "terms is 4 with 4 bits an exponent; accepted: a code of at most 16"),
    ],
)
def test_names_of_no_member(name, said):
    assert name not in SCHEMES and SCHEMES.get(name) is None
    with pytest.raises(InputError) as error:
        scheme(name)
    assert said in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base": "fixed"}, "bits is 0; accepted: 2 to 8 for base 'fixed'"),
        ({"base": "fixed", "bits": 4, "terms": 1}, "terms is 1; accepted: none for base 'fixed'"),
        ({"base": "fixed", "bits": 4, "exponents": (0, 3)}, "exponents is [0, 3]; accepted: none"),
        ({"base": "fixed", "bits": 4, "zero": False}, "zero is false; accepted: true for base"),
        ({"base": "binary"}, "zero is true; accepted: false for base 'binary'"),
        ({"base": "ternary", "bits": 2}, "bits is 2; accepted: none for base 'ternary'"),
        ({"base": "lightnn", "exponents": (0, 7)}, "terms is 0; accepted: 1 to 4"),
        ({"base": "flightnn", "terms": 2, "exponents": (0, 8)}, "both from 0 to 7"),
        ({"base": "flightnn", "terms": 2, "exponents": (0, 6), "zero": False}, "zero is false"),
        ({"base": "none"}, "base is 'none'; accepted: fixed, ternary, binary, lightnn, flightnn"),
    ],
)
def test_descriptions_of_no_member(given, said):
    with pytest.raises(InputError) as error:
        Member(**given)
    assert said in str(error.value)
