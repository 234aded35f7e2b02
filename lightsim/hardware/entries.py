"""The keys of a board file and of a file's memory; the descriptions check the values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lightsim.hardware.device import Controller
from lightsim.hardware.quantities import BYTES_ACCEPTED, HERTZ_ACCEPTED, hertz, nbytes
from lightsim.network.entries import Entry, Name, Text

__all__ = [
    "BoardEntry",
    "DeviceEntry",
    "DramPartEntry",
    "IdealMemoryEntry",
    "MemoryEntry",
    "SourceEntry",
    "table_entry",
]

# The descriptions check the ranges; here a value only has to be of the right type.
_WHOLE = "a whole number"
Whole = Annotated[int, Field(ge=-(1 << 62), le=1 << 62, description=_WHOLE)]
Positive = Annotated[int, Field(ge=1, le=1 << 40, description="a whole number above 0")]
NotNegative = Annotated[int, Field(ge=0, le=1 << 40, description="a whole number, 0 or more")]
Hertz = Annotated[int, BeforeValidator(hertz), Field(ge=1, le=1 << 40, description=HERTZ_ACCEPTED)]
Bytes = Annotated[int, BeforeValidator(nbytes), Field(le=1 << 40, description=BYTES_ACCEPTED)]
AnyText = Annotated[str, Field(description="a text")]
_Table = dict[str, Any]


def table_entry(name: str) -> Any:
    """The description, for messages, of the table `[name]`."""
    return Field(description=f"a table [{name}]")


class IdealMemoryEntry(Entry):
    """`[memory]` of an ideal memory: a fixed latency and a fixed rate."""

    latency_cycles: Whole
    bytes_per_cycle: Whole
    channels: Whole = 1
    interleave_bytes: Bytes = 4096


class SourceEntry(Entry):
    """The source of a number, with its certainty."""

    certainty: Annotated[
        Literal["read", "digitised", "measured", "derived", "recalled", "assumed"],
        Field(description="read, digitised, measured, derived, recalled or assumed"),
    ]
    text: Text


class MemoryEntry(Entry):
    """`[memory]` of DRAM channels: a part of the catalogue by name, or a table `[memory.part]`."""

    part: Annotated[str | _Table, Field(description="the name of a memory part, or its table")]
    channels: Whole = 1
    interleave_bytes: Bytes = 1024
    controller: Annotated[
        Controller | None,
        Field(description="hard (built into the device) or fabric"),
    ] = None
    source: Annotated[_Table | None, Field(description="a table with certainty and text")] = None


class DramPartEntry(Entry):
    """`[memory.part]`: every field of a memory part, with timings in clocks of `clock`."""

    name: Name
    kind: Annotated[
        Literal["DDR3", "DDR4", "LPDDR4", "HBM2", "SDR"],
        Field(description="DDR3, DDR4, LPDDR4, HBM2 or SDR"),
    ]
    clock: Hertz
    bus_bits: Positive
    burst_length: Positive
    burst_clocks: Positive
    bank_groups: Positive
    banks_per_group: Positive
    row_bytes: Positive
    rows: Positive
    address_order: Annotated[list[str], Field(description="column, bank_group, bank, row in order")]
    tCL: NotNegative
    tCWL: NotNegative
    tRCD: NotNegative
    tRP: NotNegative
    tRAS: NotNegative
    tRC: NotNegative
    tRRD_S: NotNegative
    tRRD_L: NotNegative
    tFAW: NotNegative
    tCCD_S: NotNegative
    tCCD_L: NotNegative
    tWTR_S: NotNegative
    tWTR_L: NotNegative
    tWR: NotNegative
    tRTP: NotNegative
    tRTW: NotNegative
    tRFC: NotNegative
    tREFI: NotNegative
    source: Annotated[_Table, Field(description="a table with certainty and text")]


class DeviceEntry(Entry):
    """`[device]` of a board file."""

    name: Name
    family: AnyText = "unknown"
    dsp_type: Annotated[
        Literal["DSP48E1", "DSP48E2", "DSP58", "MULT18X18D", "MAC16"],
        Field(description="DSP48E1, DSP48E2, DSP58, MULT18X18D or MAC16"),
    ]
    lut: NotNegative
    ff: NotNegative
    dsp: NotNegative
    bram36: NotNegative
    uram: NotNegative = 0


class BoardEntry(Entry):
    """The whole board file."""

    name: Name
    title: Text
    clock: Hertz
    port_bits: Whole
    port_count: Annotated[int, Field(ge=1, le=4, description="a whole number from 1 to 4")]
    source: Text
    device: Annotated[str | _Table, Field(description="the name of a device, or a table [device]")]
    memory: Annotated[_Table, table_entry("memory")]
