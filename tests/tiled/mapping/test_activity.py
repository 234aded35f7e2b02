"""Activity against a walk over tiles, pixel groups, rows and positions, as docs/model.md has it."""

from __future__ import annotations

from collections import Counter

import pytest

import lightsim
from lightsim.flow.experiment import Experiment, prepare, silent
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.model import run as run_timeline
from tests.tiled.mapping.walked import walked
from tests.tiled.simulation.cases import random_case


def counted(timings):
    """The events of every pass as a model of the machine counts them, but for memory's."""
    rows = []
    for timing in timings:
        events = Counter(timing.events)
        del events["dram_byte"]
        rows.append(+events)
    return rows


@pytest.mark.parametrize("seed", range(3000, 3020))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_event_of_random_machines(scheme, seed):
    case = random_case(seed, scheme)
    found = counted(run_timeline([case.program]).layers)
    assert found == walked(case.program)


@pytest.mark.parametrize("scheme", ["flightnn", "fixed4", "binary"])
def test_the_simulation_counts_what_the_timeline_counts(scheme):
    case = random_case(77, scheme)
    simulated = simulate([case.program], case.batches[:1]).layers
    timed = run_timeline([case.program]).layers
    assert [layer.events for layer in simulated] == [layer.events for layer in timed]


def test_the_smallest_network_by_hand():
    """digits-small under lightnn2 on zc706: 16 rows, 16 columns, 7 pixels, two passes a weight.

    Additions: conv1 8 filters x 64 positions x 3 taps (unfolded) x 2, conv2 6 x 16 x 9 x 2, dense
    10 x 1 x 4 x 2. The last layer is raw: 8 x 64 + 6 x 16 values are requantised, and as many
    pooled.
    """
    ready = prepare(Experiment("digits-small", scheme="lightnn2", engine="timeline"), silent)
    total = sum(counted(run_timeline(ready.mapped.programs).layers), Counter())
    assert ready.accelerator.array.pixels > 1
    assert total["accumulate"] == 3072 + 1728 + 80 == 4880
    assert total["requantise"] == total["pool_op"] == 512 + 96


def test_thresholds_are_not_requantised():
    report = lightsim.run("digits-small", scheme="binary", engine="timeline")
    assert "requantise" not in report.energy_by_event_j
    assert report.energy_by_event_j["pool_op"] > 0
