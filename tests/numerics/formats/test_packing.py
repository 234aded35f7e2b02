"""Codes in memory: the order of bits, lanes and term planes."""

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


@pytest.mark.parametrize("name", CODECS)
def test_every_code_word_comes_back(name):
    codes = np.arange(len(reference.VALUES[name]), dtype=np.uint8)
    if name == "flightnn":
        codes = FLIGHTNN.encode_values(FLIGHTNN.decode(codes))
    data = codec(name).pack(codes)
    assert data.size == codec(name).packed_bytes(codes.size)
    assert (codec(name).unpack(data, codes.shape) == codes).all()


@pytest.mark.parametrize("name", [name for name in CODECS if name != "flightnn"])
@repeatable(20)
@given(shape=st.tuples(st.integers(0, 5), st.integers(1, 7)), word=st.sampled_from([1, 4, 8]))
def test_bit_order_is_the_specification(name, shape, word):
    rng = np.random.default_rng(shape)
    codes = rng.integers(0, len(reference.VALUES[name]), shape).astype(np.uint8)
    data = codec(name).pack(codes, word_bytes=word)
    width = SCHEMES[name].weight_bits
    assert data.tolist() == reference.packed(codes.reshape(-1).tolist(), width, word)
    assert (codec(name).unpack(data, shape, word_bytes=word) == codes).all()


def test_words_worked_by_hand():
    """The first lane in the lowest bits; the last word filled with zeros."""
    assert codec("fixed4").pack(np.array([1, 2, 15], np.uint8)).tolist() == [0x21, 0x0F]
    assert codec("binary").pack(np.array([1, 0, 1, 1], np.uint8)).tolist() == [0b1101]
    lightnn2 = codec("lightnn2").pack(np.array([64, 3], np.uint8), word_bytes=4)
    assert lightnn2.tolist() == [64, 3, 0, 0]


def test_term_planes_worked_by_hand():
    """6 = 8 - 2 (words 4 and 14), 2 (word 6 and absent): plane 0 is 4, 6, plane 1 is 14, 7."""
    codes = FLIGHTNN.encode_values(np.array([6, 2], np.int16))
    assert codes.tolist() == [0xE4, 0x76]
    assert FLIGHTNN.pack(codes).tolist() == [0x64, 0x7E]
    assert FLIGHTNN.pack(codes, word_bytes=2).tolist() == [0x64, 0, 0x7E, 0]


@repeatable(30)
@given(
    k=st.lists(st.integers(0, 2), min_size=1, max_size=5),
    lanes=st.integers(1, 6),
    word=st.sampled_from([1, 2, 8]),
    seed=st.integers(0, 1000),
)
def test_a_tile_stores_the_planes_of_its_largest_k(k, lanes, word, seed):
    real = np.random.default_rng(seed).normal(0, 0.4, (len(k), lanes))
    codes = FLIGHTNN.encode(real, k=np.array(k, np.int8))
    planes = int(FLIGHTNN.terms_used(codes).max())
    data = FLIGHTNN.pack(codes, word_bytes=word, planes=planes)
    expected = []
    for j in range(planes):
        nibbles = (codes.reshape(-1) >> (4 * j) & 15).tolist()
        expected += reference.packed(nibbles, 4, word)
    assert data.tolist() == expected
    assert data.size == FLIGHTNN.packed_bytes(codes.size, word_bytes=word, planes=planes)
    assert (FLIGHTNN.unpack(data, codes.shape, word_bytes=word, planes=planes) == codes).all()
    for fewer in range(planes):
        with pytest.raises(InputError, match=f"planes: {fewer}, but a filter has more terms"):
            FLIGHTNN.pack(codes, planes=fewer)


def test_wrong_sizes():
    with pytest.raises(InputError, match="packed codes: 3 bytes for 4 codes of 4 bits; 2 bytes"):
        codec("lightnn1").unpack(np.zeros(3, np.uint8), (4,))
    with pytest.raises(InputError, match="packed codes: 3 bytes; 2 planes of 2"):
        FLIGHTNN.unpack(np.zeros(3, np.uint8), (4,))
    with pytest.raises(InputError, match="planes: 2 under scheme 'lightnn1'; 1"):
        codec("lightnn1").pack(np.zeros(3, np.uint8), planes=2)
    with pytest.raises(InputError, match="planes: 3 under scheme 'flightnn'; 0 to 2"):
        FLIGHTNN.pack(np.zeros(3, np.uint8), planes=3)
