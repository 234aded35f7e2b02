"""The tiling that is taken, against tilings drawn at random."""

from __future__ import annotations

from random import Random

import pytest

from lightsim.errors import InputError
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling, grain
from lightsim.tiled.simulation.machine import simulate
from lightsim.units import ceil_div
from tests.tiled.mapping.tiles.kinds_of_layers import LAYERS, default, layer_of

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
