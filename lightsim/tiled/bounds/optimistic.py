"""What the bound needs of a machine, or of a box of machines, each number at its best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.bounds import layout
from lightsim.tiled.bounds.axes import Axes
from lightsim.tiled.bounds.memory_rate import MemoryRate
from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES, PARAMETER_BYTES

__all__ = ["optimistic"]

Floats = NDArray[np.float64]


def optimistic(
    low: Axes, high: Axes, scheme: Scheme, memory: MemoryInterface | IdealMemory
) -> Floats:
    """The design table float64[DESIGN_FIELDS, box] of boxes from `low` to `high`, corner by corner.

    Every number is at least as favourable as that of any machine whose columns lie between the
    two; where `low` is `high` it is the machine's own. The two have the same port widths, the
    same ports and the same number of images.
    """
    table = np.zeros((layout.DESIGN_FIELDS, len(high)))
    word = high.port_bits // 8
    table[layout.FAST_ROWS // layout.BLOCK] = high.fast_rows
    table[layout.SERIAL_ROWS // layout.BLOCK] = high.serial_rows
    table[layout.XNOR_ROWS // layout.BLOCK] = high.xnor_rows
    table[layout.PIXELS // layout.BLOCK] = high.pixels
    table[layout.POST_LANES // layout.BLOCK] = high.post_lanes
    same = low.rows == high.rows
    table[layout.DRAIN_FULL // layout.BLOCK] = np.where(same, -(-high.rows // high.post_lanes), 0)
    tree = np.ceil(np.log2(low.columns))  # exact: a logarithm of a power of two is
    table[layout.DEPTH // layout.BLOCK] = BUFFER_READ_CYCLES + low.latency + tree + 1
    table[layout.INPUT_BANK // layout.BLOCK] = high.input_bytes // word
    table[layout.WEIGHT_BANK // layout.BLOCK] = high.weight_bytes // word
    table[layout.RESIDUAL_BANK // layout.BLOCK] = high.residual_bytes // word
    table[layout.OUTPUT_BANK // layout.BLOCK] = high.output_bytes // word
    table[layout.INPUT_SINGLE // layout.BLOCK] = high.input_banks == 1
    table[layout.WEIGHT_SINGLE // layout.BLOCK] = high.weight_banks == 1
    table[layout.PREFETCH // layout.BLOCK] = (
        high.weight_banks * table[layout.WEIGHT_BANK // layout.BLOCK]
    )
    table[layout.PSUM_BITS // layout.BLOCK] = 8 * high.psum_bytes
    table[layout.PSUM_WORD // layout.BLOCK] = low.rows * low.pixels * low.accumulator_bits
    table[layout.ROWS_LEAST // layout.BLOCK] = low.rows
    table[layout.PARAMETER_WORDS // layout.BLOCK] = low.rows * PARAMETER_BYTES / word
    table[layout.STEP_WORDS // layout.BLOCK] = _step_words(
        low.code_bits * low.columns, high.port_bits
    )
    table[layout.DEPTHWISE_WORDS // layout.BLOCK] = _step_words(low.code_bits, high.port_bits)
    table[layout.DEPTHWISE_ROWS // layout.BLOCK] = _depthwise_rows(low, high)
    table[layout.IMAGES // layout.BLOCK] = high.images
    table[layout.PRUNES // layout.BLOCK] = scheme.k_per_filter
    _memory(table, low, high, memory)
    return table


def _step_words(bits: NDArray[np.int64], port_bits: NDArray[np.int64]) -> Floats:
    """Port words of the weights of one step: whole ones, or a whole number to a word."""
    bits = np.maximum(bits, 1)
    return np.where(bits >= port_bits, -(-bits // port_bits), 1 / np.maximum(port_bits // bits, 1))


def _depthwise_rows(low: Axes, high: Axes) -> NDArray[np.int64]:
    """The largest divisor of the columns that is not above the rows; of a box, what may be."""
    limit = np.minimum(high.rows, high.columns)
    known = low.columns == high.columns
    found = np.where(known, 1, limit)
    for columns in np.unique(high.columns[known]).tolist():
        of_these = known & (high.columns == columns)
        for divisor in range(2, columns + 1):
            if columns % divisor == 0:
                found = np.where(of_these & (divisor <= limit), divisor, found)
    return found


def _memory(table: Floats, low: Axes, high: Axes, memory: MemoryInterface | IdealMemory) -> None:
    word = high.port_bits // 8
    rate = MemoryRate.of(memory, low.clock_hz, high.clock_hz)
    request = high.request_bytes
    if memory.channels > 1:
        request = np.minimum(request, memory.interleave_bytes)
    table[layout.RATE // layout.BLOCK] = rate.rate_bytes / word
    table[layout.PEAK // layout.BLOCK] = rate.peak_bytes / word
    table[layout.BLACKOUT // layout.BLOCK] = rate.blackout
    table[layout.READ_LATENCY // layout.BLOCK] = rate.read_latency
    table[layout.WRITE_LATENCY // layout.BLOCK] = rate.write_latency
    table[layout.REQUEST_WORDS // layout.BLOCK] = request / word
    # A request of w words holds one of the port's places for latency + w cycles.
    apart = (1 + rate.read_latency * word / request) / high.outstanding
    table[layout.WORD_CYCLES // layout.BLOCK] = np.maximum(1, apart)
    port = high.port_of
    table[layout.INPUT_RESIDUAL // layout.BLOCK] = port[0] == port[2]
    table[layout.INPUT_WEIGHT // layout.BLOCK] = port[0] == port[1]
    table[layout.RESIDUAL_WEIGHT // layout.BLOCK] = port[2] == port[1]
