"""A scheduling fault shows as wrong bits: never as an exception, never unnoticed."""

from __future__ import annotations

import pytest

from lightsim.hardware.device import IdealMemory
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import convolution, network
from tests.tiled.simulation.checks import wrong_layers
from tests.tiled.simulation.faults import FAULTS
from tests.tiled.simulation.machines import machine

# Sums that go on over two n tiles, a residual, tiles in every direction.
LAYERS = (
    convolution(16, name="first", padding=1, activation="relu"),
    convolution(16, name="second", padding=1),
    {"name": "sum", "operator": "add", "inputs": ["second", "first"], "activation": "relu"},
    convolution(8, 1, name="last", activation="relu"),
)
TILINGS = {
    "first": Tiling(8, 16, 4, 8, order="smn"),
    "second": Tiling(8, 8, 4, 8, order="nms"),
    "last": Tiling(8, 16, 8, 8),
}


def run(fault, patch):
    """The layers that come out wrong."""
    made = network(LAYERS, image=(16, 8, 8))
    workload = synthetic_workload(made, SCHEMES["flightnn"], 4)
    # A memory of one byte a cycle: filling a bank takes longer than computing a tile.
    built = machine(memory=IdealMemory(10, 1))
    program = fault(map_workload(workload, built, tilings=TILINGS), patch)
    images = synthetic_images(made, 1, 0)
    return wrong_layers(simulate([program], [images]), workload, built, images)


def test_without_a_fault_all_bits_are_right(monkeypatch):
    assert run(lambda program, patch: program, monkeypatch) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_gives_wrong_bits(fault, monkeypatch):
    wrong = run(fault, monkeypatch)
    assert wrong[0] == FAULTS[fault]
    assert wrong[-1] == "last"
