"""The numbers of a machine that the bound uses, as a table with one column for each machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.bounds import layout
from lightsim.tiled.bounds.axes import Axes
from lightsim.tiled.bounds.memory_rate import MemoryRate
from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES, PARAMETER_BYTES

__all__ = ["design_table"]

Floats = NDArray[np.float64]


def design_table(machines: Axes, scheme: Scheme, memory: MemoryInterface | IdealMemory) -> Floats:
    """The design table float64[DESIGN_FIELDS, machine]: a row for every number of `layout`."""
    table = np.zeros((layout.DESIGN_FIELDS, len(machines)))
    word = machines.port_bits // 8
    table[layout.FAST_ROWS // layout.BLOCK] = machines.fast_rows
    table[layout.SERIAL_ROWS // layout.BLOCK] = machines.serial_rows
    table[layout.XNOR_ROWS // layout.BLOCK] = machines.xnor_rows
    table[layout.PIXELS // layout.BLOCK] = machines.pixels
    table[layout.POST_LANES // layout.BLOCK] = machines.post_lanes
    table[layout.DRAIN_FULL // layout.BLOCK] = -(-machines.rows // machines.post_lanes)
    tree = np.ceil(np.log2(machines.columns))  # exact, because the columns are a power of two
    table[layout.DEPTH // layout.BLOCK] = BUFFER_READ_CYCLES + machines.latency + tree + 1
    table[layout.INPUT_BANK // layout.BLOCK] = machines.input_bytes // word
    table[layout.WEIGHT_BANK // layout.BLOCK] = machines.weight_bytes // word
    table[layout.RESIDUAL_BANK // layout.BLOCK] = machines.residual_bytes // word
    table[layout.OUTPUT_BANK // layout.BLOCK] = machines.output_bytes // word
    table[layout.INPUT_SINGLE // layout.BLOCK] = machines.input_banks == 1
    table[layout.WEIGHT_SINGLE // layout.BLOCK] = machines.weight_banks == 1
    table[layout.PREFETCH // layout.BLOCK] = (
        machines.weight_banks * table[layout.WEIGHT_BANK // layout.BLOCK]
    )
    table[layout.PSUM_BITS // layout.BLOCK] = 8 * machines.psum_bytes
    table[layout.PSUM_WORD // layout.BLOCK] = (
        machines.rows * machines.pixels * machines.accumulator_bits
    )
    table[layout.ROWS_LEAST // layout.BLOCK] = machines.rows
    table[layout.PARAMETER_WORDS // layout.BLOCK] = machines.rows * PARAMETER_BYTES / word
    table[layout.STEP_WORDS // layout.BLOCK] = _step_words(
        machines.code_bits * machines.columns, machines.port_bits
    )
    table[layout.DEPTHWISE_WORDS // layout.BLOCK] = _step_words(
        machines.code_bits, machines.port_bits
    )
    table[layout.DEPTHWISE_ROWS // layout.BLOCK] = _depthwise_rows(machines)
    table[layout.IMAGES // layout.BLOCK] = machines.images
    table[layout.PRUNES // layout.BLOCK] = scheme.k_per_filter
    _memory(table, machines, memory)
    return table


def _step_words(bits: NDArray[np.int64], port_bits: NDArray[np.int64]) -> Floats:
    """Port words for the weights of one step.

    Weights wider than a word take whole words. Of narrower weights a whole number of steps shares a
    word, so the result is a fraction of one.
    """
    bits = np.maximum(bits, 1)
    return np.where(bits >= port_bits, -(-bits // port_bits), 1 / np.maximum(port_bits // bits, 1))


def _depthwise_rows(machines: Axes) -> NDArray[np.int64]:
    """The largest divisor of the columns that is at most the number of rows, int64[machine]."""
    limit = np.minimum(machines.rows, machines.columns)
    found = np.ones(len(machines), np.int64)
    for columns in np.unique(machines.columns).tolist():
        of_these = machines.columns == columns
        for divisor in range(2, columns + 1):
            if columns % divisor == 0:
                found = np.where(of_these & (divisor <= limit), divisor, found)
    return found


def _memory(table: Floats, machines: Axes, memory: MemoryInterface | IdealMemory) -> None:
    word = machines.port_bits // 8
    rate = MemoryRate.of(memory, machines.clock_hz)
    request = machines.request_bytes
    if memory.channels > 1:
        request = np.minimum(request, memory.interleave_bytes)
    table[layout.RATE // layout.BLOCK] = rate.rate_bytes / word
    table[layout.PEAK // layout.BLOCK] = rate.peak_bytes / word
    table[layout.BLACKOUT // layout.BLOCK] = rate.blackout
    table[layout.READ_LATENCY // layout.BLOCK] = rate.read_latency
    table[layout.WRITE_LATENCY // layout.BLOCK] = rate.write_latency
    table[layout.REQUEST_WORDS // layout.BLOCK] = request / word
    # A request of w words holds one of the port's places for latency + w cycles.
    apart = (1 + rate.read_latency * word / request) / machines.outstanding
    table[layout.WORD_CYCLES // layout.BLOCK] = np.maximum(1, apart)
    port = machines.port_of
    table[layout.INPUT_RESIDUAL // layout.BLOCK] = port[0] == port[2]
    table[layout.INPUT_WEIGHT // layout.BLOCK] = port[0] == port[1]
    table[layout.RESIDUAL_WEIGHT // layout.BLOCK] = port[2] == port[1]
