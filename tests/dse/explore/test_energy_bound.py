"""What designs spend at least, by the tilings that their own buffers hold."""

from __future__ import annotations

import numpy as np

from dse.design.builder import Builder, Design
from dse.evaluation.evaluate import Evaluator, Outcome, workload_of
from dse.limits.bounds import Bounds
from dse.search.explore import explore
from dse.space.points import Space
from tests.dse.explore.spaces import small_study


def test_no_design_spends_less_than_a_closer_look_says():
    study = small_study(objectives={"energy": "minimise"})
    space, builder = Space(study.axes), Builder(study.board, study.resource_limits())
    workloads = {"digits-small": {"flightnn": workload_of("digits-small", "flightnn", 0)}}
    bounds = Bounds(space, builder, workloads, asked=True)
    evaluator, raised = Evaluator(study.shares, 0), 0
    for number in range(0, space.size, 3):
        built = builder.build(space.point(number))
        outcome = evaluator.run(built) if isinstance(built, Design) else None
        if not isinstance(outcome, Outcome) or outcome.energy_j is None:
            continue
        core = np.array([number // space.variants])
        plain, closer = bounds.spending(core), bounds.spending(core, bounds.tilings_bound(number))
        assert plain.joules[0, 0] <= closer.joules[0, 0] <= outcome.energy_j[0]
        assert plain.dram_bytes[0, 0] <= closer.dram_bytes[0, 0] <= outcome.dram_bytes[0]
        raised += closer.joules[0, 0] > plain.joules[0, 0]
    assert raised > 5


def test_the_least_energy_is_proven_after_few_designs():
    """Without the traffic of small buffers every design with the best array had the same bound."""
    found = explore(small_study(objectives={"energy": "minimise"}, search={"trials": 100_000}))
    assert found.exhaustive and found.gap == 0
    assert found.evaluations <= found.designs // 3
