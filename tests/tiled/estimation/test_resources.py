"""A whole design's parts: sources, growth, and the rules that depend on the device."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.hardware.catalogue import BOARDS, board, device
from lightsim.hardware.device import IdealMemory
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Array, Buffer, LaneGroup, PostProcessing
from lightsim.tiled.estimation import estimate, total
from lightsim.tiled.estimation.design import design_parts
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.estimation.sizing import least_design
from tests.tiled.estimation.designs import design


def part(parts, name):
    return next(p for p in parts if p.name == name)


@pytest.mark.parametrize("name", BOARDS)
def test_every_part_has_a_source_and_a_cost(name):
    parts = estimate(design(name))
    assert len({p.name for p in parts}) == len(parts)
    for each in parts:
        assert each.source.text
        assert min(each.resources.values()) >= 0
    assert total(parts).lut > 0


def test_buffer_words_and_blocks_worked_out():
    acc = design()
    c = constants_of(acc)
    # 32 columns of 8 bits fill a port word of 256 bits, 512 of them a bank of 16 KiB.
    assert (c["INPUT_MEMORIES"], c["INPUT_DEPTH"], c["PIXELS"]) == (1, 512, 2)
    # 16 x 32 codes of one 4-bit term: eight port words side by side.
    assert (c["WORD_BITS"], c["WEIGHT_MEMORIES"], c["WEIGHT_DEPTH"]) == (2048, 8, 512)
    assert (c["PSUM_DEPTH"], c["SUM_BITS"]) == (512, 32)
    parts = estimate(acc)
    # Two banks in one memory of 1024 x 256: ceil(256 / 18) = 15 halves, one for each pixel.
    assert part(parts, "buffer: input").resources.bram36 == 15
    # Eight such memories.
    assert part(parts, "buffer: weight").resources.bram36 == 60
    # 16 rows x 2 pixels x 32 bits, 512 words: ceil(1024 / 36) = 29 halves; a half was open before.
    assert part(parts, "buffer: partial sums").resources.bram36 in (14, 15)


def test_spatial_lanes_read_whole_weights():
    assert constants_of(design(pe="shift_add_spatial"))["WORD_BITS"] == 16 * 32 * 8


def test_a_lane_with_a_multiplier_in_post_processing():
    acc = design()
    # 32 x 16 on two DSP blocks, and two of 9 x 16 for the residual; the drain has one.
    assert part(estimate(acc), "post-processing").resources.dsp == 4 * acc.post.lanes
    shifting = replace(acc, post=replace(acc.post, requantise="shift"))
    assert total(estimate(shifting)).dsp == 2 * acc.post.lanes + 1


@pytest.mark.parametrize("scheme", ["flightnn", "binary"])
@pytest.mark.parametrize("port_bits", [32, 64, 128, 256, 512])
def test_every_number_of_post_processing_lanes_has_a_cost(scheme, port_bits):
    # Rows of the output buffer hold 32 bits of every lane: up to 64 port words here.
    pe = "xnor_popcount" if scheme == "binary" else "shift_add_serial"
    array = Array((LaneGroup(pe, 8),), 8, 1)
    made = replace(least_design(board("ultra96"), SCHEMES[scheme], array), port_bits=port_bits)
    used = [
        total(estimate(replace(made, post=PostProcessing(lanes)), board("ultra96").device)).lut
        for lanes in (1, 2, 4, 8, 16, 32, 64)
    ]
    assert used == sorted(used)


def test_what_a_network_does_not_need_is_not_built():
    constants = constants_of(design())
    without = design_parts(constants | {"ELEMENTWISE": 0, "TURN_STEP": constants["LANES"]})
    names = [p.name for p in without]
    assert "pooling and addition" not in names
    assert total(without).lut < total(design_parts(constants)).lut


@pytest.mark.parametrize(
    ("name", "in_fabric"),
    [("zc706", True), ("pynq-z2", False), ("zedboard", False), ("vc707", True), ("ultra96", False),
     ("zcu102", False), ("u250", True), ("u280", True), ("vck190", False), ("ulx3s", True)],
)  # fmt: skip
def test_only_a_memory_on_fabric_pins_costs_a_controller(name, in_fabric):
    names = [p.name for p in estimate(design(name))]
    assert ("memory controller" in names) == in_fabric
    ideal = replace(design(name), memory=IdealMemory(10, 8))
    assert "memory controller" not in [p.name for p in estimate(ideal)]


def test_a_device_given_is_the_device_used():
    acc = design("zcu104", "fixed8", "multiply_dsp")
    acc = replace(acc, weight=Buffer(1 << 20, 2))
    assert total(estimate(acc)).uram > 0
    assert total(estimate(acc, device("XC7Z045"))).uram == 0
    assert total(estimate(replace(acc, board=None))).uram == 0


def test_a_device_whose_blocks_hold_no_pair_needs_a_block_a_product():
    acc = design("zc706", "fixed4", "multiply_dsp", 8, 32, 3)
    assert acc.products_per_dsp == 2
    name = "lanes: 8 rows of multiply_dsp"
    assert part(estimate(acc), name).resources.dsp == 8 * 32 * 2
    for built, where in ((acc, device("LFE5U-85F")), (replace(acc, products_per_dsp=1), None)):
        assert part(estimate(built, where), name).resources.dsp == 8 * 32 * 3


def test_lane_groups_side_by_side():
    groups = (LaneGroup("shift_add_serial", 8), LaneGroup("multiply_dsp", 8))
    acc = least_design(board("zc706"), SCHEMES["flightnn"], Array(groups, 32, 2))
    parts = estimate(acc)
    assert part(parts, "lanes: 8 rows of shift_add_serial").resources.dsp == 0
    assert part(parts, "lanes: 8 rows of multiply_dsp").resources.dsp == 8 * 32 * 2
    # 8 rows read a 4-bit term, 8 rows the 8-bit weight.
    assert constants_of(acc)["WORD_BITS"] == 32 * (8 * 4 + 8 * 8)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(4, 64), st.sampled_from([8, 16, 32, 64]), st.integers(1, 6))
def test_a_larger_array_never_costs_less(rows, columns, pixels):
    def lut(r, c, p):
        return total(estimate(design(rows=r, columns=c, pixels=p))).lut

    assert lut(rows + 1, columns, pixels) > lut(rows, columns, pixels)
    assert lut(rows, 2 * columns, pixels) > lut(rows, columns, pixels)
    assert lut(rows, columns, pixels + 1) > lut(rows, columns, pixels)
