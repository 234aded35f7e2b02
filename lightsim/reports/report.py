"""The report of a run as plain frozen data, from which every page, table and file is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The classes that every machine fills live in `template`, because wings may not import reports.
from lightsim.template.findings import LayerReport, OwnPart, TraceEvent, UnitReport

__all__ = [
    "DefaultReport",
    "LayerReport",
    "OwnPart",
    "PartReport",
    "ResourceReport",
    "RunReport",
    "TraceEvent",
    "UnitReport",
]


@dataclass(frozen=True, slots=True)
class PartReport:
    """One part of the design, its resources (lut, ff, dsp, bram36, uram) and their source."""

    name: str
    resources: Mapping[str, int]
    source: str


@dataclass(frozen=True, slots=True)
class ResourceReport:
    """The used amount of a resource, and the amount of the device (None without a device)."""

    used: int
    available: int | None


@dataclass(frozen=True, slots=True)
class DefaultReport:
    """The proof about a run on a default accelerator.

    No mapping on any machine of the default space takes fewer than `bound_cycles` cycles for the
    first `images` images. The run took `cycles` cycles for these images.
    """

    bound_cycles: int
    cycles: int
    images: int

    @property
    def share_of_best(self) -> float:
        """The bound divided by the cycles of the run; at most 1."""
        return self.bound_cycles / self.cycles

    @property
    def excess(self) -> float:
        """The cycles of the run above the bound, as a share of the bound; the true excess is no
        larger.
        """
        return self.cycles / self.bound_cycles - 1


@dataclass(frozen=True, slots=True)
class WholeSetReport:
    """The official test set of a trained network: its name and how many `images` it has.

    `accuracy` is that on all of them when the weights were made, None where the run's are others.
    """

    name: str
    images: int
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """A whole run. Units: cycles of the accelerator clock, seconds, joules, bytes.

    `bit_exact` and `output_sha256` are None in a run that computed no output values (see
    `values_computed`). `energy_j` is the sum of `energy_by_event_j`; `energy_source` names process
    and table. `accuracy` is the share of `accuracy_images` held-out images that the bit-exact
    kernels classify correctly; None without labelled images or without values.
    `peak_ops_per_cycle`, `peak_bytes_per_cycle` and `port_bytes_per_cycle` are the ceilings of the
    roofline: the array, the memory or all ports, and one port. `notes` are sentences that the
    reader must see (synthetic weights, assumptions). `outputs` names the output layers of the
    network. `configuration` is the resolved configuration, as data that TOML can hold. `default` is
    None if the accelerator is not a default accelerator. `own` holds the parts that only the run's
    template has. `test_set` is the data set of the held-out images, if the
    network's file names one.
    """

    network: str
    title: str
    board: str | None
    scheme: str
    template: str
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
    bit_exact: bool | None
    output_sha256: str | None
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
    port_bytes_per_cycle: float
    notes: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    default: DefaultReport | None = None
    own: tuple[OwnPart, ...] = ()
    test_set: WholeSetReport | None = None

    @property
    def values_computed(self) -> bool:
        """Whether the run computed output values, and not only the timing."""
        return self.output_sha256 is not None
