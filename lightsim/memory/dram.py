"""A request to a DRAM channel: its bursts, and when their data reaches the port.

A granted request reaches the controller REQUEST_CYCLES after its grant. It is cut into bursts
in address order (a partly used burst costs a whole one); each burst needs RD or WR, before it
ACT if its bank is closed, before that PRE if another row is open there. Rows stay open. Each
command takes the first clock of the command clock that every rule allows and that no other
command holds, at most WINDOW - 1 clocks before the latest command issued; so the row commands
of a request can stand between the column commands of the one before it.

The data of a burst is on the bus from tCL (tCWL) clocks after RD (WR) for `burst_clocks`
clocks. A word that is read may be delivered RESPONSE_CYCLES after the first accelerator cycle
that does not start before the end of the data that holds its last byte; a write is
acknowledged RESPONSE_CYCLES after the first cycle that does not start before the end of its
last data. Read data waits without limit where the port is still busy.
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
    """`(done, slot_free)` of a request; arguments and results as those of `serve.serve`."""
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
