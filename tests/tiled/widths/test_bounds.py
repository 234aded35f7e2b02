"""Activations of any width: bounds below what the timeline finds, the exact choice the best."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.optimum import choose_exact
from lightsim.tiled.timeline.model import run
from tests.tiled.optimum.every import clock, count, every_tiling
from tests.tiled.widths.nets import narrow_case

MOST = 300  # tilings to try of one pass


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_mapping_is_quicker_or_does_less_than_the_bound(scheme):
    for seed in range(100, 120):
        case = narrow_case(seed, scheme)
        found = run([case.program])
        bound = NetworkBound(case.workload, case.accelerator)
        machine = Axes.of([case.accelerator], case.program.images)
        assert bound.cycles(machine)[0] <= found.cycles
        took = np.array([layer.end - layer.start for layer in found.layers])
        assert (bound.pass_cycles(machine)[:, 0] <= took).all()
        counted: dict[str, int] = {}
        for layer in found.layers:
            for name, number in layer.events.items():
                counted[name] = counted.get(name, 0) + number
        for name, least in bound.activity(machine).events.items():
            assert least[0] <= counted.get(name, 0), (seed, name)
        inputs = [q.inputs[0].bits for q in case.workload.layers if q.weights is not None]
        assert bound.least_activation_bits == min(inputs)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_exact_choice_is_the_best_of_all_legal_tilings(scheme):
    compared = 0
    for seed in range(200, 206):
        case = narrow_case(seed, scheme)
        accelerator, images = case.accelerator, case.program.images
        for layer in case.program.plan.layers:
            if count(layer, accelerator, images) > MOST:
                continue
            timer = clock(case.program.plan, layer, accelerator, images)
            timed = {t: timer.cycles(t) for t, _ in every_tiling(layer, accelerator, images)}
            chosen = choose_exact(case.program.plan, layer, accelerator, images)
            assert chosen.cycles == chosen.bound == min(timed.values())
            compared += 1
    assert compared >= 4


def test_narrower_activations_never_cost_more_energy_of_products():
    """A product of b bits spends b / 8 of that of a byte."""
    from tests.tiled.widths.test_models import mapped

    events = {}
    for bits in (2, 4, 8):
        program = mapped(bits, (2, 4, 8))
        events[bits] = run([program]).layers[0].events
    assert events[8]["multiply_4"] == 2 * events[4]["multiply_4"] == 4 * events[2]["multiply_4"]
    assert events[8]["input_buffer_byte"] == 4 * events[2]["input_buffer_byte"]
