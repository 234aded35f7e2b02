"""The default mapping: legal everywhere, near its estimate, and near the best there is."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.hardware.catalogue import BOARDS
from lightsim.network.zoo import load_network, zoo_names
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.estimation.defaults import default_accelerator
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.candidates import enumerate_candidates
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.mapping.tiles.cost import order_cost
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling, grain
from lightsim.tiled.simulation.machine import simulate
from lightsim.units import ceil_div
from tests.quantisation.networks import convolution, dense, network

FLIGHTNN = SCHEMES["flightnn"]
QUICK = ("cifar10-3conv", "digits", "digits-small", "lenet", "mnist-1hidden", "resnet20-cifar10")


def default(board):
    return default_accelerator(BOARDS[board], FLIGHTNN)


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


LAYERS = {
    "3x3": ((64, 28, 28), convolution(64, 3, padding=1, activation="relu")),
    "deep 3x3": ((256, 7, 7), convolution(256, 3, padding=1, activation="relu")),
    "pointwise": ((128, 14, 14), convolution(128, 1, activation="relu")),
    "dense": ((1024, 1, 1), dense(256, activation="relu")),
    "strided": ((16, 32, 32), convolution(32, 3, stride=2, padding=1, activation="relu")),
    "depthwise": (
        (64, 28, 28),
        convolution(64, 3, padding=1, depthwise=True, activation="relu"),
    ),
    "pooling": ((64, 28, 28), {"operator": "max_pool", "kernel": 3, "stride": 2}),
}


def layer_of(kind):
    """A network of one layer, and its weights."""
    image, entry = LAYERS[kind]
    made = network([{**entry, "name": "layer"}], image=image)
    return made, synthetic_workload(made, FLIGHTNN, 0)


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


_MOST_TILES = 400


def _size(dice, extent, unit):
    units = ceil_div(extent, unit)
    parts = min(dice.choice([1, 2, 3, 4, 6, 8, units]), units)
    return min(extent, ceil_div(units, parts) * unit)


def random_tilings(layer, accelerator, count):
    """`count` legal tilings, spread over sizes and loop orders."""
    dice, step, shape = Random(1), grain(layer, accelerator), layer.computed
    found = []
    while len(found) < count:
        tiling = Tiling(
            _size(dice, shape.channels, step.m),
            _size(dice, layer.source.shape.channels, step.n),
            _size(dice, shape.height, step.r),
            _size(dice, shape.width, step.c),
            order=dice.choice(sorted(ORDERS)),
        )
        try:
            schedule = check_tiling(layer, accelerator, tiling, 1)
        except InputError:
            continue
        if len(schedule.tiles) <= _MOST_TILES:
            found.append(tiling)
    return found


def share_of_best(kind, board, count=200):
    """Cycles of the chosen tiling over those of the best of `count` random ones, simulated."""
    made, workload = layer_of(kind)
    images, accelerator = synthetic_images(made, 1, 0), default(board)

    def cycles(tilings):
        program = map_workload(workload, accelerator, tilings=tilings)
        return simulate([program], [images], tracing=False).cycles

    (layer,) = lower(workload, accelerator).layers
    best = min(cycles({"layer": t}) for t in random_tilings(layer, accelerator, count))
    return cycles({}) / best


@pytest.mark.parametrize(
    ("kind", "board"),
    [("strided", "ultra96"), ("pooling", "zc706"), ("dense", "zc706")],
)
def test_no_random_tiling_is_much_better(kind, board):
    assert share_of_best(kind, board) <= 1.3


@pytest.mark.slow
@pytest.mark.parametrize("board", ["zc706", "ultra96", "ulx3s"])
@pytest.mark.parametrize("kind", LAYERS)
def test_no_random_tiling_is_much_better_anywhere(kind, board):
    assert share_of_best(kind, board) <= 1.3
