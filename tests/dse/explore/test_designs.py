"""Designs: numbered, built, added up and bounded; each against the rooms that own the figures."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dse.evaluation.workloads import workload_of
from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.space.points import Space
from dse.study.study import new_study
from dse.tiled.design.builder import Builder
from dse.tiled.design.costs import together
from dse.tiled.design.growing import Growing
from dse.tiled.evaluation.evaluate import Evaluator
from dse.tiled.limits.bounds import Bounds
from dse.tiled.limits.smallest import held_bytes
from dse.tiled.space.lanes import lane_mix
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.device import Resources
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.estimation import default_accelerator, estimate, total
from lightsim.tiled.estimation.sizing import grown, least_design
from tests.dse.explore.spaces import small_study

AXES = {
    "scheme": ["flightnn", "fixed4", "binary"],
    "lanes": ["multiply_lut", "multiply_dsp", "multiply_lut*2 + multiply_dsp"],
    "rows": [4, 8, 24, 64],
    "columns": [4, 8, 16, 64],
    "pixels": [1, 2, 3],
    "post_lanes": ["auto", 4],
    "ports": [1, 2, 4],
    "port_bits": ["auto", 64],
    "clock": ["auto", "100 MHz"],
    "batch": [1, 2],
    "input_bytes": ["auto", "4 KiB", "64 words"],
    "weight_bytes": ["auto", "600 words"],
    "residual_bytes": ["auto", "2 KiB"],
    "output_bytes": ["auto", "4 KiB"],
    "psum_bytes": ["auto", 0, "100 words"],
    "input_banks": [1, 2],
    "weight_banks": [1, 2],
}
MANY = small_study(axes=AXES)
SPACE = MANY.space
BUILDER = Builder(MANY.board, MANY.resource_limits())
NUMBERS = st.integers(0, SPACE.size - 1)


@given(NUMBERS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_points_are_numbered_one_to_one(number: int):
    assert SPACE.number(SPACE.point(number)) == number
    at = SPACE.places(np.array([number]), SPACE.names)
    point = SPACE.point(number)
    assert {name: SPACE.axes[name][int(at[name][0])] for name in SPACE.names} == point


@given(NUMBERS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_a_design_takes_what_the_estimate_says(number: int):
    built = BUILDER.build(SPACE.point(number))
    if not isinstance(built, Design):
        return
    whole = total(estimate(built.accelerator, MANY.board.device))
    assert built.resources == whole
    assert all(a <= b for a, b in zip(whole.values(), BUILDER.limits.values(), strict=True))


@pytest.mark.parametrize("board", ["zc706", "zcu104", "ulx3s"])
def test_parts_add_up_on_every_kind_of_device(board: str):
    study = new_study("digits", board)
    builder = Builder(study.board, study.resource_limits())
    for scheme in SCHEMES.values():
        acc = default_accelerator(study.board, scheme)
        family = builder.costs.without_buffers(acc)
        used = together(family, *builder.costs.buffers(acc).values())
        assert used == total(estimate(acc, study.board.device))


@pytest.mark.parametrize("board", ["zc706", "ultra96", "zcu104"])
def test_automatic_memories_grow_as_those_of_default_designs(board: str):
    device = BOARDS[board].device
    study = new_study("digits", board)
    builder = Builder(study.board, Resources(*(int(0.8 * n) for n in device.resources.values())))
    point = study.space.point(0) | {"rows": 8, "columns": 16, "pixels": 2, "ports": 4}
    built = builder.build(point)
    assert isinstance(built, Design)
    least = least_design(study.board, SCHEMES["flightnn"], built.accelerator.array)
    wanted = grown(least, device, 0.8)
    for name in ("input", "weight", "residual", "output", "psum_bytes"):
        assert getattr(built.accelerator, name) == getattr(wanted, name), name


def _bounds(study, space: Space) -> Bounds:
    workloads = {
        share.network: {str(s): workload_of(share.network, str(s), 0) for s in study.axes["scheme"]}
        for share in study.shares
    }
    return Bounds(space, Builder(study.board, study.resource_limits()), workloads)


def test_bounds_hold_for_every_design_of_a_space():
    study = small_study()
    space = study.space
    bounds = _bounds(study, space)
    evaluator = Evaluator(study.shares, 0)
    family_cycles, family_used = bounds.families()
    run = 0
    for family in range(space.families):
        listed = bounds.listed(family)
        assert (family_cycles[family] <= listed.cycles).all()
        assert (family_used[family] <= listed.used).all()
        together = bounds.closer_of_family(family)
        rows = zip(listed.numbers.tolist(), listed.cycles, listed.used, strict=True)
        for number, least, taken in rows:
            built = bounds.builder.build(space.point(number))
            if not isinstance(built, Design):
                continue
            assert built.resources.values() == tuple(taken.tolist())
            outcome = evaluator.run(built)
            if isinstance(outcome, Outcome):
                assert least[0] <= outcome.cycles[0]
                closer = bounds.closer(number)
                assert closer is not None and closer.cycles[0] <= outcome.cycles[0]
                assert together is not None and together.cycles[0] <= closer.cycles[0]
                run += 1
    assert run > 50


@given(st.integers(0, SPACE.families - 1))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_a_family_is_never_worse_than_its_designs(family: int):
    bounds = many_bounds()
    cycles, used = many_families()
    listed = bounds.listed(family)
    assert (cycles[family] <= listed.cycles).all()
    assert (used[family] <= listed.used).all()
    taken = dict(zip(listed.numbers.tolist(), listed.used.tolist(), strict=True))
    for number in range(family * SPACE.variants, (family + 1) * SPACE.variants, 37):
        built = bounds.builder.build(SPACE.point(number))
        assert isinstance(built, Design) == (number in taken)
        if isinstance(built, Design):
            assert built.resources.values() == tuple(taken[number])


@pytest.mark.parametrize("board", ["zc706", "zcu104", "ulx3s"])
def test_memories_that_grow_are_those_of_the_builder(board: str):
    """The tables of `growing` against one accelerator after another, with UltraRAM too."""
    study = small_study(
        board=board,
        axes={
            "rows": [8, 24, 64], "columns": [8, 32], "pixels": [1, 3], "ports": [1],
            "weight_bytes": ["64 words", "auto"], "input_bytes": ["auto"], "output_banks": [1, 2],
            "residual_bytes": ["2 KiB", "auto"], "psum_bytes": [0, "auto"],
        },
    )  # fmt: skip
    space = study.space
    bounds = _bounds(study, space)
    least = bounds.families()[1]
    grown, fitting = Growing(bounds.arrays, bounds.builder), 0
    used, some = grown.least(np.arange(space.families))
    for family in range(0, space.families, 5):
        sizes = grown.of(np.array([family]))
        for variant in range(0, space.variants, 3):
            built = bounds.builder.build(space.point(family * space.variants + variant))
            assert isinstance(built, Design) == bool(sizes.fits[0, variant])
            if isinstance(built, Design):
                assert held_bytes(built.accelerator).tolist() == sizes.sizes[0, variant].tolist()
                assert built.resources.values() == tuple(sizes.used[0, variant].tolist())
                assert some[family] and (used[family] <= sizes.used[0, variant]).all()
                assert (least[family] <= sizes.used[0, variant]).all()
                fitting += 1
    assert fitting > 5


@functools.cache
def many_bounds() -> Bounds:
    return _bounds(MANY, SPACE)


@functools.cache
def many_families():
    return many_bounds().families()


def test_a_mix_of_kinds_divides_the_rows():
    groups = lane_mix("shift_add_serial*3 + multiply_dsp").groups(10)
    assert [(g.pe, g.rows) for g in groups] == [("shift_add_serial", 8), ("multiply_dsp", 2)]
    assert [g.rows for g in lane_mix("shift_add_serial*7+multiply_dsp").groups(4)] == [4]


def test_designs_that_share_are_run_as_if_alone():
    """Tilings and cycles out of what designs have in common are those of each by itself."""
    together = Evaluator(MANY.shares, 0)
    rng = np.random.default_rng(1)
    families = rng.integers(0, SPACE.families, 40)
    run = 0
    for family in families.tolist():
        for variant in rng.integers(0, SPACE.variants, 6).tolist():
            built = BUILDER.build(SPACE.point(family * SPACE.variants + variant))
            if isinstance(built, Design):
                found = together.run(built)
                assert found == Evaluator(MANY.shares, 0).run(built)
                closer = many_bounds().closer(family * SPACE.variants + variant)
                assert closer is not None
                assert not isinstance(found, Outcome) or (closer.cycles <= found.cycles).all()
                run += isinstance(found, Outcome)
    assert run > 40


def test_the_least_buffers_of_a_family_follow_the_output():
    """An automatic residual buffer takes as little as the smallest output buffer lets it."""
    axes = {
        "residual_bytes": ["auto", "16 KiB"],
        "output_bytes": ["8 KiB", "2 KiB"],
        "output_banks": [2, 1],
    }
    study = small_study(axes=axes)
    space = study.space
    bounds = _bounds(study, space)
    _, family_used = bounds.families()
    for family in range(space.families):
        assert (family_used[family] <= bounds.listed(family).used).all()
