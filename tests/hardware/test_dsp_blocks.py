"""Two products on a DSP block: the arithmetic is exact, and the widths are the least that do."""

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.hardware import BOARDS, DEVICES, board, device
from lightsim.hardware.dsp_blocks import DSP_BLOCKS, most_products, pair_bits, pair_pitch
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.description.file import dump_accelerator, parse_accelerator
from lightsim.tiled.description.products import built_products

ACTIVATIONS = np.arange(-128, 256)
OTHER_PIXEL = np.array([-128, -127, -1, 0, 1, 127, 128, 254, 255])


def separated(second, first, weight, pitch):
    """Both products from one, as `lane_rows.sv` takes them out of the block's result."""
    result = ((second << pitch) + first) * weight + (1 << (pitch - 1))
    low = (result & ((1 << pitch) - 1)) - (1 << (pitch - 1))
    return result >> pitch, low


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda row: row.name)
def test_both_products_are_exact(scheme):
    weights = np.arange(-scheme.largest, scheme.largest + 1)
    second, first, weight = np.meshgrid(OTHER_PIXEL, ACTIVATIONS, weights, sparse=True)
    high, low = separated(second, first, weight, pair_pitch(scheme))
    assert (high == second * weight).all()
    assert (low == first * weight).all()
    # One bit less and the largest low product runs into the high one.
    _, low = separated(0, 255, scheme.largest, pair_pitch(scheme) - 1)
    assert low != 255 * scheme.largest


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda row: row.name)
def test_operand_and_result_fit(scheme):
    pitch, bits = pair_pitch(scheme), pair_bits(scheme)
    for second in (-128, 255):
        for first in (-128, 255):
            operand = (second << pitch) + first
            assert -(1 << (bits - 1)) <= operand < 1 << (bits - 1)
    # 255 and up need all of them.
    assert (255 << pitch) >= 1 << (bits - 2)
    assert 2 * pitch <= 48


def test_widths_worked_out():
    # 255 * 8 = 2040 is a signed number of 12 bits; 255 * 128 = 32640 of 16; 255 * 256 of 17.
    widths = {row.name: (pair_pitch(row), pair_bits(row)) for row in SCHEMES.values()}
    assert widths == {
        "fixed4": (12, 21), "fixed8": (16, 25), "lightnn1": (16, 25), "lightnn2": (17, 26),
        "flightnn": (17, 26), "binary": (9, 18),
    }  # fmt: skip


def test_which_blocks_pair():
    assert {row.dsp_type for row in DEVICES.values()} <= DSP_BLOCKS.keys()
    pairs = {
        (name, scheme)
        for name, row in DSP_BLOCKS.items()
        for scheme in SCHEMES.values()
        if row.products(scheme) == 2
        for scheme in (scheme.name,)
    }
    amd, paired = ("DSP48E1", "DSP48E2", "DSP58"), ("fixed4", "fixed8", "lightnn1", "binary")
    assert pairs == {(name, scheme) for name in amd for scheme in paired}
    for row in DSP_BLOCKS.values():
        assert row.source.text


def test_only_an_array_with_dsp_lanes_pairs():
    array = Array((LaneGroup("multiply_lut", 4), LaneGroup("multiply_dsp", 4)), 8, 2)
    fixed4 = SCHEMES["fixed4"]
    assert built_products(array, fixed4, device("XC7Z045")) == 2
    assert built_products(array, fixed4, device("LFE5U-85F")) == 1
    assert built_products(Array(array.groups[:1], 8, 2), fixed4, device("XC7Z045")) == 1


FILE = {
    "name": "small", "scheme": "fixed4", "psum_bytes": 65536,
    "array": {"columns": 8, "pixels": 2, "group": [{"pe": "multiply_dsp", "rows": 4}]},
    "post": {"lanes": 4},
    **{name: {"bytes_per_bank": 65536} for name in ("input", "weight", "residual", "output")},
}  # fmt: skip


def test_a_file_gets_what_its_board_holds():
    on = {name: parse_accelerator(FILE, "f", BOARDS[name]) for name in ("zc706", "ulx3s")}
    assert {name: acc.products_per_dsp for name, acc in on.items()} == {"zc706": 2, "ulx3s": 1}
    less = parse_accelerator(FILE | {"products_per_dsp": 1}, "f", board("zc706"))
    assert less.products_per_dsp == 1
    for acc in (*on.values(), less):
        assert f"products_per_dsp = {acc.products_per_dsp}\n" in dump_accelerator(acc)


@pytest.mark.parametrize(
    ("changes", "where", "told"),
    [
        ({"products_per_dsp": 2}, "ulx3s",
         "f: products_per_dsp is 2; accepted: 1 (MULT18X18D of ulx3s, fixed4)"),
        ({"products_per_dsp": 3}, "zc706",
         "f: products_per_dsp is 3; accepted: a whole number from 1 to 2"),
        ({"products_per_dsp": 2, "scheme": "flightnn"}, "zc706",
         "f: products_per_dsp is 2; accepted: 1 for flightnn"),
    ],
)  # fmt: skip
def test_more_than_the_block_holds_is_refused(changes, where, told):
    with pytest.raises(InputError) as caught:
        parse_accelerator(FILE | changes, "f", board(where))
    assert str(caught.value).startswith(told)


def test_two_term_weights_are_not_paired():
    assert most_products(SCHEMES["flightnn"]) == most_products(SCHEMES["lightnn2"]) == 1
