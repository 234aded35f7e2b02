"""Designs over and within a device's budget, and the advice."""

from dataclasses import replace

import pytest

from lightsim.errors import BudgetError
from lightsim.hardware.catalogue import board
from lightsim.hardware.device import Resources
from lightsim.tiled.description.accelerator import Array, Buffer, LaneGroup
from lightsim.tiled.estimation import check_budget, estimate, total
from lightsim.tiled.estimation.budget import largest_that_fits
from tests.tiled.estimation.designs import design


def test_a_design_that_fits_passes():
    acc = design()
    check_budget(acc, board("zc706"), estimate(acc))


def test_over_budget_says_by_how_much_and_what_fits():
    acc = replace(design(rows=64, columns=64, pixels=2), weight=Buffer(64 << 10, 2))
    zc706 = board("zc706")
    used = total(estimate(acc)).lut
    with pytest.raises(BudgetError) as caught:
        check_budget(acc, zc706, estimate(acc))
    array = largest_that_fits(acc, zc706)
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith(
        f"zc706-flightnn-shift_add_serial-64x64x2: needs {used} LUT, XC7Z045 on zc706 has 218600: "
        f"{used - 218600} too many"
    )
    assert str(caught.value).endswith(
        f"the largest array that fits has {array.rows} rows and {array.columns} columns"
    )
    check_budget(acc, zc706, estimate(replace(acc, array=array)))


def test_the_advice_is_the_most_lanes_that_fit():
    acc, zc706 = design(rows=48, columns=64, pixels=2), board("zc706")
    best = largest_that_fits(acc, zc706)
    for rows in (8, 16, 24, 32, 40, 48):
        for columns in (32, 64):
            other = replace(acc, array=Array((LaneGroup("shift_add_serial", rows),), columns, 2))
            if other.array.lanes > best.lanes:
                with pytest.raises(BudgetError):
                    check_budget(other, zc706, estimate(other))


def test_buffers_that_no_array_can_save():
    acc = replace(design("pynq-z2", columns=8), psum_bytes=8 << 20)
    with pytest.raises(
        BudgetError, match=r"no smaller array helps, for .* BRAM36 of 140: with smaller buff"
    ):
        check_budget(acc, board("pynq-z2"), estimate(acc))


def test_exactly_full_is_within_budget():
    acc, zc706 = design(), board("zc706")
    used = total(estimate(acc))
    exact = replace(zc706, device=replace(zc706.device, resources=used))
    check_budget(acc, exact, estimate(acc))
    less = Resources(used.lut, used.ff, used.dsp, used.bram36 - 1, used.uram)
    short = replace(zc706, device=replace(zc706.device, resources=less))
    with pytest.raises(BudgetError, match=f"needs {used.bram36} BRAM36, .*: 1 too many;"):
        check_budget(acc, short, estimate(acc))
