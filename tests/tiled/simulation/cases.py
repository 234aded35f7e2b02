"""Random runs: a network, a machine that just holds its tiles, a mapping, and images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator, Buffer
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import Program, map_workload
from lightsim.tiled.mapping.tiles.footprint import Footprint, footprint
from lightsim.tiled.mapping.tiles.schedule import make_schedule
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling, grain
from lightsim.units import ceil_div
from tests.tiled.simulation.machines import random_accelerator
from tests.tiled.simulation.nets import random_network

_MOST_TILES = 60


@dataclass(frozen=True)
class Case:
    """A run: `batches` images each go through `program` one batch after another."""

    workload: Workload
    accelerator: Accelerator
    program: Program
    batches: list[np.ndarray]


def _size(dice, extent, unit):
    """A legal size: the extent, or some whole grains that give at most eight tiles."""
    units = ceil_div(extent, unit)
    if dice.random() < 0.3:
        return extent
    return min(dice.randint(ceil_div(units, 8), units) * unit, extent)


def _tiling(dice, layer, accelerator, images):
    step, computed = grain(layer, accelerator), layer.computed
    return Tiling(
        _size(dice, computed.channels, step.m),
        _size(dice, layer.source.shape.channels, step.n),
        _size(dice, computed.height, step.r),
        _size(dice, computed.width, step.c),
        dice.randint(1, images),
        dice.choice(sorted(ORDERS)),
        dice.random() < 0.5,
    )


def _cut_to(needs, accelerator):
    """The machine with buffers that hold the largest tile to the byte, and not a byte more."""
    scheme, array = SCHEMES[accelerator.scheme], accelerator.array
    word = accelerator.word_bytes
    least = {
        "input": max(array.columns, word),
        "weight": ceil_div(array.lanes // array.pixels * scheme.weight_bits, 8),
        "residual": word,
        "output": word,
    }
    buffers = {
        name: Buffer(
            ceil_div(max(floor, *(getattr(need, name) for need in needs)), word) * word,
            getattr(accelerator, name).banks,
        )
        for name, floor in least.items()
    }
    psum = max(need.psum for need in needs)
    return replace(accelerator, **buffers, psum_bytes=psum)


@dataclass(frozen=True)
class _Drawn:
    """A network and its mapping, before the machine's buffers are known."""

    workload: Workload
    images: int
    tilings: dict[str, Tiling]
    needs: list[Footprint]


def random_case(seed, scheme, make=random_network):
    """A network, a machine, images, and a mapping: drawn for most layers, chosen for some."""
    dice = Random(seed)
    return random_cases(dice, [seed], random_accelerator(dice, scheme), make=make)[0]


def random_cases(dice, seeds, accelerator, accepts=lambda layers: True, make=random_network):
    """As many cases on one machine, whose buffers just hold the tiles of all of them.

    `make` draws the networks; one whose layers `accepts` does not take is drawn again.
    """
    drawn = [_drawn(dice, seed, accelerator, accepts, make) for seed in seeds]
    accelerator = _cut_to([need for case in drawn for need in case.needs], accelerator)
    pairs = zip(drawn, seeds, strict=True)
    return [_case(dice, case, accelerator, seed) for case, seed in pairs]


def _drawn(dice, seed, accelerator, accepts, make):
    scheme = accelerator.scheme
    while True:
        network = make(dice, scheme, accelerator.word_bytes)
        workload = synthetic_workload(network, SCHEMES[scheme], seed)
        images = dice.randint(1, 3)
        layers = lower(workload, accelerator).layers
        if accepts(layers):
            break
    tilings, schedules = {}, []
    for layer in layers:
        while layer.name not in tilings:
            tiling = _tiling(dice, layer, accelerator, images)
            schedule = make_schedule(layer, accelerator, tiling, images)
            if len(schedule.tiles) <= _MOST_TILES:
                tilings[layer.name] = tiling
                schedules.append(schedule)
    return _Drawn(workload, images, tilings, [footprint(s, accelerator) for s in schedules])


def _case(dice, drawn, accelerator, seed):
    tilings, images = drawn.tilings, drawn.images
    if dice.random() < 0.3:  # the choice of one tiling is left to the model
        del tilings[dice.choice(sorted(tilings))]
    program = map_workload(drawn.workload, accelerator, images=images, tilings=tilings)
    count = images * dice.randint(1, 2)
    pixels = synthetic_images(drawn.workload.network, count, seed)
    batches = [pixels[i : i + images] for i in range(0, count, images)]
    return Case(drawn.workload, accelerator, program, batches)
