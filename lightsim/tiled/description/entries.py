"""The keys an accelerator file may hold; each description answers a wrong value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lightsim.hardware.entries import AnyText, Bytes, Whole, table_entry
from lightsim.hardware.quantities import HERTZ_ACCEPTED, hertz
from lightsim.network.entries import Entry, Name

__all__ = [
    "AcceleratorEntry",
    "AccumulatorEntry",
    "ArrayEntry",
    "BufferEntry",
    "GroupEntry",
    "PostEntry",
]

_WHOLE = "a whole number"
_Table = dict[str, Any]


HertzOrNone = Annotated[
    int | None, BeforeValidator(hertz), Field(ge=1, le=1 << 40, description=HERTZ_ACCEPTED)
]


NameOrNone = Annotated[str | None, Field(description="the name of a board")]


WholeOrNone = Annotated[int | None, Field(description=_WHOLE)]


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
    thresholds: Whole = 0


class BufferEntry(Entry):
    """`[input]`, `[weight]`, `[residual]` or `[output]`."""

    bytes_per_bank: Bytes
    banks: Whole = 2


class AcceleratorEntry(Entry):
    """The whole accelerator file; the tables inside are checked one by one."""

    template: Annotated[Literal["tiled"], Field(description="tiled")] = "tiled"
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
    activation_bits: Annotated[
        int | list[int],
        Field(description="a whole number, or a list of them, as [4, 8]"),
    ] = 8
    psum_bytes: Bytes
    array: Annotated[_Table, table_entry("array")]
    accumulator: Annotated[_Table, table_entry("accumulator")] = Field(default_factory=dict)
    post: Annotated[_Table, table_entry("post")]
    input: Annotated[_Table, table_entry("input")]
    weight: Annotated[_Table, table_entry("weight")]
    residual: Annotated[_Table, table_entry("residual")]
    output: Annotated[_Table, table_entry("output")]
    memory: Annotated[_Table | None, table_entry("memory")] = None
