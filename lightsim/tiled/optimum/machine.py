"""The numbers of a machine and a pass that the bound of every tiling uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory
from lightsim.tiled.bounds.memory_rate import MemoryRate
from lightsim.tiled.description.accelerator import Accelerator, StreamName
from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES, array_depth
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.optimum import layout as at

__all__ = ["machine_numbers"]

_STREAMS: tuple[StreamName, ...] = ("input", "weight", "residual", "output")


def machine_numbers(
    layer: EngineLayer, accelerator: Accelerator, images: int, *, ahead: bool = False
) -> NDArray[np.float64]:
    """The numbers of a machine and a pass, float64[MACHINE_FIELDS].

    `ahead` says that other passes ran before: the weight banks may already be full, and DRAM banks
    may be open.
    """
    row = np.zeros(at.MACHINE_FIELDS)
    word, memory = accelerator.word_bytes, accelerator.memory
    hz = np.array([accelerator.clock_hz])
    rate = MemoryRate.of(memory, hz)
    convolves = layer.weights is not None
    row[at.DEPTH] = array_depth(accelerator) if convolves else BUFFER_READ_CYCLES
    row[at.READ_LATENCY] = row[at.FIRST_LATENCY] = rate.read_latency[0]
    request = accelerator.request_bytes
    if not isinstance(memory, IdealMemory):
        part = memory.part
        if not ahead:
            row[at.FIRST_LATENCY] += np.floor(part.tRCD * accelerator.clock_hz / part.clock_hz)
    if memory.channels > 1:
        request = min(request, memory.interleave_bytes)
    row[at.WRITE_LATENCY] = rate.write_latency[0]
    row[at.MEMORY_CYCLES] = word / rate.peak_bytes[0]
    row[at.RATE_CYCLES] = word / rate.rate_bytes[0]
    row[at.BLACKOUT] = rate.blackout[0]
    row[at.REQUEST_WORDS] = request / word
    port = {name: i for i, p in enumerate(accelerator.ports) for name in p.streams}
    for i, one in enumerate(_STREAMS):
        buffer = getattr(accelerator, one)
        row[at.SINGLE + i] = buffer.banks == 1
        row[at.BANKS + i] = buffer.bytes_per_bank
        for j, other in enumerate(_STREAMS):
            row[at.SHARED + 4 * i + j] = port[one] == port[other]
    array = accelerator.array
    row[at.WORD] = word
    row[at.PSUM_BITS] = 8 * accelerator.psum_bytes
    row[at.PSUM_WORD] = array.rows * array.pixels * accelerator.accumulator.bits
    row[at.ROWS] = array.rows
    row[at.POSITIONS] = images * layer.computed.height * layer.computed.width
    row[at.POOL] = layer.pool[0] * layer.pool[1]
    row[at.TIED] = not convolves or layer.groups > 1
    row[at.HAS_WEIGHTS] = convolves
    row[at.PIXELS] = array.pixels
    row[at.OUTSTANDING] = accelerator.outstanding
    if ahead:
        row[at.AHEAD_TILES] = accelerator.weight.banks
        row[at.AHEAD_WORDS] = accelerator.weight.banks * (accelerator.weight.bytes_per_bank // word)
    return row
