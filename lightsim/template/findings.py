"""The findings of a run, as plain frozen data that every wing fills and reports draw."""

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
    """One activity of a unit, from cycle `start` up to, not including, cycle `end`."""

    unit: str
    name: str
    start: int
    end: int
    detail: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class UnitReport:
    """The cycles of a unit in a run: busy + sum(stalls) + idle equals the cycles of the run."""

    name: str
    busy: int
    stalls: Mapping[str, int]
    idle: int


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One pass of a run, summed over the images of the run.

    `fused` names the layers computed in the same pass. `busy` counts the cycles in which the array
    (or the pooling unit) issued work. `stalls` counts the other cycles, by cause: busy plus all
    stalls equals `cycles`. `utilisation` is useful lane cycles / (lanes x cycles). `traffic_bytes`
    counts the bytes moved to and from memory, by stream.

    `bound_by` is the cause that binds the layer: without this cause the layer would save the most
    cycles, namely `gain_cycles`. `compute_bound_cycles`, `port_bound_cycles` and
    `dram_bound_cycles` are the cycles that the array alone, the ports alone and the memory alone at
    its peak rate would take; `memory_bound_cycles` is the larger of the last two. `input_type` and
    `output_type` are the types of the activations that the layer reads and writes, such as `uint8`;
    empty if the machine does not say.
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
    """A part of a report that only one template has, such as `fifos` or `engines`.

    `key` is the part's name in the JSON document, different from all other keys. `title` is the
    heading for readers, and `meaning` the sentence that defines the part. `value` is one number or
    text, shown in the headline, or a tuple of rows with the same keys, shown as a table.
    """

    key: str
    title: str
    value: Value | tuple[Mapping[str, Value], ...]
    meaning: str


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The account of a run by its machine, in cycles of the accelerator's clock.

    `first_cycles` are the cycles until the first batch is done. `layers` are in order of execution,
    summed over the images of the run. `events` are the counts that the energy tables price;
    `memory_kind` selects the price of `dram_byte`. The three fields `..._per_cycle` are the
    ceilings of the roofline: the array, the memory or all ports, and one port. `mapping` describes
    the chosen mapping by layer, as JSON data. `outputs[layer]` int32[images, channels, height,
    width] holds the values of every layer that a model computed; None for a model that moves no
    data. `notes` are sentences that the reader must see, and `resource_note` is the note on the
    source of the resources. `own` holds the parts that only this template has.
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
