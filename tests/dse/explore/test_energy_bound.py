"""What designs spend at least, by the tilings that their own buffers hold."""

from __future__ import annotations

import numpy as np

from dse.evaluation.workloads import workload_of
from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.search.explore import explore
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from dse.tiled.limits.bounds import Bounds
from tests.dse.explore.spaces import small_study


def test_no_design_spends_less_than_a_closer_look_says():
    study = small_study(objectives={"energy": "minimise"})
    space, builder = study.space, Builder(study.board, study.resource_limits())
    workloads = {"digits-small": {"flightnn": workload_of("digits-small", "flightnn", 0)}}
    bounds = Bounds(space, builder, workloads, asked=True)
    evaluator, raised = Evaluator(study.shares, 0), 0
    for number in range(0, space.size, 3):
        built = builder.build(space.point(number))
        outcome = evaluator.run(built) if isinstance(built, Design) else None
        if not isinstance(outcome, Outcome) or outcome.energy_j is None:
            continue
        family = np.array([number // space.variants])
        plain, closer = (
            bounds.spending(family),
            bounds.spending(family, bounds.closer(number)),
        )
        assert plain.joules[0, 0] <= closer.joules[0, 0] <= outcome.energy_j[0]
        assert plain.dram_bytes[0, 0] <= closer.dram_bytes[0, 0] <= outcome.dram_bytes[0]
        raised += closer.joules[0, 0] > plain.joules[0, 0]
    assert raised > 5


def test_the_least_energy_is_proven_after_few_designs():
    """Without the traffic of small buffers every design with the best array had the same bound."""
    found = explore(small_study(objectives={"energy": "minimise"}, search={"trials": 100_000}))
    assert found.exhaustive and found.gap == 0
    assert found.evaluations <= found.designs // 3
