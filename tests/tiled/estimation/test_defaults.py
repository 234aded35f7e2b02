"""Every board has a default design for every scheme, and it is legal, practical and fits."""

import pytest

from lightsim.errors import BudgetError, InputError
from lightsim.hardware.catalogue import BOARDS, board
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.description.validation import validate_accelerator
from lightsim.tiled.estimation import (
    check_budget,
    default_accelerator,
    estimate,
    largest_array,
    total,
)
from lightsim.tiled.estimation.arrays import array_shapes, effective_lanes
from lightsim.tiled.estimation.sizing import least_design, within

PAIRS = [(b, s) for b in BOARDS.values() for s in SCHEMES.values()]


@pytest.mark.parametrize(("where", "scheme"), PAIRS, ids=lambda row: row.name)
def test_contract(where, scheme):
    acc = default_accelerator(where, scheme)
    validate_accelerator(acc)
    check_budget(acc, where, estimate(acc))
    used, available = total(estimate(acc)), where.device.resources
    for need, limit in zip(used.values(), available.values(), strict=True):
        assert need <= 0.8 * limit
    assert acc.clock_hz == where.clock_hz
    assert acc.memory == where.memory
    assert len(acc.ports) == where.port_count
    assert acc.array.groups[0].pe == scheme.usual_pe
    # Practical for a 3x3 kernel: two terms a weight over four groups of input channels.
    code_bits = PE_KINDS[acc.array.groups[0].pe].code_bits(scheme)
    step_bytes = acc.array.rows * acc.array.columns * code_bits / 8
    assert acc.weight.bytes_per_bank >= 9 * 4 * 2 * step_bytes
    assert acc.input.bytes_per_bank >= 16 * 1024
    assert acc.output.bytes_per_bank >= 8 * 1024
    assert acc.psum_bytes >= 256 * acc.array.rows * acc.array.pixels * acc.accumulator.bits // 8


def test_zc706_is_generous():
    acc = default_accelerator(board("zc706"), SCHEMES["flightnn"])
    assert acc.array.lanes == 2048
    assert acc.weight.bytes_per_bank >= 128 * 1024
    assert acc.input.bytes_per_bank >= 32 * 1024
    assert acc.psum_bytes >= 64 * 1024


@pytest.mark.parametrize(
    "pe", ["shift_add_serial", "shift_add_spatial", "multiply_lut", "multiply_dsp"]
)
def test_no_more_useful_array_fits(pe):
    zc706, scheme = board("zc706"), SCHEMES["flightnn"]
    chosen = largest_array(zc706, scheme, pe)
    shapes = array_shapes(32)
    ahead = shapes[: shapes.index((chosen.rows, chosen.columns, chosen.pixels))]
    for rows, columns, pixels in ahead[-200:]:
        array = Array((LaneGroup(pe, rows),), columns, pixels)
        assert not within(least_design(zc706, scheme, array), zc706.device, 0.8)


@pytest.mark.parametrize("scheme", ["fixed4", "fixed8"])
def test_pairs_of_products_double_the_lanes(scheme):
    # 80 % of 900 DSP blocks, less those of post-processing: 640 of them are lanes.
    zc706 = board("zc706")
    acc = default_accelerator(zc706, SCHEMES[scheme])
    assert (acc.array.lanes, acc.products_per_dsp) == (1280, 2)
    blocks = next(p for p in estimate(acc) if p.name.startswith("lanes: ")).resources.dsp
    assert blocks == 640
    # No pair of two-term weights is built.
    assert default_accelerator(zc706, SCHEMES["flightnn"], pe="multiply_dsp").array.lanes <= 720


def test_serial_lanes_are_more_than_spatial_ones():
    zc706, scheme = board("zc706"), SCHEMES["lightnn2"]
    serial = largest_array(zc706, scheme, "shift_add_serial")
    spatial = largest_array(zc706, scheme, "shift_add_spatial")
    assert serial.lanes > 1.5 * spatial.lanes


def test_a_smaller_share_gives_a_smaller_array():
    lanes = [
        largest_array(board("zc706"), SCHEMES["flightnn"], "shift_add_serial", utilisation=u).lanes
        for u in (0.3, 0.5, 0.8)
    ]
    assert lanes == sorted(lanes)
    assert lanes[0] < lanes[2]


def test_what_useful_means():
    # 40 rows do 64 filters in two rounds of 80, 128 in four of 160, 256 in seven of 280,
    # 512 in 13 of 520: (64/80 + 128/160 + 256/280 + 512/520) / 4.
    filled = (64 / 80 + 128 / 160 + 256 / 280 + 512 / 520) / 4
    assert effective_lanes(40, 16, 1) == pytest.approx(640 * filled)
    assert effective_lanes(64, 64, 1) == 4096


def test_nothing_fits_in_nothing():
    with pytest.raises(BudgetError, match="pynq-z2: not even one lane of shift_add_serial fits 1%"):
        largest_array(board("pynq-z2"), SCHEMES["flightnn"], "shift_add_serial", utilisation=0.01)


def test_unknown_pe():
    with pytest.raises(InputError, match="did you mean 'multiply_dsp'"):
        default_accelerator(board("zc706"), SCHEMES["fixed8"], pe="multiply_dps")
