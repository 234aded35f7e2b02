"""What a design is built from: a device's resources, and the board that carries it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from lightsim.hardware.dram import DramPart
from lightsim.source import Source

__all__ = ["Board", "Controller", "Device", "MemoryInterface", "Resources"]


@dataclass(frozen=True, slots=True)
class Resources:
    """Amounts of the five FPGA resources."""

    lut: int = 0
    ff: int = 0
    dsp: int = 0
    bram36: int = 0
    uram: int = 0

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

    name: str
    family: str
    dsp_type: str
    resources: Resources
    source: Source


Controller = Literal["hard", "fabric"]
"""Where a DRAM controller is: built into the device, or made of its LUTs."""


@dataclass(frozen=True, slots=True)
class MemoryInterface:
    """The memory a board offers its accelerator: `channels` equal channels of one DRAM part.

    `interleave_bytes` consecutive bytes lie in one channel, then the next channel follows.
    `controller` says where the controllers are: `hard`, built into the device, or in `fabric`;
    None leaves it to the device's family.
    """

    part: DramPart
    channels: int
    interleave_bytes: int
    source: Source
    controller: Controller | None = None


@dataclass(frozen=True, slots=True)
class IdealMemory:
    """A memory with a fixed latency in cycles and a fixed number of bytes per cycle.

    Of several `channels` each moves so many bytes a cycle, `interleave_bytes` of neighbouring
    addresses lie in one of them, and no request is larger.
    """

    latency_cycles: int
    bytes_per_cycle: int
    channels: int = 1
    interleave_bytes: int = 4096


@dataclass(frozen=True, slots=True)
class Board:
    """A device, its memory and the clock its default accelerator runs at.

    `port_bits` is the data width of one memory port of the default accelerator and
    `port_count` how many of them it has.
    """

    name: str
    title: str
    device: Device
    memory: MemoryInterface
    clock_hz: int
    port_bits: int
    port_count: int
    source: Source
