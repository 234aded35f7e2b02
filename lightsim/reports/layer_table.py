"""The per-layer table of the page, as HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from lightsim.reports.frame.table import TEXT, table
from lightsim.reports.quantities import (
    gops,
    intensity,
    k_counts,
    k_heading,
    largest_stall,
    share,
    traffic,
)
from lightsim.reports.report import LayerReport, RunReport

__all__ = ["layer_table"]

_Cell = Callable[[LayerReport, RunReport], str]


def layer_table(report: RunReport) -> str:
    """A table with a row for each layer, and the sentences that define its columns."""
    counted = k_heading(report, " / ")
    heads = [(title.format(k=counted), kind) for title, kind, _ in _COLUMNS]
    rows = ([cell(layer, report) for _, _, cell in _COLUMNS] for layer in report.layers)
    return (
        f"{table(heads, rows)}\n"
        '<p class="definition">Share: the layer’s cycles over the run’s. k: filters with '
        f"{counted} "
        "terms. Utilisation: useful lane cycles over lanes times cycles. Op/B: operations (two for "
        "each MAC) per byte of memory traffic. At best: cycles if only the array, only the ports "
        "(each moves a word a cycle for the streams that share it), or only the memory at its "
        "peak rate mattered; the largest is the layer’s limit. Bound by: the cause without which "
        "the layer would be shorter by most cycles, and by what share: the array’s work "
        "(compute), the width of the ports (port), a further bank in each buffer (bank), a memory "
        "that never waits (dram), or the way out through the post-processing lanes (post). All "
        "columns, and every stall cause, are in layers.csv.</p>"
    )


def _name(layer: LayerReport, report: RunReport) -> str:
    fused = f"<br><small>+ {escape(', '.join(layer.fused))}</small>" if layer.fused else ""
    return f"{escape(layer.name)}{fused}"


def _k(layer: LayerReport, report: RunReport) -> str:
    counts = k_counts(layer)
    return " / ".join(f"{count:,}" for count in counts) if sum(counts) else "–"


def _stall(layer: LayerReport, report: RunReport) -> str:
    stall = largest_stall(layer)
    if stall is None:
        return "–"
    cause, cycles = stall
    percent = f"<small>{100 * cycles / layer.cycles:.1f} %</small>"
    return f"{escape(cause.replace('_', ' '))} {percent}"


def _ratio(layer: LayerReport, report: RunReport) -> str:
    value = intensity(layer)
    return "–" if value is None else f"{value:,.1f}"


def _best(layer: LayerReport, report: RunReport) -> str:
    limits = (layer.compute_bound_cycles, layer.port_bound_cycles, layer.dram_bound_cycles)
    most = limits.index(max(limits))
    return " / ".join(
        f"<b>{limit:,}</b>" if number == most else f"{limit:,}"
        for number, limit in enumerate(limits)
    )


def _bound(layer: LayerReport, report: RunReport) -> str:
    name = escape(layer.bound_by.replace("_", " "))
    if layer.gain_cycles <= 0:
        return name
    return f"{name} <small>−{100 * layer.gain_cycles / layer.cycles:.1f} %</small>"


_COLUMNS: tuple[tuple[str, str, _Cell], ...] = (
    ("Layer", TEXT, _name),
    ("Kind", TEXT, lambda layer, _: escape(layer.kind.replace("_", " "))),
    ("In / out", TEXT, lambda layer, _: f"{layer.input_type} / {layer.output_type}"),
    ("Cycles", "", lambda layer, _: f"{layer.cycles:,}"),
    ("Share", "", lambda layer, report: f"{100 * share(layer, report):.1f} %"),
    ("MACs", "", lambda layer, _: f"{layer.macs:,}"),
    ("k {k}", "", _k),
    ("Utilisation", "", lambda layer, _: f"{100 * layer.utilisation:.1f} %"),
    ("GOP/s", "", lambda layer, report: f"{gops(layer, report.clock_hz):,.1f}"),
    ("Memory<br>bytes", "", lambda layer, _: f"{traffic(layer):,}"),
    ("Op/B", "", _ratio),
    ("At best, cycles<br>array / port / DRAM", "", _best),
    ("Bound by", TEXT, _bound),
    ("Largest stall", TEXT, _stall),
    ("Tiles", "", lambda layer, _: f"{layer.tiles:,}"),
)
