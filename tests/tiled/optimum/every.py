"""Every legal tiling of a pass, timed: what the exact choice has to agree with."""

from __future__ import annotations

from itertools import product

import numpy as np

from lightsim.errors import InputError
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling, grain
from lightsim.tiled.optimum.choices.filters import filter_choices
from lightsim.tiled.optimum.choices.positions import position_choices
from lightsim.tiled.optimum.choose import Search
from lightsim.tiled.optimum.clock import PassClock


def sizes(extent, unit):
    """The legal sizes along an extent, from the rule and not from the tables."""
    return [size for size in range(1, extent + 1) if size % unit == 0 or size == extent]


def count(layer, accelerator, images):
    """How many tilings there are, legal or not."""
    step, shape = grain(layer, accelerator), layer.computed
    tied = layer.weights is None or layer.groups > 1
    total = layer.source.shape.channels
    lengths = [
        len(sizes(shape.channels, step.m)),
        1 if tied else len(sizes(total, step.n)),
        len(sizes(shape.height, step.r)),
        len(sizes(shape.width, step.c)),
        images,
        len(ORDERS),
    ]
    return int(np.prod(lengths))


def every_tiling(layer, accelerator, images):
    """All legal tilings, each tried on `check_tiling`."""
    step, shape = grain(layer, accelerator), layer.computed
    tied = layer.weights is None or layer.groups > 1
    total = layer.source.shape.channels
    for m, n, r, c, b, order in product(
        sizes(shape.channels, step.m),
        [total] if tied else sizes(total, step.n),
        sizes(shape.height, step.r),
        sizes(shape.width, step.c),
        range(1, images + 1),
        ORDERS,
    ):
        tiling = Tiling(m, n, r, c, b, order)
        try:
            yield tiling, check_tiling(layer, accelerator, tiling, images)
        except InputError:
            continue


def limits(layer, accelerator, images):
    """The limit of every tiling that the tables call legal."""
    search = Search(
        layer, accelerator, images, filter_choices(layer, accelerator, True),
        position_choices(layer, accelerator, images),
    )  # fmt: skip
    places, found = search.below(np.inf)
    return {search.tiling(p, True): limit for p, limit in zip(places.tolist(), found, strict=True)}


def clock(plan, layer, accelerator, images):
    """A clock for the tilings of a pass."""
    return PassClock(plan, layer, accelerator, images)
