"""Machines that stress the loop for one channel: every kind of memory, port and request."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.source import Source
from lightsim.tiled.description.accelerator import Buffer
from lightsim.tiled.mapping.program import map_workload
from tests.tiled.simulation.layers import convolve, whole
from tests.tiled.simulation.machines import ONE_PORT, SEPARATE, machine

PORTS = (
    *(SEPARATE, SEPARATE, SEPARATE, ONE_PORT),
    (("input", "output"), ("weight",), ("residual",)),
    (("input", "residual"), ("weight", "output")),
    (("input", "residual", "output"), ("weight",)),
)
LAYERS = (
    # Filters, kernel, image, other keys: long runs of weights, or many short lines.
    (64, 3, (64, 8, 8), {"padding": 1}),
    (512, 3, (64, 3, 3), {"padding": 1}),
    (128, 1, (128, 7, 7), {}),
    (256, 1, (64, 3, 3), {}),
    (24, 3, (8, 30, 23), {"padding": 1}),
    (8, 5, (3, 41, 17), {"stride": 2}),
)
_BUFFERS = ("input", "weight", "residual", "output")
_LONG = 4  # the layers with long runs come first


def often_refreshed(part):
    """The part with a refresh every few requests."""
    slowest = max(part.tRAS, part.tRTP, part.tCWL + part.burst_clocks + part.tWR)
    return replace(part, tREFI=slowest + part.tRP + part.tRFC + part.tRCD + 150)


def random_memory(dice, word, steady):
    """An ideal memory or one channel of DRAM, at times with short rows or many refreshes.

    A `steady` one is as fast as a port, so that the port may be the limit.
    """
    if dice.random() < 0.3:
        least = word if steady else 1
        width = max(least, dice.choice([1, 3, 8, 24, 64, 256]))
        return IdealMemory(dice.randint(0, 60), width)
    part = DRAM_PARTS[dice.choice(sorted(DRAM_PARTS))]
    if dice.random() < 0.3:
        part = replace(part, row_bytes=max(part.burst_bytes, part.row_bytes // 8))
    if dice.random() < 0.3:
        part = often_refreshed(part)
    return MemoryInterface(part, 1, 1024, Source("assumed", "a memory for tests"))


def random_program(seed):
    """A workload of one layer and its program for a machine whose requests, ports and memory
    are drawn; those of every other machine so that steady trains are likely.
    """
    dice = Random(seed)
    steady = seed % 2 == 0
    port_bits = dice.choice([32, 32, 64, 128, 256, 512])
    accelerator = machine(
        ports=dice.choice(PORTS[:1] if steady else PORTS),
        banks=dice.randint(1, 2),
        memory=random_memory(dice, port_bits // 8, steady),
        port_bits=port_bits,
        request_bytes=port_bits // 8 * dice.choice([16, 32] if steady else [1, 4, 16, 64]),
        outstanding=dice.choice([3, 4, 7] if steady else [1, 2, 3, 4, 16]),
        **(
            {**dict.fromkeys(_BUFFERS, Buffer(1 << 20, 2)), "psum_bytes": 1 << 20} if steady else {}
        ),
        clock_hz=dice.choice([50_000_000, 133_333_333, 150_000_000, 400_000_000]),
        pixels=dice.choice([1, 8, 32]),
        columns=dice.choice([8, 32]),
    )
    filters, kernel, image, keys = dice.choice(LAYERS[:_LONG] if steady else LAYERS)
    workload = convolve(filters, kernel, image, k=dice.randint(1, 2), **keys)
    images = dice.randint(1, 2)
    # All weights in one run, which a steady train can be part of.
    tilings = {"conv": whole(workload.layers[0].layer, images)} if steady else None
    return workload, map_workload(workload, accelerator, images=images, tilings=tilings)
