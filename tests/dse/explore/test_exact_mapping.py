"""Studies with the exact mapping: equal to mapping every design so, and the file reproduces it."""

from __future__ import annotations

import pytest

from dse.evaluation.workloads import workload_of
from dse.free_k.problem import free_k_of
from dse.machine.design import Design
from dse.reports.directory import BEST, BEST_K, BEST_MAPPING, write_results
from dse.search.explore import explore
from dse.space.k_digits import k_of
from dse.tiled.design.builder import Builder
from lightsim.flow.run import Experiment, run
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.optimum import exact_tilings
from lightsim.tiled.timeline.model import run as run_timeline
from tests.dse.explore.spaces import small_study

# Where designs are mapped worse than they could be by default.
AXES = {
    "lanes": ["shift_add_serial"], "columns": [8, 16], "rows": [8, 16],
    "weight_bytes": ["512 words"],
}  # fmt: skip


def quickest(workload, accelerator) -> int:
    """The better of the usual and the exact mapping."""
    found = exact_tilings(workload, accelerator)
    tilings = {name: choice.tiling for name, choice in found.items()}
    exact = map_workload(workload, accelerator, tilings=tilings)
    usual = map_workload(workload, accelerator)
    return min(run_timeline([program]).cycles for program in (exact, usual))


@pytest.mark.parametrize("network", ["digits-small", "digits"])
def test_the_answer_is_that_of_mapping_every_design_exactly(network, tmp_path):
    search = {"trials": 100_000, "mapping": "exact"}
    study = small_study(network=[{"name": network}], axes=AXES, search=search)
    found = explore(study)
    space, builder = study.space, Builder(study.board, study.resource_limits())
    built = [builder.build(space.point(number)) for number in range(space.size)]
    workload = workload_of(network, "flightnn", 0)
    cycles = [quickest(workload, d.accelerator) for d in built if isinstance(d, Design)]
    best = found.front[0]
    assert best.cycles[network] == min(cycles)
    assert found.gap == 0 and found.exhaustive
    usual = explore(small_study(network=[{"name": network}], axes=AXES, search={"trials": 100_000}))
    assert best.cycles[network] <= usual.front[0].cycles[network]
    write_results(found, tmp_path)
    mapping = str(tmp_path / BEST_MAPPING) if best.mappings else None
    report = run(
        Experiment(network, accelerator=str(tmp_path / BEST), tilings=mapping, tracing=False)
    )
    assert report.cycles == best.cycles[network] and report.bit_exact
    write_results(usual, tmp_path)
    assert not (tmp_path / BEST_MAPPING).exists()


def test_the_limit_of_a_search_that_ends_early_covers_designs_left_to_their_usual_mapping():
    whole = explore(small_study(axes=AXES, search={"trials": 100_000, "mapping": "exact"}))
    early = explore(small_study(axes=AXES, search={"trials": 8, "mapping": "exact"}))
    assert early.limit is not None and whole.limit is not None
    assert early.limit >= whole.limit


def test_free_k_is_mapped_exactly_too(tmp_path):
    study = small_study(axes={**AXES, "k": "1 %"}, search={"trials": 8, "mapping": "exact"})
    found, free_k = explore(study), free_k_of(study)
    assert free_k is not None
    best, design = found.front[0], found.design(found.front[0])
    assert best.cycles["digits-small"] <= quickest(
        free_k.rounded_network.with_k(k_of(best.k)), design.accelerator
    )
    write_results(found, tmp_path)
    report = run(
        Experiment(
            "digits-small", accelerator=str(tmp_path / BEST), k=str(tmp_path / BEST_K),
            tilings=str(tmp_path / BEST_MAPPING) if best.mappings else None, tracing=False,
        )
    )  # fmt: skip
    assert report.cycles == best.cycles["digits-small"]
