"""The limit of all tilings on random machines and networks: never above what the timeline finds."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.optimum import network_limit, pass_tilings
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.test_properties import random_case


def check(seed, scheme) -> tuple[int, int, int]:
    """The limit against a random mapping and against the usual one; the closed form beside it."""
    case = random_case(seed, scheme)
    images = case.program.images
    passes = pass_tilings(case.workload, case.accelerator, images)
    limit = network_limit(passes, case.accelerator, images)
    assert limit is not None
    usual = map_workload(case.workload, case.accelerator, images=images)
    least = min(run([case.program]).cycles, run([usual]).cycles)
    assert limit <= least
    machine = Axes.of([case.accelerator], images)
    closed = int(NetworkBound(case.workload, case.accelerator).cycles(machine)[0])
    return closed, limit, least


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("block", range(4))
def test_no_mapping_is_quicker_than_the_limit(scheme, block):
    found = [check(seed, scheme) for seed in range(10_000 + 10 * block, 10_010 + 10 * block)]
    # It knows every tiling, and closes on most machines more than the form that knows none.
    assert sum(limit > closed for closed, limit, _ in found) > len(found) / 2


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_mapping_is_quicker_than_the_limit_among_thousands(scheme):
    for seed in range(20_000, 20_500):
        check(seed, scheme)
