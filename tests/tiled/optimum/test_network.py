"""The exact choice for whole networks: what a run gains by it, and that it runs."""

from __future__ import annotations

import pytest

from lightsim.flow.run import Experiment, run
from lightsim.hardware.catalogue import BOARDS
from lightsim.network.zoo import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.select import quantise
from lightsim.tiled.estimation.defaults import default_accelerator
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.optimum import exact_tilings
from lightsim.tiled.timeline.model import run as run_timeline


@pytest.mark.parametrize(("name", "board"), [("lenet", "zc706"), ("resnet20-cifar10", "ultra96")])
def test_a_network_is_not_slower_than_with_the_estimate(name, board):
    scheme = SCHEMES["flightnn"]
    workload, accelerator = (
        quantise(load_network(name), scheme, 0),
        default_accelerator(BOARDS[board], scheme),
    )
    choices = exact_tilings(workload, accelerator)
    assert all(choice.bound == choice.cycles for choice in choices.values())
    best = {layer: choice.tiling for layer, choice in choices.items()}
    exact = run_timeline([map_workload(workload, accelerator, tilings=best)]).cycles
    assert exact <= run_timeline([map_workload(workload, accelerator)]).cycles
    # Weights of a pass are fetched during the one before it.
    assert exact <= sum(choice.cycles for choice in choices.values())


def test_a_search_cut_short_says_what_it_leaves_open():
    scheme = SCHEMES["flightnn"]
    workload = quantise(load_network("lenet"), scheme, 0)
    accelerator = default_accelerator(BOARDS["zc706"], scheme)
    whole = exact_tilings(workload, accelerator)
    for most, tolerance in ((1, 0.0), (5, 0.0), (None, 0.05)):
        short = exact_tilings(workload, accelerator, most=most, tolerance=tolerance)
        for name, choice in short.items():
            assert choice.bound <= whole[name].cycles <= choice.cycles
            assert choice.timed <= (most or choice.timed)
            if most is None:
                assert choice.bound >= choice.cycles * (1 - tolerance) - 1


def test_run_with_the_exact_mapping():
    report = run(Experiment("lenet", images=3, batch=2, tilings="exact", tracing=False))
    usual = run(Experiment("lenet", images=3, batch=2, tracing=False))
    assert report.bit_exact
    assert report.output_sha256 == usual.output_sha256
    assert report.cycles <= usual.cycles
