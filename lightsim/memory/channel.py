"""A memory channel as an object: the arrays of one channel behind two small classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.dram import DramPart
from lightsim.memory import layout
from lightsim.memory.rules import COMMANDS
from lightsim.memory.serve import serve, settle
from lightsim.memory.spec import capacity_bytes, dram_spec, ideal_spec, new_state
from lightsim.units import Clock

__all__ = ["Channel", "DramChannel", "IdealChannel", "make_channel"]

_TRACED = (*COMMANDS, "PRE_ALL")


class Channel:
    """One memory channel: `spec` int64[...] describes the channel, `state` int64[...] holds its
    past.

    The kernels `lightsim.memory.serve.serve` and `settle` take these arrays.
    """

    __slots__ = ("spec", "state")

    def __init__(self, spec: NDArray[np.int64], trace_capacity: int = 0) -> None:
        self.spec = spec
        self.state = new_state(spec, trace_capacity)

    def serve(
        self, grant: int, address: int, nbytes: int, write: bool, port_time: int
    ) -> tuple[int, int]:
        """`(done, slot_free)` of a request granted in cycle `grant`; see `serve.serve`."""
        times: tuple[int, int] = serve(
            self.state, self.spec, grant, address, nbytes, write, port_time
        )
        return times

    def settle(self, cycle: int) -> None:
        """Execute the refreshes that fall due before `cycle`, the end of a run."""
        settle(self.state, self.spec, cycle)

    def counters(self) -> dict[str, int]:
        """The counts of the channel so far, by name.

        DRAM: `reads` and `writes` in bursts; `row_hits`, bursts that found their row open;
        `row_misses`, bursts that found their bank closed; `row_conflicts`, bursts that found
        another row open; `activates`; `precharges` of single banks; `refreshes` of all banks;
        `busy_clocks` of the data bus. Ideal memory: `reads` and `writes` in requests, and
        `busy_clocks` in accelerator cycles.
        """
        values = self.state[layout.COUNTERS : layout.OPEN_ROWS].tolist()
        return dict(zip(layout.COUNTER_NAMES, values, strict=True))


class DramChannel(Channel):
    """A channel of a DRAM part."""

    __slots__ = ("capacity_bytes", "part")

    def __init__(
        self, part: DramPart, clock: Clock, word_bytes: int, trace_capacity: int = 0
    ) -> None:
        super().__init__(dram_spec(part, clock, word_bytes), trace_capacity)
        self.part = part
        self.capacity_bytes = capacity_bytes(part)

    def serve(
        self, grant: int, address: int, nbytes: int, write: bool, port_time: int
    ) -> tuple[int, int]:
        """As `Channel.serve`; raises `InputError` for an address beyond the part's capacity."""
        if address + nbytes > self.capacity_bytes:
            raise InputError(
                f"memory '{self.part.name}'",
                f"{address + nbytes} bytes are needed in one channel",
                f"it holds {self.capacity_bytes} bytes",
            )
        return super().serve(grant, address, nbytes, write, port_time)

    def trace(self) -> list[tuple[int, str, int, int]]:
        """The first commands issued, as many as the trace holds: (clock, command, bank, row).

        The commands are in the order in which the controller decided on them, which may differ from
        the order of their clocks. PRE_ALL and REF concern all banks (bank and row are -1). The row
        of a PRE is the row that it closes.
        """
        count = int(self.state[layout.TRACE_COUNT])
        rows = self.state[layout.TRACE :].reshape(-1, layout.TRACE_WIDTH)[:count].tolist()
        return [(clock, _TRACED[command], bank, row) for clock, command, bank, row in rows]


class IdealChannel(Channel):
    """A memory of fixed latency and fixed width."""

    __slots__ = ()

    def __init__(self, memory: IdealMemory, word_bytes: int) -> None:
        super().__init__(ideal_spec(memory, word_bytes))


def make_channel(
    memory: MemoryInterface | IdealMemory, clock: Clock, word_bytes: int
) -> DramChannel | IdealChannel:
    """One channel of `memory` at time 0, for an accelerator clock and ports of `word_bytes` bytes.

    Raises `InputError` if the numbers of the memory cannot describe a memory.
    """
    if isinstance(memory, IdealMemory):
        return IdealChannel(memory, word_bytes)
    return DramChannel(memory.part, clock, word_bytes)
