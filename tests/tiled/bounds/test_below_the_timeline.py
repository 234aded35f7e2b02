"""The bound on random machines, networks and mappings: never above what the timeline finds."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.test_properties import random_case


def check(seed, scheme):
    """The network's cycles, and those of each pass, against their bounds."""
    case = random_case(seed, scheme)
    found = run([case.program])
    bound = NetworkBound(case.workload, case.accelerator)
    machine = Axes.of([case.accelerator], case.program.images)
    assert bound.cycles(machine)[0] <= found.cycles
    passes = bound.pass_cycles(machine)[:, 0]
    assert bound.passes == tuple(layer.name for layer in found.layers)
    took = np.array([layer.end - layer.start for layer in found.layers])
    assert (passes <= took).all(), dict(
        zip(bound.passes, zip(passes, took, strict=True), strict=True)
    )


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("block", range(8))
def test_no_mapping_is_quicker_than_the_bound(scheme, block):
    for seed in range(10_000 + 10 * block, 10_010 + 10 * block):
        check(seed, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_mapping_is_quicker_than_the_bound_among_thousands(scheme):
    for seed in range(20_000, 22_000):
        check(seed, scheme)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_more_of_what_only_helps_never_costs_more(scheme):
    """Memory, post-processing lanes, requests under way, shorter pipelines: the explorer takes a
    design with more of them for one that is at least as quick."""
    more = (
        "post_lanes", "input_bytes", "weight_bytes", "residual_bytes", "output_bytes",
        "psum_bytes", "outstanding",
    )  # fmt: skip
    for seed in range(40):
        dice = Random(seed)
        case = random_case(seed + 500, scheme)
        bound = NetworkBound(case.workload, case.accelerator)
        machine = Axes.of([case.accelerator])
        changed = {"latency": dice.randint(0, int(machine.latency[0]))}
        for name in more:
            value = int(getattr(machine, name)[0])
            if dice.random() < 0.5:
                changed[name] = value + dice.randint(0, 2 * value)
        assert bound.cycles(machine.vary(**changed))[0] <= bound.cycles(machine)[0], changed


@pytest.mark.parametrize("block", range(4))
def test_fewer_terms_never_cost_more(block):
    for seed in range(700 + 20 * block, 720 + 20 * block):
        dice = np.random.default_rng(seed)
        case = random_case(seed, "flightnn")
        bound = NetworkBound(case.workload, case.accelerator)
        machine = Axes.of([case.accelerator], case.program.images)
        kept = dice.integers(0, bound.filters + 1)
        two = dice.integers(0, kept + 1)
        more_kept = dice.integers(kept, bound.filters + 1)
        more_two = np.minimum(dice.integers(two, bound.filters + 1), more_kept)
        low = np.stack((kept - two, two), axis=1).astype(np.float64)
        high = np.stack((more_kept - more_two, more_two), axis=1).astype(np.float64)
        assert bound.cycles(machine, low)[0] <= bound.cycles(machine, high)[0]
        assert (bound.pass_cycles(machine, low) <= bound.pass_cycles(machine, high)).all()
