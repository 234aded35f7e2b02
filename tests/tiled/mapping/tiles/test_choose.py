"""The default mapping: legal everywhere, near its estimate, and near the best there is."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.hardware.catalogue import BOARDS
from lightsim.network.zoo import load_network, zoo_names
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.candidates import enumerate_candidates
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.mapping.tiles.cost import order_cost
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.mapping.tiles.tiling import ORDERS
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import convolution, network
from tests.tiled.mapping.tiles.kinds_of_layers import FLIGHTNN, LAYERS, default, layer_of

QUICK = ("cifar10-3conv", "digits", "digits-small", "lenet", "mnist-1hidden", "resnet20-cifar10")


def check_network(name, boards):
    workload = quantise(load_network(name), FLIGHTNN, 0)
    for board in boards:
        accelerator = default(board)
        for layer in lower(workload, accelerator).layers:
            for images in (1, 3):
                # Raises for anything that is not legal.
                check_tiling(layer, accelerator, choose_tiling(layer, accelerator, images), images)


@pytest.mark.parametrize("name", QUICK)
def test_every_board_runs_the_small_networks(name):
    check_network(name, BOARDS)


def test_filters_in_their_own_order_get_a_legal_tiling():
    # Unsorted, every row group has a filter of two terms: of 512 with 16 channels only 416 fit.
    made = network(
        [{**convolution(512, 3, padding=1, activation="relu"), "name": "layer"}],
        image=(64, 14, 14),
    )
    accelerator = default("pynq-z2")
    (layer,) = lower(synthetic_workload(made, FLIGHTNN, 0), accelerator).layers
    for sort_filters in (True, False):
        tiling = choose_tiling(layer, accelerator, 1, sort_filters)
        assert tiling.sort_filters == sort_filters
        check_tiling(layer, accelerator, tiling, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(zoo_names()) - set(QUICK)))
def test_every_board_runs_every_network(name):
    check_network(name, BOARDS)


def estimated(layer, accelerator):
    """The chosen tiling's estimate: the least of all candidates."""
    candidates = enumerate_candidates(layer, accelerator, 1)
    least = np.inf
    for order in ORDERS:
        cycles, legal = np.broadcast_arrays(*order_cost(candidates, order))
        least = min(least, float(np.where(legal, cycles, np.inf).min()))
    return least


@pytest.mark.parametrize("board", ["zc706", "ultra96", "ulx3s"])
@pytest.mark.parametrize("kind", LAYERS)
def test_the_estimate_of_a_layer_is_near_its_simulation(kind, board):
    # Measured: 0.82 to 1.26, median 1.01.
    accelerator = default(board)
    made, workload = layer_of(kind)
    program = map_workload(workload, accelerator)
    result = simulate([program], [synthetic_images(made, 1, 0)], tracing=False)
    estimate = estimated(program.schedules[0].layer, accelerator)
    assert 0.75 <= result.cycles / estimate <= 1.35


@pytest.mark.parametrize("board", ["zc706", "ultra96", "ulx3s"])
@pytest.mark.parametrize("name", QUICK)
def test_the_estimate_of_a_network_is_near_its_simulation(name, board):
    # Measured: 0.54 (digits-small) to 1.11 (resnet20). Small networks are quicker than the sum
    # of their layers: weights of a layer are fetched while the one before it runs.
    accelerator = default(board)
    made = load_network(name)
    program = map_workload(quantise(made, FLIGHTNN, 0), accelerator)
    result = simulate([program], [synthetic_images(made, 1, 0)], tracing=False)
    estimate = sum(estimated(schedule.layer, accelerator) for schedule in program.schedules)
    assert 0.45 <= result.cycles / estimate <= 1.25
