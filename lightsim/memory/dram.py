"""A request to a DRAM channel: its bursts, and the time at which their data reach the port.

A granted request reaches the controller REQUEST_CYCLES after its grant. It is cut into bursts in
address order; a partly used burst costs as much as a whole burst. Each burst needs RD or WR. If the
bank of the burst is closed, ACT comes before. If another row of the bank is open, PRE comes before
ACT. Rows stay open. Each command takes the first clock that every rule allows and that no other
command holds, at most WINDOW - 1 clocks before the latest command issued. The row commands of a
request can therefore come between the column commands of the previous request.

The data of a burst are on the bus for `burst_clocks` clocks, from tCL clocks after RD or tCWL
clocks after WR. A read word may be delivered RESPONSE_CYCLES after the first accelerator cycle that
starts at or after the end of the data with its last byte. A write is acknowledged RESPONSE_CYCLES
after the first cycle that starts at or after the end of its last data. Read data wait without limit
while the port is busy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel
from lightsim.memory.bursts import issue_burst, locate, refresh, step
from lightsim.memory.edges import to_clock, to_cycle
from lightsim.memory.layout import (
    BURST_BYTES,
    BURST_CLOCKS,
    NEXT_REFRESH,
    RD,
    READ_LATENCY,
    REQUEST_DELAY,
    RESPONSE_DELAY,
    WORD_BYTES,
    WR,
    WRITE_LATENCY,
)

__all__ = ["serve_dram", "settle_dram"]


@kernel
def serve_dram(
    state: NDArray[np.int64],
    spec: NDArray[np.int64],
    grant: int,
    address: int,
    nbytes: int,
    write: int,
    port_time: int,
) -> tuple[int, int]:
    """`(done, slot_free)` of a request; the arguments and results are those of `serve.serve`."""
    column = WR if write else RD
    since = to_clock(spec, grant + spec[REQUEST_DELAY])
    end = address + nbytes
    burst_end = address - address % spec[BURST_BYTES]
    locate(state, spec, address // spec[BURST_BYTES])
    done = port_time
    delivered = 0
    clock = since
    while burst_end < end:
        burst_end += spec[BURST_BYTES]
        clock = issue_burst(state, spec, since, column)
        arrived = (min(burst_end, end) - address) // spec[WORD_BYTES]
        if not write and arrived > delivered:
            received = to_cycle(spec, clock + spec[READ_LATENCY] + spec[BURST_CLOCKS])
            done = max(done, received + spec[RESPONSE_DELAY]) + arrived - delivered
            delivered = arrived
        step(state, spec)
    if write:
        written = to_cycle(spec, clock + spec[WRITE_LATENCY] + spec[BURST_CLOCKS])
        done = written + spec[RESPONSE_DELAY]
    return done, to_cycle(spec, clock + 1)


@kernel
def settle_dram(state: NDArray[np.int64], spec: NDArray[np.int64], cycle: int) -> None:
    """Execute the refreshes that fall due before `cycle`, for a channel idle until then."""
    end = to_clock(spec, cycle)
    while state[NEXT_REFRESH] < end:
        refresh(state, spec)
