"""An accelerator of the `tiled` template: an immutable description of what is built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal, get_args

from lightsim.descriptions import (
    Count,
    OneOf,
    Positive,
    PowerOfTwo,
    Text,
    Whole,
    check_fields,
    refuse,
)
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.network.tensor import field_bits
from lightsim.numerics.formats.scheme import SCHEMES, SchemeName
from lightsim.units import LEAST_HZ, MOST_HZ

__all__ = [
    "Accelerator",
    "Accumulation",
    "Accumulator",
    "Array",
    "Buffer",
    "BufferName",
    "LaneGroup",
    "Overflow",
    "PortAssignment",
    "PostProcessing",
    "StreamName",
]

MOST_ROWS = 4096
MOST_PIXELS = 64
_MOST_LANES = 1 << 20

Accumulation = Literal["exact", "truncate"]
Overflow = Literal["refuse", "wrap", "saturate"]
BufferName = Literal["input", "weight", "residual", "output"]
StreamName = Literal["input", "weight", "residual", "output"]


@dataclass(frozen=True, slots=True)
class LaneGroup:
    """`rows` rows of the array built from one PE kind (a name in `hardware.pe_kinds.PE_KINDS`)."""

    pe: Annotated[str, OneOf("PE kind", lambda: PE_KINDS)]
    rows: Annotated[int, Whole(1, MOST_ROWS)]

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Array:
    """Rows (filters) x columns (input channels) x pixels of lanes, all stepped together.

    Row r takes filter r of the current row group; the rows are the lane groups' rows in order.
    """

    groups: tuple[LaneGroup, ...]
    columns: Annotated[int, Whole(1, MOST_ROWS)]
    pixels: Annotated[int, Whole(1, MOST_PIXELS)]

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.groups:
            refuse(self, "groups", "empty", "at least one lane group")
        if not 1 <= self.rows <= MOST_ROWS:
            refuse(self, "rows", self.rows, f"a whole number from 1 to {MOST_ROWS}")
        if self.lanes > _MOST_LANES:
            refuse(self, "rows x columns x pixels", self.lanes, f"at most {_MOST_LANES} lanes")

    @property
    def rows(self) -> int:
        """Filters computed at the same time."""
        return sum(group.rows for group in self.groups)

    @property
    def lanes(self) -> int:
        """Products formed at the same time."""
        return self.rows * self.columns * self.pixels


@dataclass(frozen=True, slots=True)
class Accumulator:
    """Width of a lane row's sum, what happens when it does not fit, and how terms are summed.

    `exact` keeps every bit of a shifted term; `truncate` drops the bits that `x >> m` drops.
    `refuse` rejects a workload whose worst sum does not fit; `wrap` keeps the low bits;
    `saturate` clamps the finished sum.
    """

    bits: Annotated[int, Whole(8, 32)] = 32
    overflow: Overflow = "refuse"
    accumulation: Accumulation = "exact"

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Buffer:
    """On-chip storage: `banks` banks (2 = ping-pong, 1 = single) of `bytes_per_bank` bytes.

    For the input buffer the bytes are those of one copy; the array holds `pixels` copies.
    """

    bytes_per_bank: Positive
    banks: Annotated[int, Whole(1, 2)]

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class PostProcessing:
    """The unit between accumulators and output buffer: `lanes` values a cycle.

    `requantise = "shift"` is built without multipliers and needs every multiplier to be 1.
    A lane compares a sum with as many as `thresholds` of its filter's at once.
    """

    lanes: Annotated[int, PowerOfTwo(1, 1024)]
    requantise: Literal["multiply", "shift"] = "multiply"
    thresholds: Annotated[int, Whole(0, 255)] = 0

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class PortAssignment:
    """A memory port of `Accelerator.port_bits` bits and the streams that share it."""

    streams: tuple[Annotated[StreamName, OneOf("stream", lambda: get_args(StreamName))], ...]

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Accelerator:
    """Everything that is built, for one engine that runs layers in turn.

    `request_bytes` is the largest memory request a port makes (a request never crosses a
    multiple of it), `outstanding` how many requests of a port may be under way.
    `psum_bytes` is the partial-sum memory between the n tiles of one output tile.
    `board` is the board's name, or None for an accelerator tied to none.
    `products_per_dsp` is 2 where neighbouring pixels of a `multiply_dsp` row share a DSP block
    (`hardware.dsp_blocks` says where that fits). No cycle and no bit depends on it.
    `activation_bits` are the widths of the activations that it is built for, rising: its lanes and
    buffers take the widest, and have a selector for every narrower field. Machines of a scheme of
    signs take activations of one bit too.
    """

    template: ClassVar[str] = "tiled"

    name: Annotated[str, Text()]
    board: Annotated[str, Text()] | None
    scheme: Annotated[str, SchemeName()]
    clock_hz: Annotated[int, Whole(LEAST_HZ, MOST_HZ)]
    array: Array
    accumulator: Accumulator
    post: PostProcessing
    input: Buffer
    weight: Buffer
    residual: Buffer
    output: Buffer
    psum_bytes: Count
    memory: MemoryInterface | IdealMemory
    ports: tuple[PortAssignment, ...]
    port_bits: Annotated[int, PowerOfTwo(32, 1024)]
    request_bytes: Annotated[int, PowerOfTwo(4, 4096)] = 1024
    outstanding: Annotated[int, Whole(1, 1024)] = 4
    products_per_dsp: Annotated[int, Whole(1, 2)] = 1
    activation_bits: tuple[Annotated[int, Whole(1, 8)], ...] = (8,)

    def __post_init__(self) -> None:
        check_fields(self)
        bits = self.activation_bits
        if not bits or bits[-1] == 1 or list(bits) != sorted(set(bits)):
            accepted = "rising whole numbers from 1 to 8, the largest above 1"
            refuse(self, "activation_bits", list(bits), accepted)

    @property
    def field_bits(self) -> int:
        """Bits of the widest field that activations lie in, in memory and in the input buffer."""
        return field_bits(self.activation_bits[-1])

    @property
    def activation_fields(self) -> tuple[int, ...]:
        """Bits of all fields that the machine reads and writes activations in, rising."""
        signs = {1} if SCHEMES[self.scheme].is_sign else set[int]()
        return tuple(sorted(signs | {field_bits(bits) for bits in self.activation_bits}))

    @property
    def word_bytes(self) -> int:
        """Bytes of one memory word: one port beat, and one word of the activation buffers."""
        return self.port_bits // 8

    def with_ideal_memory(self) -> Accelerator:
        """The same accelerator with a memory that answers at once and never waits.

        It has the channels of the memory that it replaces. Each of them moves a whole request in
        the cycle of its grant, so that only the ports and the arbiter are left to wait for.
        """
        memory = self.memory
        at_once = IdealMemory(0, self.request_bytes, memory.channels, memory.interleave_bytes)
        return replace(self, memory=at_once)
