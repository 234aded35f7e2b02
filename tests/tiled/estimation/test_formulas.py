"""The formulas of the RTL's modules: worked examples, growth, and their sources."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.energy.float32 import float32_lane
from lightsim.hardware import PE_KINDS, board
from lightsim.hardware.dsp_blocks import most_products
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.modules.array_terms import lane_terms
from lightsim.tiled.estimation.modules.bill import bill
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.estimation.modules.module_cost import module_cost, module_source
from lightsim.tiled.estimation.sizing import least_design

PAIRS = [(kind.name, scheme) for kind in PE_KINDS.values() for scheme in sorted(kind.runs)]


def lane_row(pe, scheme, columns=8, pixels=1, **more):
    values = {
        "KIND": PE_KINDS[pe].rtl_code, "SCHEME": SCHEMES[scheme].rtl_code, "COLUMNS": columns,
        "PIXELS": pixels, "LATENCY": PE_KINDS[pe].latency, "SUM_BITS": 32, "TRUNCATES": 0,
    }  # fmt: skip
    return tuple(sorted((values | more).items()))


def test_terms_of_a_row_worked_out():
    # Eight products of 17 bits: four adders of 18, two of 19, one of 20 bits; then 32 bits.
    terms = lane_terms(dict(lane_row("shift_add_serial", "flightnn")))
    assert terms["bit added"] == terms["bit held"] == 4 * 18 + 2 * 19 + 20 + 32
    # Twelve: six of 18, three of 19, one of 20 with a third passed on, one of 21.
    terms = lane_terms(dict(lane_row("shift_add_serial", "flightnn", columns=12)))
    assert terms["bit added"] == 6 * 18 + 3 * 19 + 20 + 21 + 32
    assert terms["bit held"] == 6 * 18 + 3 * 19 + 20 + 19 + 21 + 32
    # Two cycles of waiting hold the products of every lane twice more.
    waiting = lane_terms(dict(lane_row("shift_add_serial", "flightnn", columns=12, LATENCY=3)))
    assert waiting["bit held"] == terms["bit held"] + 2 * 12 * 17


@pytest.mark.parametrize(("pe", "scheme"), PAIRS)
def test_every_kind_and_scheme_has_a_measured_cost(pe, scheme):
    row = lane_row(pe, scheme)
    cost = module_cost("lane_rows", row)
    assert cost.lut > 0
    assert cost.ff > 0
    assert cost.dsp == (8 if pe == "multiply_dsp" else 0)
    source = module_source("lane_rows", row)
    assert source.certainty == "measured"
    assert "lane_rows.sv, Yosys 0.70" in source.text


PAIRED = [name for name, scheme in SCHEMES.items() if most_products(scheme) == 2]


@pytest.mark.parametrize("scheme", PAIRED)
def test_two_pixels_share_a_dsp_block(scheme):
    for pixels, blocks in ((1, 1), (2, 1), (3, 2), (4, 2), (7, 4)):
        alone, paired = (
            module_cost("lane_rows", lane_row("multiply_dsp", scheme, 8, pixels, **more))
            for more in ({}, {"PRODUCTS_PER_DSP": 2})
        )
        assert (alone.dsp, paired.dsp) == (8 * pixels, 8 * blocks)
        # Products wait in the block's own registers, and nothing separates them.
        assert paired.ff < alone.ff
        assert paired.lut < 1.05 * alone.lut
    source = module_source("lane_rows", lane_row("multiply_dsp", scheme, 8, 2, PRODUCTS_PER_DSP=2))
    assert source.certainty == "measured"


def test_other_kinds_do_not_pair():
    row = lane_row("multiply_lut", "fixed4", 8, 2)
    assert module_cost("lane_rows", (*row, ("PRODUCTS_PER_DSP", 2))) == module_cost(
        "lane_rows", row
    )


def test_flip_flops_of_a_serial_row_are_exact():
    # A product register of 17 bits a lane, and what the adder tree and the accumulator hold.
    for columns, pixels, bits in ((8, 1, 32), (32, 3, 32), (12, 2, 28)):
        row = lane_row("shift_add_serial", "flightnn", columns, pixels, SUM_BITS=bits)
        held = 17 * columns * pixels + lane_terms(dict(row))["bit held"]
        assert module_cost("lane_rows", row).ff == held


def test_beyond_what_was_measured_is_said():
    source = module_source("lane_rows", lane_row("shift_add_serial", "flightnn", columns=512))
    assert source.certainty == "derived"
    assert "COLUMNS 512" in source.text


def test_shift_lanes_against_potacc():
    # Routed by Vivado, whole designs of 256 lanes (github.com/gicLAB/PoTAcc @33dcb3d): a lane
    # with an 8 x 8 multiplier takes (37133 - 25734) / 256 = 44.5 LUTs more than one with a shift.
    # Yosys on our lanes: about 65. Both say that a shift is cheaper, Yosys by half as much again.
    rows = [
        module_cost("lane_rows", lane_row(pe, scheme, 16)).lut / 16
        for pe, scheme in (("multiply_lut", "fixed8"), ("shift_add_serial", "lightnn1"))
    ]
    assert 55 < rows[0] - rows[1] < 75


@settings(derandomize=True, deadline=None)
@given(
    st.sampled_from(PAIRS), st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32, 64]),
    st.integers(1, 6),
)  # fmt: skip
def test_more_lanes_never_cost_less(pair, rows, columns, pixels):
    def cost(r, c, p):
        array = Array((LaneGroup(pair[0], r),), c, p)
        constants = constants_of(least_design(board("zc706"), SCHEMES[pair[1]], array))
        items = [i for i in bill(constants) if i.module == "lane_rows"]
        return sum(i.count * module_cost(i.module, i.parameters).lut for i in items)

    base = cost(rows, columns, pixels)
    assert cost(rows + 1, columns, pixels) >= base
    assert cost(rows, 2 * columns, pixels) >= base
    assert cost(rows, columns, pixels + 1) >= base


def test_float32_is_labelled_recalled():
    assert float32_lane().source.certainty == "recalled"
