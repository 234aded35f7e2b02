"""The exact choice against every legal tiling of small passes on random machines."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.optimum import choose_exact
from tests.tiled.optimum.every import clock, count, every_tiling, limits
from tests.tiled.simulation.test_properties import random_case

MOST = 1500  # tilings to try of one pass


def signature(schedule):
    """What the machine sees of a schedule: its tiles in order, without numbers and names."""
    return tuple(
        (t.computed, t.read, t.first, t.last, t.load_input, t.load_weight) for t in schedule.tiles
    )


def check(seed, scheme):
    """Passes of a random network on a random machine: how many were compared."""
    case = random_case(seed, scheme)
    accelerator, images, compared = case.accelerator, case.program.images, 0
    for layer in case.program.plan.layers:
        if count(layer, accelerator, images) > MOST:
            continue
        bounded = limits(layer, accelerator, images)
        timer = clock(case.program.plan, layer, accelerator, images)
        seen, timed = {}, {}
        for tiling, schedule in every_tiling(layer, accelerator, images):
            key = signature(schedule)
            if key not in seen:
                seen[key] = timer.cycles(tiling)
            timed[tiling] = seen[key]
            if tiling in bounded:
                assert bounded[tiling] <= timed[tiling] + 1e-6, tiling
        # What is not bounded repeats the order of one that is; nothing else is left out.
        assert set(bounded) <= set(timed)
        assert {signature_of(t, layer, accelerator, images) for t in bounded} == set(seen)
        chosen = choose_exact(case.program.plan, layer, accelerator, images)
        assert chosen.cycles == chosen.bound == min(timed.values())
        assert timed[chosen.tiling] == chosen.cycles
        compared += 1
    return compared


def signature_of(tiling, layer, accelerator, images):
    return signature(check_tiling(layer, accelerator, tiling, images))


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_choice_is_the_best_of_all_legal_tilings(scheme):
    assert sum(check(seed, scheme) for seed in range(300, 304)) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_choice_is_the_best_of_all_legal_tilings_on_many_machines(scheme):
    assert sum(check(seed, scheme) for seed in range(400, 460)) >= 50
