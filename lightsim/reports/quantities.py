"""Quantities that several reports derive from a run, each defined once."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import scheme
from lightsim.reports.report import LayerReport, RunReport

__all__ = [
    "energy_per_image_j",
    "gops",
    "has_k",
    "intensity",
    "k_counts",
    "k_heading",
    "largest_stall",
    "operations",
    "share",
    "traffic",
]


def operations(layer: LayerReport) -> int:
    """Operations of a layer: two (a multiply and an add) for each multiply-accumulate."""
    return 2 * layer.macs


def traffic(layer: LayerReport) -> int:
    """Bytes moved to and from memory by all streams of a layer."""
    return sum(layer.traffic_bytes.values())


def gops(layer: LayerReport, clock_hz: int) -> float:
    """The operations per second of a layer in units of 10^9; 0 for a layer without cycles."""
    return operations(layer) * clock_hz / layer.cycles / 1e9 if layer.cycles else 0.0


def intensity(layer: LayerReport) -> float | None:
    """Operations per byte of memory traffic; None for a layer that moves no bytes."""
    moved = traffic(layer)
    return operations(layer) / moved if moved else None


def share(layer: LayerReport, report: RunReport) -> float:
    """The cycles of the layer divided by the cycles of the run."""
    return layer.cycles / report.cycles if report.cycles else 0.0


def largest_stall(layer: LayerReport) -> tuple[str, int] | None:
    """The cause with the most stall cycles, and the number of these cycles; None without stalls.

    Of causes with equally many cycles the first by name is taken.
    """
    cause = min(layer.stalls, key=lambda name: (-layer.stalls[name], name), default=None)
    if cause is None or layer.stalls[cause] == 0:
        return None
    return cause, layer.stalls[cause]


def k_counts(layer: LayerReport) -> tuple[int, ...]:
    """Filters with 0, 1, 2 terms, and with as many more as the scheme has."""
    return tuple(layer.k.get(str(terms), 0) for terms in range(max(3, len(layer.k))))


def k_heading(report: RunReport, between: str) -> str:
    """The numbers of terms that are counted."""
    return between.join(map(str, range(max(len(k_counts(layer)) for layer in report.layers))))


def has_k(report: RunReport) -> bool:
    """Whether the run's scheme chooses k for every filter separately."""
    try:
        return scheme(report.scheme).k_per_filter
    except InputError:
        return any(sum(1 for count in k_counts(layer) if count) > 1 for layer in report.layers)


def energy_per_image_j(report: RunReport) -> float:
    """The energy of one image of the run, in joules."""
    return report.energy_j / report.images
