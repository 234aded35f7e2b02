"""The most important numbers of a run, in words; terminal and page show the same numbers."""

from __future__ import annotations

from importlib.metadata import version
from typing import NamedTuple

from lightsim.reports.own_parts import own_numbers
from lightsim.reports.quantities import energy_per_image_j
from lightsim.reports.report import DefaultReport, RunReport
from lightsim.units import spell

__all__ = ["Fact", "headline", "provenance"]


class Fact(NamedTuple):
    """A labelled value, and the remark below it ("" if there is none)."""

    label: str
    value: str
    remark: str = ""


def headline(report: RunReport) -> tuple[Fact, ...]:
    """Latency, throughput, operations, cycles and their bound, clock, accuracy, energy, bits."""
    return (
        Fact("Latency", spell(report.latency_s, "s"), f"batch of {_images(report.batch)}"),
        Fact(
            "Throughput",
            f"{_significant(report.throughput_images_per_s)} images/s",
            f"over {_images(report.images)}",
        ),
        Fact("Arithmetic", f"{_significant(report.gops)} GOP/s", "1 MAC = 2 operations"),
        Fact("Cycles", f"{report.cycles:,}", f"for {_images(report.images)}"),
        *(Fact(*number) for number in own_numbers(report)),
        *_proven(report.default),
        Fact("Clock", spell(report.clock_hz, "Hz")),
        _accuracy(report),
        Fact(
            "Energy",
            f"{spell(energy_per_image_j(report), 'J')}/image",
            "estimated from counted events",
        ),
        _bits(report),
    )


def _bits(report: RunReport) -> Fact:
    if report.output_sha256 is None:
        return Fact("Bit exact", "not computed", "values not computed; --values brings them")
    said = "by reference" if report.engine == "timeline" else "yes"
    return Fact(
        "Bit exact",
        said if report.bit_exact else "NO",
        f"output SHA-256 {report.output_sha256[:12]}…",
    )


def _proven(default: DefaultReport | None) -> tuple[Fact, ...]:
    """The gap between a run on a default accelerator and the bound of the default space."""
    if default is None:
        return ()
    of = "" if default.images == 1 else f" for {_images(default.images)}"
    return (
        Fact(
            "Proven best",
            f"{default.bound_cycles:,}",
            f"cycles{of}, by the bound of the default space; this run: within "
            f"{100 * default.excess:.1f} %",
        ),
    )


def provenance(report: RunReport) -> tuple[Fact, ...]:
    """The inputs of the run: enough to run it again."""
    return (
        Fact("Network", report.network, report.title),
        Fact("Board", report.board or "none"),
        Fact("Scheme", report.scheme),
        Fact("Template", report.template),
        Fact("Accelerator", report.accelerator),
        Fact("Engine", report.engine),
        Fact("Weights", report.weights_origin),
        Fact("Images", f"{report.images:,} (batch {report.batch:,})"),
        Fact("Seed", str(report.seed)),
        Fact("Output SHA-256", report.output_sha256 or "not computed"),
        Fact("Energy table", report.energy_source),
        Fact("LightSim", version("lightsim")),
    )


def _accuracy(report: RunReport) -> Fact:
    if report.accuracy is None and not report.values_computed:
        return Fact("Accuracy", "not measured", "values not computed")
    if report.accuracy is None:
        return Fact("Accuracy", "not measured", "no labelled images")
    return Fact("Accuracy", f"{100 * report.accuracy:.2f} %", _measured_on(report))


def _measured_on(report: RunReport) -> str:
    """The images on which an accuracy is measured, and the accuracies on the whole test set."""
    whole, count = report.test_set, report.accuracy_images
    if whole is None:
        return f"on {count:,} held-out images"
    if count >= whole.images:
        return f"on all {count:,} images of {whole.name}'s test set"
    told = "" if whole.accuracy is None else f"; {100 * whole.accuracy:.2f} % of all when trained"
    return f"on {count:,} of the {whole.images:,} images of {whole.name}'s test set{told}"


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _significant(value: float) -> str:
    """A number with four significant digits, never in powers of ten."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
