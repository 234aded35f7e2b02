"""What lanes cost: the measured table, its extension, and how products share a DSP block."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.estimation.lane_costs import LANE_COSTS, RowCost, row_cost, row_source
from lightsim.estimation.lanes import decoded_bits, float32_lane, lane_parts, packing
from lightsim.estimation.sizing import least_design
from lightsim.hardware.accelerator import Array, LaneGroup
from lightsim.hardware.catalogue import board
from lightsim.numerics.scheme import SCHEMES

MEASURED = [(row, width) for row, table in LANE_COSTS.items() for width in table]


def lanes(scheme: str, pe: str, rows: int, columns: int, pixels: int, dsp_type: str = "DSP48E1"):
    array = Array((LaneGroup(pe, rows),), columns, pixels)
    acc = least_design(board("pynq-z2"), SCHEMES[scheme], array)
    acc = replace(acc, accumulator=replace(acc.accumulator, bits=24))
    return lane_parts(acc, SCHEMES[scheme], dsp_type)[0]


@pytest.mark.parametrize(("row", "width"), MEASURED)
def test_measured_points_are_returned_as_they_are(row, width):
    assert row_cost(row, width, 24) == LANE_COSTS[row][width]
    assert row_source(row, width).certainty == "measured"
    assert "Yosys 0.70" in row_source(row, width).text


def test_between_and_beyond_the_measured_widths():
    # 8 lanes 375 LUT, 16 lanes 723: half-way 549. Below: 375 - 4 * 43.5 = 201.
    assert row_cost("shift", 12, 24).lut == 549
    assert row_cost("shift", 4, 24).lut == 201
    # From 64 on with the slope from 32 to 64 lanes, (2814 - 1422) / 32 = 43.5.
    assert row_cost("shift", 128, 24).lut == 2814 + 64 * 43.5
    assert row_source("shift", 12).certainty == "derived"
    assert "extended" in row_source("shift", 128).text


def test_an_accumulator_bit_is_a_lut_and_a_flip_flop():
    assert row_cost("shift", 16, 32) == RowCost(723 + 8, 351 + 8)


def test_worked_example_of_shift_lanes():
    # 4 rows x 2 pixels = 8 dot products of 16 lanes: 8 x 723 LUT (no zero), 8 x 747 with zero.
    assert lanes("lightnn1", "shift_add_serial", 4, 16, 2).resources.lut == 8 * 723
    assert lanes("lightnn2", "shift_add_serial", 4, 16, 2).resources.lut == 8 * 723
    assert lanes("flightnn", "shift_add_serial", 4, 16, 2).resources.lut == 8 * 747
    assert lanes("lightnn2", "shift_add_spatial", 4, 16, 2).resources.lut == 8 * 1423
    # Two zero codes: 2 x (747 - 723) more.
    assert lanes("flightnn", "shift_add_spatial", 4, 16, 2).resources.lut == 8 * (1423 + 48)
    assert lanes("lightnn1", "shift_add_serial", 4, 16, 2).resources.dsp == 0


def test_lut_multipliers_take_the_decoded_weight():
    assert lanes("fixed8", "multiply_lut", 1, 16, 1).resources.lut == 2441
    assert lanes("fixed4", "multiply_lut", 1, 16, 1).resources.lut == 1103
    # lightnn1 reaches +128: 9 bits, a quarter of 2441 - 1103 more than 8 bits (rounded up).
    assert decoded_bits(SCHEMES["lightnn1"]) == 9
    assert lanes("lightnn1", "multiply_lut", 1, 16, 1).resources.lut == 2776
    assert decoded_bits(SCHEMES["lightnn2"]) == 10
    assert decoded_bits(SCHEMES["binary"]) == 2
    assert decoded_bits(SCHEMES["fixed8"]) == 8


@pytest.mark.parametrize(
    ("dsp_type", "weight_bits", "products"),
    [
        ("DSP48E1", 8, 1), ("DSP48E1", 4, 2), ("DSP48E2", 8, 2), ("DSP48E2", 9, 1),
        ("DSP58", 8, 3), ("DSP58", 10, 1), ("MULT18X18D", 8, 1), ("MAC16", 4, 1),
    ],
)  # fmt: skip
def test_products_on_a_dsp_block(dsp_type, weight_bits, products):
    assert packing(dsp_type, weight_bits).products == products
    assert packing(dsp_type, weight_bits).source.text


@pytest.mark.parametrize(
    ("scheme", "dsp_type", "shape", "blocks"),
    [
        ("fixed8", "DSP48E1", (8, 16, 2), 256),
        ("fixed8", "DSP48E2", (8, 16, 2), 128),  # the two pixels share the weight
        ("fixed8", "DSP48E2", (8, 16, 1), 64),  # pairs of rows share the activation
        ("fixed8", "DSP48E2", (7, 16, 1), 64),  # the seventh row is alone
        ("fixed8", "DSP48E2", (8, 16, 3), 192),  # 8 x 16 pixel pairs and 4 x 16 row pairs
        ("fixed4", "DSP48E1", (8, 16, 2), 128),
        ("fixed8", "DSP58", (8, 16, 1), 48),  # ceil(16 / 3) = 6 blocks a row
        ("lightnn2", "DSP48E2", (8, 16, 2), 256),  # 10-bit weights do not pack
    ],
)
def test_dsp_blocks_of_an_array(scheme, dsp_type, shape, blocks):
    assert lanes(scheme, "multiply_dsp", *shape, dsp_type).resources.dsp == blocks


def test_a_lane_against_potacc():
    # Routed by Vivado, whole designs of 256 lanes: (37133 - 25734) / 256 LUTs between a lane with
    # an 8 x 8 multiplier and one with a shift. Open synthesis of ours makes it 107 at width 16:
    # the gap between the tools is known, stated in `lane_costs`, and pinned here.
    routed = (37_133 - 25_734) / 256
    ours = (LANE_COSTS["multiply_8"][16].lut - LANE_COSTS["shift"][16].lut) / 16
    assert routed == pytest.approx(44.5, abs=0.05)
    assert ours == pytest.approx(107.4, abs=0.05)
    # What both agree on: a shift lane is far below a whole PoTAcc lane with all its control.
    assert LANE_COSTS["shift"][16].lut / 16 < 25_734 / 256


@settings(derandomize=True, deadline=None)
@given(
    st.sampled_from([
        ("flightnn", "shift_add_serial"), ("flightnn", "shift_add_spatial"),
        ("fixed8", "multiply_lut"), ("fixed8", "multiply_dsp"), ("binary", "xnor_popcount"),
    ]),
    st.integers(1, 64), st.integers(1, 128), st.integers(1, 8),
    st.sampled_from(["DSP48E1", "DSP48E2", "DSP58"]),
)  # fmt: skip
def test_more_lanes_never_cost_less(kind, rows, columns, pixels, dsp_type):
    def cost(r: int, c: int, p: int):
        return lanes(*kind, r, c, p, dsp_type).resources

    base = cost(rows, columns, pixels)
    for more in (cost(rows + 1, columns, pixels), cost(rows, columns + 1, pixels)):
        assert more.lut >= base.lut
        assert more.dsp >= base.dsp
    assert cost(rows, columns, pixels + 1).dsp >= base.dsp


def test_float32_is_labelled_recalled():
    assert float32_lane().source.certainty == "recalled"
