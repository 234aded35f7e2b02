"""What a machine found of a run, as plain frozen data that every wing fills and reports draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Findings", "LayerReport", "OwnPart", "TraceEvent", "UnitReport"]


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One thing that a unit did from cycle `start` up to, not including, cycle `end`."""

    unit: str
    name: str
    start: int
    end: int
    detail: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class UnitReport:
    """How a unit spent the run: busy + sum(stalls) + idle = the run's cycles, exactly."""

    name: str
    busy: int
    stalls: Mapping[str, int]
    idle: int


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One engine layer of a run, summed over the run's images.

    `fused` names the layers computed in the same pass. `busy` are the cycles in which the
    array (or the pooling unit) issued work; `stalls` the others, by cause: busy plus all
    stalls equals `cycles`. `utilisation` is useful lane cycles over lanes x cycles.
    `traffic_bytes` are the bytes moved to and from memory by stream. `bound_by` is the
    cause without which the layer would be shorter by most cycles, `gain_cycles` by how many.
    `compute_bound_cycles`, `port_bound_cycles` and `dram_bound_cycles` are what the layer would
    take if only the array, only the ports, or only the memory at its peak rate mattered;
    `memory_bound_cycles` is the larger of the last two. `input_type` and `output_type` are those of
    the activations that the layer reads and writes, as `uint8`; empty where a machine does not say.
    """

    name: str
    kind: str
    fused: tuple[str, ...]
    start: int
    end: int
    cycles: int
    busy: int
    stalls: Mapping[str, int]
    bound_by: str
    gain_cycles: int
    macs: int
    terms: int
    k: Mapping[str, int]
    utilisation: float
    tiles: int
    mapping: str
    traffic_bytes: Mapping[str, int]
    compute_bound_cycles: int
    port_bound_cycles: int
    dram_bound_cycles: int
    memory_bound_cycles: int
    input_type: str = ""
    output_type: str = ""


Value = str | int | float | bool | Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A part of a report that one template has and others do not, as `fifos` or `engines`.

    `key` is its place in the JSON document, which no other part has, `title` what people read,
    `meaning` the sentence that defines it. `value` is one number or text, which stands in the
    headline, or a tuple of rows with the same keys, which become a table.
    """

    key: str
    title: str
    value: Value | tuple[Mapping[str, Value], ...]
    meaning: str


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """A run as its machine accounts for it, in cycles of the accelerator's clock.

    `first_cycles` are those until the first batch was done. `layers` are in order of execution,
    summed over the run's images. `events` are the counts that the energy tables price, and
    `memory_kind` is the kind of memory by which `dram_byte` is. The three `..._per_cycle` are the
    roofline's ceilings: the array, the memory or all ports, and one port. `mapping` is what was
    chosen, by layer, as data that JSON can hold. `outputs[layer]` int32[images, channels, height,
    width] are the values of every layer that a model computed itself, None of a model that moves
    no data. `notes` are sentences the reader must see, `resource_note` the one on where resources
    come from. `own` are the parts that only this template has.
    """

    cycles: int
    first_cycles: int
    layers: tuple[LayerReport, ...]
    units: tuple[UnitReport, ...]
    trace: tuple[TraceEvent, ...]
    events: Mapping[str, int]
    memory_kind: str
    peak_ops_per_cycle: float
    peak_bytes_per_cycle: float
    port_bytes_per_cycle: float
    mapping: Mapping[str, object]
    outputs: Mapping[str, NDArray[np.int32]] | None = None
    notes: tuple[str, ...] = ()
    resource_note: str | None = None
    own: tuple[OwnPart, ...] = ()
