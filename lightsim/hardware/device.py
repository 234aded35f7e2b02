"""The hardware under a design: the resources of a device, and the board that carries the device."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Literal

from lightsim.descriptions import Count, OneOf, PowerOfTwo, Text, Whole, check_fields, refuse
from lightsim.hardware.dram import MOST_BANK_GROUPS, MOST_BANKS, DramPart
from lightsim.hardware.families import FAMILIES
from lightsim.source import Source
from lightsim.units import LEAST_HZ, MOST_HZ

__all__ = ["Board", "Controller", "Device", "MemoryInterface", "Resources"]


@dataclass(frozen=True, slots=True)
class Resources:
    """Amounts of the five FPGA resources."""

    lut: Count = 0
    ff: Count = 0
    dsp: Count = 0
    bram36: Count = 0
    uram: Count = 0

    def __post_init__(self) -> None:
        check_fields(self)

    def __add__(self, other: Resources) -> Resources:
        return Resources(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def times(self, count: int) -> Resources:
        """The resources of `count` equal parts."""
        return Resources(*(count * amount for amount in self.values()))

    def values(self) -> tuple[int, ...]:
        """The amounts in the order of `names()`."""
        return tuple(getattr(self, f.name) for f in fields(self))

    @staticmethod
    def names() -> tuple[str, ...]:
        """The resources in their reporting order."""
        return ("lut", "ff", "dsp", "bram36", "uram")


@dataclass(frozen=True, slots=True)
class Device:
    """An FPGA part; `family` is a name of `families.FAMILIES`."""

    name: Annotated[str, Text()]
    family: Annotated[str, OneOf("family", lambda: FAMILIES)]
    dsp_type: Annotated[str, Text()]
    resources: Resources
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)


Controller = Literal["hard", "fabric"]
"""The place of a DRAM controller: built into the device, or made of its LUTs."""


@dataclass(frozen=True, slots=True)
class MemoryInterface:
    """The memory that a board offers its accelerator: `channels` equal channels of one DRAM part.

    `interleave_bytes` consecutive bytes lie in one channel, then the next channel follows.
    `controller` says where the controllers are: `hard` (built into the device) or `fabric` (made of
    its LUTs). None leaves the choice to the family of the device.
    """

    part: DramPart
    channels: Annotated[int, Whole(1, 64)]
    interleave_bytes: Annotated[int, PowerOfTwo(1, 1 << 20)]
    source: Source
    controller: Controller | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        part = self.part
        self._check_part(part)
        if self.interleave_bytes < part.burst_bytes:
            accepted = f"a power of two from {part.burst_bytes} to {1 << 20}"
            refuse(self, "interleave_bytes", self.interleave_bytes, accepted)

    def _check_part(self, part: DramPart) -> None:
        """Raises an error for a part that is right in itself but that an interface cannot use."""
        most = 1 << 40
        # An address is cut into fields of whole bits, so these sizes must be powers of two.
        for name in ("burst_bytes", "row_bytes", "rows", "bank_groups", "banks_per_group"):
            value = getattr(part, name)
            if value < 1 or value & (value - 1):
                refuse(self, f"{part.name} {name}", value, f"a power of two from 1 to {most}")
        if part.row_bytes < part.burst_bytes:
            accepted = f"at least {part.burst_bytes}"
            refuse(self, f"{part.name} row_bytes", part.row_bytes, accepted)
        if part.tRC < part.tRAS + part.tRP:
            accepted = f"at least tRAS + tRP = {part.tRAS + part.tRP}"
            refuse(self, f"{part.name} tRC", part.tRC, accepted)
        if part.tREFI <= part.clocks_around_refresh:
            accepted = f"more than the {part.clocks_around_refresh} clocks that a refresh takes"
            refuse(self, f"{part.name} tREFI", part.tREFI, accepted)
        if part.bank_groups > MOST_BANK_GROUPS:
            accepted = f"at most {MOST_BANK_GROUPS}"
            refuse(self, f"{part.name} bank_groups", part.bank_groups, accepted)
        if part.banks > MOST_BANKS:
            accepted = f"at most {MOST_BANKS} banks in all groups together"
            refuse(self, f"{part.name} banks_per_group", part.banks_per_group, accepted)


@dataclass(frozen=True, slots=True)
class IdealMemory:
    """A memory with a fixed latency in cycles and a fixed number of bytes per cycle.

    With several `channels`, each channel moves `bytes_per_cycle` bytes in a cycle.
    `interleave_bytes` neighbouring bytes lie in one channel, and no request is larger.
    """

    latency_cycles: Annotated[int, Whole(0, 1_000_000)]
    bytes_per_cycle: Annotated[int, Whole(1, 1 << 20)]
    channels: Annotated[int, Whole(1, 64)] = 1
    interleave_bytes: Annotated[int, PowerOfTwo(1, 1 << 20)] = 4096

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Board:
    """A device, its memory, and the clock of the board's default accelerator in hertz.

    `port_bits` is the data width of one memory port of the default accelerator, and `port_count`
    the number of its ports.
    """

    name: Annotated[str, Text()]
    title: Annotated[str, Text()]
    device: Device
    memory: MemoryInterface
    clock_hz: Annotated[int, Whole(LEAST_HZ, MOST_HZ)]
    port_bits: Annotated[int, PowerOfTwo(32, 1024)]
    port_count: Annotated[int, Whole(1, 64)]
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)
