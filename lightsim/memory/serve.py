"""One memory request served: from the cycle of its grant to the cycles of its answer.

Time T is the start of accelerator cycle T. A channel serves its requests strictly in the order of
their grants, with one call of `serve` for each; `dram` and `ideal` define the timing.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lightsim.memory.dram import serve_dram, settle_dram
from lightsim.memory.ideal import serve_ideal
from lightsim.memory.layout import DRAM, KIND

__all__ = ["serve", "settle"]

_SERVE = "UniTuple(int64, 2)(int64[::1], int64[::1], int64, int64, int64, int64, int64)"


@njit(_SERVE, cache=True, error_model="numpy")
def serve(
    state: NDArray[np.int64],
    spec: NDArray[np.int64],
    grant: int,
    address: int,
    nbytes: int,
    write: int,
    port_time: int,
) -> tuple[int, int]:
    """Serve a request of either kind of memory; returns `(done, slot_free)` in accelerator cycles.

    `address` is local to the channel; `address` and `nbytes` (at least one word) are multiples of a
    word. `write` is 0 or 1. The words of a read are delivered in order, one word in a cycle, from
    cycle `port_time` on. `done` is the first cycle in which all words of a read are delivered, or
    the cycle in which a write is acknowledged. `slot_free` is the first cycle that starts at or
    after the end of the clock of the request's last column command; for an ideal memory, at or
    after the end of the occupation. From this cycle on the controller takes another request in the
    place of this request.
    """
    if spec[KIND] == DRAM:
        return serve_dram(state, spec, grant, address, nbytes, write, port_time)
    return serve_ideal(state, spec, grant, nbytes, write, port_time)


@njit("void(int64[::1], int64[::1], int64)", cache=True, error_model="numpy")
def settle(state: NDArray[np.int64], spec: NDArray[np.int64], cycle: int) -> None:
    """Execute the refreshes that fall due before `cycle`, for a channel that is idle until then.

    Call it once at the end of a run to complete the counters; `serve` executes due refreshes
    itself.
    """
    if spec[KIND] == DRAM:
        settle_dram(state, spec, cycle)
