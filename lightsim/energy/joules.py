"""Energy in joules from counted activity, by an energy table."""

from __future__ import annotations

from collections.abc import Mapping

from lightsim.energy.tables import (
    DRAM_PJ_PER_BIT,
    ENERGY_TABLES,
    EVENTS,
    EnergyRow,
    EnergyTable,
)
from lightsim.errors import InputError, unknown_name

__all__ = ["DEFAULT_ENERGY_TABLE", "DRAM_EVENT", "energy", "energy_source", "energy_table"]

# Every board of the catalogue is an FPGA. The table is an estimate, and its summary says so.
DEFAULT_ENERGY_TABLE = "fpga-28nm"
DRAM_EVENT = "dram_byte"


def energy(counts: Mapping[str, int], table: EnergyTable, dram_kind: str) -> Mapping[str, float]:
    """Joules by event, from counts of the events of `EVENTS` and of `dram_byte`.

    `dram_kind` is the kind of the memory part, or `ideal`. Raises `InputError` for an unknown event
    or kind.
    """
    joules: dict[str, float] = {}
    for event, count in counts.items():
        if count < 0:
            raise InputError("energy", f"{event} counted {count} times", "accepted: 0 or more")
        joules[event] = count * _picojoules(event, table, dram_kind) * 1e-12
    return joules


def energy_source(table: EnergyTable, dram_kind: str) -> str:
    """The sentence that a report prints beside an energy: process, table, memory, and source."""
    row = _dram(dram_kind)
    return (
        f"{table.summary}; {dram_kind} memory {row.picojoules:g} pJ a bit "
        f"({row.source.certainty}: {row.source.text})"
    )


def energy_table(name: str) -> EnergyTable:
    """The table called `name`; raises `InputError` with the nearest name for an unknown name."""
    try:
        return ENERGY_TABLES[name]
    except KeyError:
        raise unknown_name("energy_table", "energy table", name, ENERGY_TABLES) from None


def _picojoules(event: str, table: EnergyTable, dram_kind: str) -> float:
    if event == DRAM_EVENT:
        return 8 * _dram(dram_kind).picojoules
    if event not in table.rows:
        raise unknown_name("energy", "event", event, [*EVENTS, DRAM_EVENT])
    return table.rows[event].picojoules


def _dram(kind: str) -> EnergyRow:
    if kind not in DRAM_PJ_PER_BIT:
        raise unknown_name("energy", "memory kind", kind, DRAM_PJ_PER_BIT)
    return DRAM_PJ_PER_BIT[kind]
