"""The spec and state arrays of one channel, made from the description of a memory."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.hardware.device import IdealMemory
from lightsim.hardware.dram import DramPart
from lightsim.memory import layout
from lightsim.memory.rules import COMMANDS, RULES, SCOPES
from lightsim.source import Source
from lightsim.units import Clock, ClockRatio

__all__ = [
    "INTERCONNECT",
    "REQUEST_CYCLES",
    "RESPONSE_CYCLES",
    "capacity_bytes",
    "dram_spec",
    "ideal_spec",
    "new_state",
]

REQUEST_CYCLES = 4
RESPONSE_CYCLES = 4
INTERCONNECT = Source(
    "assumed",
    "register stages of the interconnect between a port and the DRAM controller: "
    "4 accelerator cycles each way",
)


def capacity_bytes(part: DramPart) -> int:
    """Bytes that one channel of `part` holds."""
    return part.banks * part.rows * part.row_bytes


def ideal_spec(memory: IdealMemory, word_bytes: int) -> NDArray[np.int64]:
    """The spec array of an ideal memory."""
    spec = np.zeros(layout.RULES_AT, dtype=np.int64)
    spec[layout.KIND] = layout.IDEAL
    spec[layout.WORD_BYTES] = word_bytes
    spec[layout.LATENCY_CYCLES] = memory.latency_cycles
    spec[layout.BYTES_PER_CYCLE] = memory.bytes_per_cycle
    return spec


def dram_spec(part: DramPart, clock: Clock, word_bytes: int) -> NDArray[np.int64]:
    """The spec array of one channel of `part`, for the accelerator clock `clock`.

    Raises `InputError` if the numbers of the part cannot describe a DRAM.
    """
    _check(part)
    ratio = ClockRatio.between(clock, Clock(part.clock_hz))
    begins, rows = _rule_rows(part)
    spec = np.zeros(layout.RULES_AT + len(rows), dtype=np.int64)
    spec[layout.KIND] = layout.DRAM
    spec[layout.WORD_BYTES] = word_bytes
    spec[layout.CLOCK_NUMERATOR] = ratio.numerator
    spec[layout.CLOCK_DENOMINATOR] = ratio.denominator
    spec[layout.REQUEST_DELAY] = REQUEST_CYCLES
    spec[layout.RESPONSE_DELAY] = RESPONSE_CYCLES
    spec[layout.BURST_BYTES] = part.burst_bytes
    spec[layout.BURST_CLOCKS] = part.burst_clocks
    spec[layout.READ_LATENCY] = part.tCL
    spec[layout.WRITE_LATENCY] = part.tCWL
    spec[layout.REFRESH_INTERVAL] = part.tREFI
    spec[layout.BANKS] = part.banks
    spec[layout.BANKS_PER_GROUP] = part.banks_per_group
    sizes = {
        "bank_group": part.bank_groups,
        "column": part.row_bytes // part.burst_bytes,
        "bank": part.banks_per_group,
        "row": part.rows,
    }
    _put(spec, layout.FIELD_SIZES, (sizes[name] for name in part.address_order))
    spec[layout.GROUP_FIELD] = part.address_order.index("bank_group")
    spec[layout.BANK_FIELD] = part.address_order.index("bank")
    spec[layout.ROW_FIELD] = part.address_order.index("row")
    _put(spec, layout.RULE_BEGIN, begins)
    _put(spec, layout.RULES_AT, rows)
    return spec


def new_state(spec: NDArray[np.int64], trace_capacity: int = 0) -> NDArray[np.int64]:
    """The state of a channel at time 0: all banks closed, the first refresh due after one interval.

    The state has room to record the first `trace_capacity` commands.
    """
    state = np.zeros(layout.TRACE + layout.TRACE_WIDTH * trace_capacity, dtype=np.int64)
    state[layout.NEXT_REFRESH] = spec[layout.REFRESH_INTERVAL]
    state[layout.LATEST] = layout.NEVER
    state[layout.RECENT_ACTIVATES : layout.COUNTERS] = layout.NEVER
    state[layout.OPEN_ROWS : layout.LAST] = layout.CLOSED
    state[layout.LAST : layout.TRACE] = layout.NEVER
    return state


def _rule_rows(part: DramPart) -> tuple[list[int], list[int]]:
    """The rules as numbers, sorted by next command: the first row of each command, and the rows."""
    begins: list[int] = []
    rows: list[int] = []
    for command in COMMANDS:
        begins.append(len(rows) // layout.RULE_WIDTH)
        limits: dict[tuple[int, int], int] = {}
        for rule in RULES:
            if rule.next == command and rule.clocks(part) > 0:
                key = (SCOPES.index(rule.scope), COMMANDS.index(rule.previous))
                limits[key] = max(limits.get(key, 0), rule.clocks(part))
        for (scope, previous), clocks in limits.items():
            rows.extend((scope, previous, clocks))
    begins.append(len(rows) // layout.RULE_WIDTH)
    return begins, rows


def _put(spec: NDArray[np.int64], position: int, values: Iterable[int]) -> None:
    listed = list(values)
    spec[position : position + len(listed)] = listed


def _check(part: DramPart) -> None:
    where = f"DRAM part '{part.name}'"
    if part.banks > layout.MAX_BANKS or part.bank_groups > layout.MAX_GROUPS:
        raise InputError(
            where,
            f"{part.banks} banks in {part.bank_groups} groups",
            f"at most {layout.MAX_BANKS} banks in {layout.MAX_GROUPS} groups are accepted",
        )
    if part.row_bytes % part.burst_bytes:
        raise InputError(
            where,
            f"row_bytes {part.row_bytes} is not a multiple of a burst of {part.burst_bytes} bytes",
        )
    need = part.clocks_around_refresh  # with less, no burst would ever be served
    if part.tREFI <= need:
        raise InputError(where, f"tREFI is {part.tREFI} clocks", f"accepted is more than {need}")
