"""A request to an ideal memory: a fixed latency, and a fixed number of bytes in a cycle.

A request starts at max(its grant, the end of the previous request's occupation), and occupies the
memory for ceil(nbytes / bytes_per_cycle) cycles. Word i of a read may be delivered in cycle start +
latency_cycles + ceil((i + 1) * word_bytes / bytes_per_cycle) - 1. A write is acknowledged
latency_cycles after its occupation ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel
from lightsim.memory.layout import (
    BUSY_CLOCKS,
    BUSY_UNTIL,
    BYTES_PER_CYCLE,
    LATENCY_CYCLES,
    READS,
    WORD_BYTES,
    WRITES,
)

__all__ = ["occupy", "serve_ideal"]


@kernel
def serve_ideal(
    state: NDArray[np.int64],
    spec: NDArray[np.int64],
    grant: int,
    nbytes: int,
    write: int,
    port_time: int,
) -> tuple[int, int]:
    """`(done, slot_free)` of a request; the arguments and results are those of `serve.serve`."""
    occupation = -(-nbytes // spec[BYTES_PER_CYCLE])
    return occupy(state, spec, grant, nbytes // spec[WORD_BYTES], occupation, write, port_time)


@inlined
def occupy(
    state: NDArray[np.int64],
    spec: NDArray[np.int64],
    grant: int,
    words: int,
    occupation: int,
    write: int,
    port_time: int,
) -> tuple[int, int]:
    """As `serve_ideal`, for `words` words that occupy the memory for `occupation` cycles."""
    start = max(grant, state[BUSY_UNTIL])
    busy_until = start + occupation
    state[BUSY_UNTIL] = busy_until
    state[BUSY_CLOCKS] += occupation
    if write:
        state[WRITES] += 1
        return busy_until + spec[LATENCY_CYCLES], busy_until
    # One of three limits decides when the last word is delivered: the rate of the memory; one word
    # in a cycle from the arrival of the first word; or one word in a cycle from the cycle in which
    # the port is free.
    state[READS] += 1
    arrival = start + spec[LATENCY_CYCLES] + max(words, occupation)
    return max(arrival, port_time + words), busy_until
