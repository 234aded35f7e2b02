"""The keys of a streaming accelerator's file; each description answers a wrong value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lightsim.hardware.entries import AnyText, Positive, Whole, table_entry
from lightsim.hardware.quantities import HERTZ_ACCEPTED, hertz
from lightsim.network.entries import Entry, Name

__all__ = ["AccumulatorEntry", "FoldingEntry", "StreamingEntry"]

_Table = dict[str, Any]
_WHOLE = "a whole number"


class FoldingEntry(Entry):
    """`[layers.NAME]`."""

    pe: Positive = 1
    simd: Positive = 1
    lanes: Annotated[str | None, Field(description="the name of a PE kind")] = None


class AccumulatorEntry(Entry):
    """`[accumulator]`."""

    bits: Whole = 32
    overflow: Annotated[
        Literal["refuse", "wrap", "saturate"], Field(description="refuse, wrap or saturate")
    ] = "refuse"
    accumulation: Annotated[
        Literal["exact", "truncate"], Field(description="exact or truncate")
    ] = "exact"


class StreamingEntry(Entry):
    """The whole file; the tables inside are checked one by one."""

    template: Annotated[Literal["streaming"], Field(description="streaming")]
    name: Name
    board: Annotated[str | None, Field(description="the name of a board")] = None
    scheme: AnyText
    clock: Annotated[
        int | None, BeforeValidator(hertz), Field(ge=1, le=1 << 40, description=HERTZ_ACCEPTED)
    ] = None
    port_bits: Annotated[int | None, Field(description=_WHOLE)] = None
    pipelines: Annotated[Literal["free", "rigid"], Field(description="free or rigid")] = "free"
    depth: Annotated[int | None, Field(description=_WHOLE)] = None
    layers: Annotated[dict[str, _Table], Field(description="a table [layers.NAME] for each layer")]
    fifos: Annotated[dict[str, int], Field(description="a table [fifos] of depths in words")] = (
        Field(default_factory=dict)
    )
    accumulator: Annotated[_Table, table_entry("accumulator")] = Field(default_factory=dict)
