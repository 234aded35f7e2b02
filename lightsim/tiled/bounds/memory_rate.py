"""The best case of a memory: its rate, its least latencies, and the time that refreshes take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.memory.spec import REQUEST_CYCLES, RESPONSE_CYCLES

__all__ = ["MemoryRate"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MemoryRate:
    """The best case of a memory in accelerator clock cycles, float64[machine] each.

    A window of T cycles moves at most `peak_bytes * T` bytes and at most `rate_bytes * (T +
    blackout)` bytes. In every tREFI clocks, tRFC + tRCD clocks pass without a column command, and a
    window contains at least T / tREFI - 1 whole refreshes. A read that takes w cycles on its port
    or in the memory is done at least `read_latency + w` cycles after its request is shown. A write
    of w words is done at least `write_latency + w` cycles after its transfer begins.
    """

    peak_bytes: Numbers
    rate_bytes: Numbers
    blackout: Numbers
    read_latency: Numbers
    write_latency: Numbers

    @classmethod
    def of(cls, memory: MemoryInterface | IdealMemory, clock_hz: NDArray[np.int64]) -> MemoryRate:
        """The best case of a memory for accelerators that run at `clock_hz` int64[machine]."""
        if isinstance(memory, IdealMemory):
            whole = np.ones(len(clock_hz))
            rate = whole * (memory.channels * memory.bytes_per_cycle)
            latency = whole * memory.latency_cycles
            return cls(rate, rate, 0 * whole, latency, latency)
        part = memory.part
        # Bursts of neighbouring requests may lie in different bank groups.
        clocks = max(part.burst_clocks, part.tCCD_S)
        peak = memory.channels * part.burst_bytes / clocks * (part.clock_hz / clock_hz)
        # The memory gives no column command between a refresh that falls due and the next burst.
        gone = float(part.tRFC + part.tRCD)
        share = gone / part.tREFI
        cycle = clock_hz / part.clock_hz
        wires = REQUEST_CYCLES + RESPONSE_CYCLES
        return cls(
            peak,
            peak * (1 - share),
            gone * (1 + share) / (1 - share) * (clock_hz / part.clock_hz),
            wires - 1 + np.floor(part.tCL * cycle),
            wires - 1 + np.floor(part.tCWL * cycle),
        )
