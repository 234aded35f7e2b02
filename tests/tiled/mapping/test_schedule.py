"""The tiles of a pass do all of its work, each part once, whatever the sizes and the order."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.tiles.schedule import make_schedule
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling
from tests.quantisation.networks import convolution, network
from tests.tiled.simulation.cases import random_case
from tests.tiled.simulation.machines import machine

# A machine of small grain: two rows, four columns, words of four channels.
SMALL = machine(rows=2, columns=4, port_bits=32, request_bytes=64)
LAYERS = {
    "plain": convolution(12, [3, 2], padding=[1, 0, 2, 1], stride=[2, 1]),
    "groups": convolution(12, 3, padding=1, groups=3),
    "depthwise": convolution(12, 3, padding=1, depthwise=True),
    "pooling": {"operator": "average_pool", "kernel": 3, "stride": 2, "padding": 1},
}


def pass_of(kind):
    made = network([LAYERS[kind]], image=(12, 5, 6))
    return lower(synthetic_workload(made, SCHEMES["flightnn"], 0), SMALL).layers[0]


def sources(layer, tile, f):
    """The input channels that filter `f` sums over in a tile, numbered in the whole input."""
    if layer.weights is None:
        return [f]
    inner = layer.source.shape.channels // layer.groups
    outer = layer.computed.channels // layer.groups
    if layer.groups == 1:
        return range(tile.read.channels.start, tile.read.channels.stop)
    return range(f // outer * inner, (f // outer + 1) * inner)


def each(span):
    return range(span.start, span.stop)


def products_of(schedule, images):
    """How often each (image, filter, channel, row, column) is done, by walking all of them."""
    layer = schedule.layer
    shape = layer.computed
    done = np.zeros(
        (images, shape.channels, layer.source.shape.channels, shape.height, shape.width), int
    )
    for tile in schedule.tiles:
        box = tile.computed
        for i, f, y, x in product(*map(each, (box.images, box.channels, box.rows, box.columns))):
            for channel in sources(layer, tile, f):
                done[i, f, channel, y, x] += 1
    return done


def expected_products(layer):
    """1 where filter and channel meet, else 0: [filter, channel]."""
    shape, total = layer.computed, layer.source.shape.channels
    groups = shape.channels if layer.weights is None else layer.groups
    filters = np.arange(shape.channels) * groups // shape.channels
    channels = np.arange(total) * groups // total
    return (filters[:, None] == channels[None, :]).astype(int)


SIZES = [
    (4, 4, 2, 3, 1),
    (12, 8, 1, 6, 2),
    (8, 12, 5, 1, 2),
    (12, 12, 5, 6, 1),
    (4, 4, 3, 4, 3),
    (2, 4, 2, 6, 3),  # half a group
    (6, 8, 5, 6, 1),  # a group and a half
]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", LAYERS)
def test_every_product_is_done_once(kind, order, sizes):
    layer = pass_of(kind)
    high, wide = layer.computed.height, layer.computed.width
    m, n, r, c, b = sizes
    tiling = Tiling(m, n, min(r, high), min(c, wide), b, order)
    schedule = make_schedule(layer, SMALL, tiling, images=3)
    done = products_of(schedule, images=3)
    expected = expected_products(layer)[None, :, :, None, None]
    assert (done == expected).all()
    check_order(schedule)


@pytest.mark.parametrize("seed", range(60))
def test_random_schedules_keep_the_rules(seed):
    for schedule in random_case(seed, "flightnn").program.schedules:
        check_order(schedule)
        check_windows(schedule)


def check_order(schedule):
    """Sums start and finish once, in order; slots hold what is asked of them; loads suffice."""
    waiting, finished = {}, set()
    before = None
    for index, tile in enumerate(schedule.tiles):
        assert tile.index == index
        if tile.first:
            assert tile.computed not in finished
        else:
            assert waiting.pop(tile.slot) == tile.computed
        if tile.last:
            assert tile.computed not in finished
            finished.add(tile.computed)
        else:
            assert tile.slot not in waiting
            waiting[tile.slot] = tile.computed
        if not tile.load_input:
            assert before is not None
            assert before.read == tile.read
        if schedule.layer.weights is not None and not tile.load_weight:
            assert before is not None
            assert before.weight_tile == tile.weight_tile
        assert tile.load_residual == (schedule.layer.residual is not None and tile.last)
        before = tile
    assert waiting == {}
    assert finished == {tile.computed for tile in schedule.tiles}


def check_windows(schedule):
    """A tile reads the box around its windows, as far as it lies in the image."""
    layer = schedule.layer
    shape = layer.source.shape
    for tile in schedule.tiles:
        for axis, size, outputs, read, before in (
            (0, shape.height, tile.computed.rows, tile.read.rows, layer.padding.top),
            (1, shape.width, tile.computed.columns, tile.read.columns, layer.padding.left),
        ):
            met = [
                y * layer.stride[axis] - before + tap
                for y in each(outputs)
                for tap in range(layer.kernel[axis])
            ]
            hull = range(max(min(met), 0), min(max(met) + 1, size))
            assert list(each(read)) == list(hull), (layer.name, tile.index, axis)
