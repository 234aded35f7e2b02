"""The keys an accelerator or board file may hold; each description answers a wrong value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lightsim.hardware.device import Controller
from lightsim.hardware.quantities import BYTES_ACCEPTED, HERTZ_ACCEPTED, hertz, nbytes
from lightsim.network.entries import Entry, Name, Text

__all__ = [
    "AcceleratorEntry",
    "AccumulatorEntry",
    "ArrayEntry",
    "BoardEntry",
    "BufferEntry",
    "DeviceEntry",
    "DramPartEntry",
    "GroupEntry",
    "IdealMemoryEntry",
    "MemoryEntry",
    "PostEntry",
    "SourceEntry",
]

# The ranges are the rules of `validation`; here a value only has to be of the right type.
_WHOLE = "a whole number"
Whole = Annotated[int, Field(ge=-(1 << 62), le=1 << 62, description=_WHOLE)]
Positive = Annotated[int, Field(ge=1, le=1 << 40, description="a whole number above 0")]
NotNegative = Annotated[int, Field(ge=0, le=1 << 40, description="a whole number, 0 or more")]
Hertz = Annotated[int, BeforeValidator(hertz), Field(ge=1, le=1 << 40, description=HERTZ_ACCEPTED)]
HertzOrNone = Annotated[
    int | None, BeforeValidator(hertz), Field(ge=1, le=1 << 40, description=HERTZ_ACCEPTED)
]
Bytes = Annotated[int, BeforeValidator(nbytes), Field(le=1 << 40, description=BYTES_ACCEPTED)]
AnyText = Annotated[str, Field(description="a text")]
NameOrNone = Annotated[str | None, Field(description="the name of a board")]
WholeOrNone = Annotated[int | None, Field(description=_WHOLE)]
_Table = dict[str, Any]


def _table(name: str) -> Any:
    return Field(description=f"a table [{name}]")


class GroupEntry(Entry):
    """`[[array.group]]`: rows of one PE kind."""

    pe: AnyText
    rows: Whole


class ArrayEntry(Entry):
    """`[array]`."""

    columns: Whole
    pixels: Whole
    group: Annotated[
        list[_Table],
        Field(min_length=1, description="one [[array.group]] block for each lane group"),
    ]


class AccumulatorEntry(Entry):
    """`[accumulator]`."""

    bits: Whole = 32
    overflow: Annotated[
        Literal["refuse", "wrap", "saturate"], Field(description="refuse, wrap or saturate")
    ] = "refuse"
    accumulation: Annotated[
        Literal["exact", "truncate"], Field(description="exact or truncate")
    ] = "exact"


class PostEntry(Entry):
    """`[post]`."""

    lanes: Whole
    requantise: Annotated[Literal["multiply", "shift"], Field(description="multiply or shift")] = (
        "multiply"
    )


class BufferEntry(Entry):
    """`[input]`, `[weight]`, `[residual]` or `[output]`."""

    bytes_per_bank: Bytes
    banks: Whole = 2


class IdealMemoryEntry(Entry):
    """`[memory]` with a fixed latency and rate."""

    latency_cycles: Whole
    bytes_per_cycle: Whole
    channels: Whole = 1
    interleave_bytes: Bytes = 4096


class SourceEntry(Entry):
    """Where a number comes from."""

    certainty: Annotated[
        Literal["read", "digitised", "measured", "derived", "recalled", "assumed"],
        Field(description="read, digitised, measured, derived, recalled or assumed"),
    ]
    text: Text


class MemoryEntry(Entry):
    """`[memory]` of DRAM channels: a part of the catalogue by its name, or a table of its own."""

    part: Annotated[str | _Table, Field(description="the name of a memory part, or its table")]
    channels: Whole = 1
    interleave_bytes: Bytes = 1024
    controller: Annotated[
        Controller | None,
        Field(description="hard (built into the device) or fabric"),
    ] = None
    source: Annotated[_Table | None, Field(description="a table with certainty and text")] = None


class DramPartEntry(Entry):
    """`[memory.part]`: every field of a memory part, timings in clocks of `clock`."""

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
    tCL: NotNegative  # noqa: N815 - the data sheet's own spelling
    tCWL: NotNegative  # noqa: N815
    tRCD: NotNegative  # noqa: N815
    tRP: NotNegative  # noqa: N815
    tRAS: NotNegative  # noqa: N815
    tRC: NotNegative  # noqa: N815
    tRRD_S: NotNegative  # noqa: N815
    tRRD_L: NotNegative  # noqa: N815
    tFAW: NotNegative  # noqa: N815
    tCCD_S: NotNegative  # noqa: N815
    tCCD_L: NotNegative  # noqa: N815
    tWTR_S: NotNegative  # noqa: N815
    tWTR_L: NotNegative  # noqa: N815
    tWR: NotNegative  # noqa: N815
    tRTP: NotNegative  # noqa: N815
    tRTW: NotNegative  # noqa: N815
    tRFC: NotNegative  # noqa: N815
    tREFI: NotNegative  # noqa: N815
    source: Annotated[_Table, Field(description="a table with certainty and text")]


class AcceleratorEntry(Entry):
    """The whole accelerator file; the tables inside are checked one by one."""

    name: Name
    board: NameOrNone = None
    scheme: AnyText
    clock: HertzOrNone = None
    port_bits: WholeOrNone = None
    ports: Annotated[
        list[list[str]] | None, Field(description='a list of lists of streams, as [["input"], ...]')
    ] = None
    request_bytes: Bytes = 1024
    outstanding: Whole = 4
    products_per_dsp: WholeOrNone = None
    psum_bytes: Bytes
    array: Annotated[_Table, _table("array")]
    accumulator: Annotated[_Table, _table("accumulator")] = Field(default_factory=dict)
    post: Annotated[_Table, _table("post")]
    input: Annotated[_Table, _table("input")]
    weight: Annotated[_Table, _table("weight")]
    residual: Annotated[_Table, _table("residual")]
    output: Annotated[_Table, _table("output")]
    memory: Annotated[_Table | None, _table("memory")] = None


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
    memory: Annotated[_Table, _table("memory")]
