"""Random networks on random machines under random mappings: both models say the same."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.source import Source
from lightsim.tiled.mapping.program import map_workload
from tests.tiled.simulation.test_properties import random_case
from tests.tiled.timeline.equal import differences


@pytest.mark.parametrize("seed", range(1000, 1040))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_interval_equals_the_simulation(scheme, seed):
    case = random_case(seed, scheme)
    assert differences([case.program] * len(case.batches), case.batches) == []


@pytest.mark.parametrize("part", DRAM_PARTS)
def test_every_dram_part(part):
    dice = Random(part)
    for _ in range(4):
        scheme = dice.choice(sorted(SCHEMES))
        case = random_case(dice.randint(0, 1 << 30), scheme)
        memory = MemoryInterface(
            DRAM_PARTS[part],
            dice.choice([1, 1, 2, 4]),
            dice.choice([256, 1024, 4096]),
            Source("assumed", "a memory for tests"),
        )
        accelerator = replace(case.accelerator, memory=memory)
        images = case.program.images
        tilings = {s.layer.name: s.tiling for s in case.program.schedules}
        program = map_workload(case.workload, accelerator, images=images, tilings=tilings)
        assert differences([program] * len(case.batches), case.batches) == []


@pytest.mark.parametrize("seed", range(10))
def test_batches_of_different_size_in_a_row(seed):
    dice = Random(seed)
    case = random_case(dice.randint(0, 1 << 30), dice.choice(sorted(SCHEMES)))
    sizes = [2, 2, 1]
    programs = {
        size: map_workload(case.workload, _roomy(case.accelerator), images=size) for size in {1, 2}
    }
    images = synthetic_images(case.workload.network, sum(sizes), seed)
    batches = [images[at : at + size] for at, size in zip((0, 2, 4), sizes, strict=True)]
    assert differences([programs[size] for size in sizes], batches) == []


def _roomy(accelerator):
    """Buffers in which the model may choose any tiling of these small layers."""
    names = ("input", "weight", "residual", "output")
    buffers = {n: replace(getattr(accelerator, n), bytes_per_bank=1 << 16) for n in names}
    memory = accelerator.memory
    if isinstance(memory, IdealMemory):
        memory = replace(memory, latency_cycles=memory.latency_cycles + 30)
    return replace(accelerator, **buffers, psum_bytes=1 << 20, memory=memory)
