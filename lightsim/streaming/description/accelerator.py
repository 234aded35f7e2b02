"""The streaming accelerator as an immutable description: a folding for each layer, and FIFOs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from lightsim.descriptions import Count, OneOf, Positive, PowerOfTwo, Text, Whole, check_fields
from lightsim.hardware.device import Device
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.units import LEAST_HZ, MOST_HZ

__all__ = ["Accumulator", "Folding", "Module", "Pipelines", "StreamingAccelerator"]

Pipelines = Literal["free", "rigid"]
"""How an engine's pipeline waits: see docs/streaming.md, section 'Pipelines'."""

Name = Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class Accumulator:
    """Width of the sums of every engine and what happens when one does not fit."""

    bits: Annotated[int, Whole(8, 32)] = 32
    overflow: Literal["refuse", "wrap", "saturate"] = "refuse"
    accumulation: Literal["exact", "truncate"] = "exact"

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Folding:
    """How much of a layer its engine does in one cycle.

    `pe` filters (or, where there are no weights, channels) by `simd` inputs of each. Of depthwise
    layers and poolings `simd` are taps of the window. `lanes` is the PE kind, None for the
    scheme's usual one.
    """

    pe: Positive = 1
    simd: Positive = 1
    lanes: Annotated[str, OneOf("PE kind", lambda: PE_KINDS)] | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Module:
    """A piece of hardware: `kind` says which formula counts it, `sizes` what the formula takes."""

    name: Name
    kind: Name
    sizes: Mapping[str, int | str]

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class StreamingAccelerator:
    """Everything that is built, for one network whose layers `layers` names.

    A layer without weights that is not named passes on as many channels as are brought to it.
    `fifos` are depths in words by the name of the engine that reads (`NAME.0`, `NAME.1` where it
    reads several); a FIFO that is not named is as deep as its writer's pipeline needs. `depth`
    replaces the pipeline depth of every engine with weights, for engines that others built.
    `port_bits` is the width of the memory port at either end, `memory` the kind of memory behind
    it, by which its bytes cost energy. `device` is the one that it must fit, if any. `built` lists
    its hardware: it is known when a network is laid on it, and empty before.
    """

    template: ClassVar[str] = "streaming"

    name: Name
    board: Name | None
    scheme: Annotated[str, OneOf("scheme", lambda: SCHEMES)]
    clock_hz: Annotated[int, Whole(LEAST_HZ, MOST_HZ)]
    layers: Mapping[Name, Folding]
    port_bits: Annotated[int, PowerOfTwo(8, 1024)]
    accumulator: Accumulator = Accumulator()
    fifos: Mapping[Name, Annotated[int, Whole(1, 1 << 24)]] = field(default_factory=dict)
    pipelines: Pipelines = "free"
    depth: Count | None = None
    memory: Name = "ideal"
    device: Device | None = field(default=None, repr=False, compare=False)
    built: tuple[Module, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        check_fields(self)
