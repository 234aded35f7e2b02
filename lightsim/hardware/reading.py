"""The tables that accelerator files and board files share, turned into descriptions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from lightsim.descriptions import within
from lightsim.errors import InputError
from lightsim.files.regular import read_text
from lightsim.hardware.catalogue import dram_part
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.dram import DramPart
from lightsim.hardware.entries import DramPartEntry, IdealMemoryEntry, MemoryEntry, SourceEntry
from lightsim.network.checking import checked
from lightsim.source import Source

__all__ = ["dram_memory", "memory", "read_table"]


def read_table(path: Path) -> dict[str, Any]:
    """The content of a TOML file; raises `InputError` if the file cannot be read or is not TOML."""
    try:
        return tomllib.loads(read_text(path))
    except InputError:
        raise
    except RecursionError:
        raise InputError(str(path), "not a TOML file: nested too deeply") from None
    except ValueError as error:
        # A syntax error, or a number with too many digits.
        raise InputError(str(path), f"not a TOML file: {error}") from None


def memory(table: Mapping[str, Any], where: str) -> MemoryInterface | IdealMemory:
    """The memory of the table `[memory]` in the file `where`.

    The memory is ideal if the table has a key of the ideal memory; else it is a memory of DRAM
    channels. Raises `InputError` for a wrong table.
    """
    if "latency_cycles" in table or "bytes_per_cycle" in table:
        ideal = checked(IdealMemoryEntry, table, f"{where}, [memory]")
        with within(where, "memory"):
            return IdealMemory(**ideal.model_dump())
    return dram_memory(table, where)


def dram_memory(table: Mapping[str, Any], where: str) -> MemoryInterface:
    """The memory of DRAM channels that the table `[memory]` of the file `where` describes."""
    place = f"{where}, [memory]"
    entry = checked(MemoryEntry, table, place)
    if isinstance(entry.part, str):
        part = dram_part(entry.part, place)
    else:
        with within(where, str(entry.part.get("name"))):
            part = _part(entry.part, f"{place} part")
    source = Source("assumed", "stated in the file that describes it")
    if entry.source is not None:
        source = _source(entry.source, place)
    with within(where, "memory"):
        return MemoryInterface(
            part, entry.channels, entry.interleave_bytes, source, entry.controller
        )


def _part(table: Mapping[str, Any], where: str) -> DramPart:
    entry = checked(DramPartEntry, table, where)
    given: dict[str, Any] = {
        field.name: getattr(entry, field.name)
        for field in fields(DramPart)
        if field.name not in ("clock_hz", "address_order", "source")
    }
    return DramPart(
        clock_hz=entry.clock,
        address_order=tuple(entry.address_order),
        source=_source(entry.source, where),
        **given,
    )


def _source(table: Mapping[str, Any], where: str) -> Source:
    entry = checked(SourceEntry, table, f"{where} source")
    return Source(entry.certainty, entry.text)
