"""What a run found, as plain frozen data: every page, table and file is drawn from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LayerReport", "PartReport", "ResourceReport", "RunReport", "TraceEvent", "UnitReport"]


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
class PartReport:
    """One part of the design, its resources (lut, ff, dsp, bram36, uram) and their source."""

    name: str
    resources: Mapping[str, int]
    source: str


@dataclass(frozen=True, slots=True)
class ResourceReport:
    """A resource's use and what the device has (None without a device)."""

    used: int
    available: int | None


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One engine layer of a run, summed over the run's images.

    `fused` names the layers computed in the same pass. `busy` are the cycles in which the
    array (or the pooling unit) issued work; `stalls` the others, by cause: busy plus all
    stalls equals `cycles`. `utilisation` is useful lane cycles over lanes x cycles.
    `traffic_bytes` are the bytes moved to and from memory by stream. `compute_bound_cycles`
    and `memory_bound_cycles` are what the layer would take if only the array, or only the
    memory at its peak rate, mattered.
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
    macs: int
    terms: int
    k: Mapping[str, int]
    utilisation: float
    tiles: int
    mapping: str
    traffic_bytes: Mapping[str, int]
    compute_bound_cycles: int
    memory_bound_cycles: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """A whole run. Units: cycles of the accelerator clock, seconds, joules, bytes.

    `energy_j` is the sum of `energy_by_event_j`; `energy_source` names process and table.
    `accuracy` is None without labelled images, else the share of `accuracy_images` held-out
    images that the bit-exact kernels classify correctly. `peak_ops_per_cycle` and
    `peak_bytes_per_cycle` are the roofline's two ceilings. `notes` are sentences the reader
    must see (synthetic weights, assumptions). `outputs` are the network's. `configuration` is the
    resolved configuration as TOML-able data.
    """

    network: str
    title: str
    board: str | None
    scheme: str
    engine: str
    accelerator: str
    configuration: Mapping[str, object]
    clock_hz: int
    images: int
    batch: int
    seed: int
    cycles: int
    latency_s: float
    throughput_images_per_s: float
    gops: float
    bit_exact: bool
    output_sha256: str
    weights_origin: str
    resources: Mapping[str, ResourceReport]
    parts: tuple[PartReport, ...]
    energy_j: float
    energy_by_event_j: Mapping[str, float]
    energy_source: str
    accuracy: float | None
    accuracy_images: int
    layers: tuple[LayerReport, ...]
    units: tuple[UnitReport, ...]
    trace: tuple[TraceEvent, ...]
    peak_ops_per_cycle: float
    peak_bytes_per_cycle: float
    notes: tuple[str, ...]
    outputs: tuple[str, ...] = ()
