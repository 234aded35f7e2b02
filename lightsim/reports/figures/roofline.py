"""Figure: the roofline of the accelerator with every layer on it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log10, sqrt

import plotly.graph_objects as go

from lightsim.reports.figures.causes import bound_colours
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import INK, frame, words
from lightsim.reports.quantities import gops, has_k, intensity, share, traffic
from lightsim.reports.report import LayerReport, RunReport
from lightsim.units import spell

__all__ = ["FIGURE"]

_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "pentagon", "hexagram", "x", "cross")


def _draw(report: RunReport) -> go.Figure:
    layers = _drawn(report)
    left, right, bottom, top = _window(report, layers)
    figure = frame(
        520,
        xaxis=_log_axis("operations per byte of memory traffic", left, right),
        yaxis=_log_axis("GOP/s (10<sup>9</sup> operations per second)", bottom, top),
        legend={"title": {"text": "layer bound by  "}},
    )
    _draw_ceilings(figure, report, left, right)
    colours = bound_colours(report)
    for number, bound in enumerate(sorted({layer.bound_by for layer in layers})):
        some = [layer for layer in layers if layer.bound_by == bound]
        figure.add_scatter(
            x=[intensity(layer) for layer in some],
            y=[gops(layer, report.clock_hz) for layer in some],
            mode="markers",
            name=words(bound),
            marker={
                "color": colours[bound],
                "symbol": _SYMBOLS[number % len(_SYMBOLS)],
                "size": [_diameter(layer, report) for layer in some],
                "line": {"color": "white", "width": 1},
                "opacity": 0.85,
            },
            customdata=[_hover(layer, report) for layer in some],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for layer in _labelled(layers, report):
        figure.add_annotation(
            x=log10(intensity(layer) or 1),
            y=log10(gops(layer, report.clock_hz)),
            text=layer.name,
            showarrow=False,
            yshift=-(_diameter(layer, report) / 2 + 9),
            font={"size": 11, "color": INK},
        )
    return figure


def _diameter(layer: LayerReport, report: RunReport) -> float:
    """The diameter of a layer's mark in pixels; the area shows the layer's share of the run."""
    return 9 + 30 * sqrt(share(layer, report))


def _drawn(report: RunReport) -> list[LayerReport]:
    """The layers with a place on two logarithmic axes."""
    return [layer for layer in report.layers if layer.macs and layer.cycles and traffic(layer)]


def _peaks(report: RunReport) -> tuple[float, float]:
    """The ceilings in GOP/s and in GB/s (10^9 bytes per second)."""
    return (
        report.peak_ops_per_cycle * report.clock_hz / 1e9,
        report.peak_bytes_per_cycle * report.clock_hz / 1e9,
    )


def _has_memory_ceiling(report: RunReport) -> bool:
    return isfinite(report.peak_bytes_per_cycle) and report.peak_bytes_per_cycle > 0


def _window(report: RunReport, layers: Sequence[LayerReport]) -> tuple[float, float, float, float]:
    """The left, right, bottom and top limits of the drawing, around every layer and the ridge."""
    compute, memory = _peaks(report)
    xs = [intensity(layer) or 1.0 for layer in layers]
    if _has_memory_ceiling(report):
        xs.append(compute / memory)
    ys = [compute, *(gops(layer, report.clock_hz) for layer in layers)]
    return min(xs) / 2, max(xs) * 3, min(ys) / 2.5, max(ys) * 2


def _log_axis(title: str, low: float, high: float) -> dict[str, object]:
    return {
        "type": "log",
        "title": {"text": title},
        "range": [log10(low), log10(high)],
        "dtick": "D2" if high / low < 60 else 1,
        "tickformat": "~s" if high > 1e4 else "~r",
        "minor": {"showgrid": True, "gridcolor": "#F4F5F7"},
    }


def _draw_ceilings(figure: go.Figure, report: RunReport, left: float, right: float) -> None:
    compute, memory = _peaks(report)
    ridge = compute / memory if _has_memory_ceiling(report) else left
    line = {"color": INK, "width": 2}
    figure.add_scatter(
        x=[max(left, ridge), right],
        y=[compute, compute],
        mode="lines",
        line=line,
        showlegend=False,
        hoverinfo="skip",
    )
    _label(figure, right, compute, f"array peak {spell(compute * 1e9, 'OP/s')}", "right")
    if ridge > left:
        figure.add_scatter(
            x=[left, ridge],
            y=[left * memory, compute],
            mode="lines",
            line=line,
            showlegend=False,
            hoverinfo="skip",
        )
        middle = sqrt(left * ridge)
        told = f"memory or ports together {spell(memory * 1e9, 'B/s')}  "
        _label(figure, middle, middle * memory, told, "right")
    _draw_port(figure, report, left, right)


def _draw_port(figure: go.Figure, report: RunReport, left: float, right: float) -> None:
    """Draw the slope of one port, if it is below the slope of the memory."""
    compute, memory = _peaks(report)
    port = report.port_bytes_per_cycle * report.clock_hz / 1e9
    if not _has_memory_ceiling(report) or not 0 < port < memory or compute / port <= left:
        return
    ridge = min(compute / port, right)
    figure.add_scatter(
        x=[left, ridge],
        y=[left * port, ridge * port],
        mode="lines",
        line={"color": INK, "width": 1.5, "dash": "dash"},
        showlegend=False,
        hoverinfo="skip",
    )
    middle = sqrt(left * ridge)
    label = f"  one port {spell(port * 1e9, 'B/s')}"
    _label(figure, middle, middle * port, label, "left", below=True)


def _label(
    figure: go.Figure, x: float, y: float, text: str, anchor: str, *, below: bool = False
) -> None:
    figure.add_annotation(
        x=log10(x),
        y=log10(y),
        text=text,
        showarrow=False,
        xanchor=anchor,
        yanchor="top" if below else "bottom",
        yshift=-3 if below else 3,
        font={"size": 12, "color": INK},
    )


def _labelled(layers: Sequence[LayerReport], report: RunReport) -> list[LayerReport]:
    """The longest layers whose labels do not collide with a label placed before (at most eight)."""
    placed: list[tuple[float, float]] = []
    chosen: list[LayerReport] = []
    for layer in sorted(layers, key=lambda row: (-row.cycles, row.start)):
        x, y = log10(intensity(layer) or 1), log10(gops(layer, report.clock_hz))
        if len(chosen) < 8 and all(abs(x - a) > 0.22 or abs(y - b) > 0.16 for a, b in placed):
            chosen.append(layer)
            placed.append((x, y))
    return chosen


def _hover(layer: LayerReport, report: RunReport) -> str:
    return (
        f"<b>{layer.name}</b> ({words(layer.kind)})<br>"
        f"{gops(layer, report.clock_hz):,.4g} GOP/s, "
        f"{intensity(layer) or 0:,.4g} operations/byte<br>"
        f"{layer.cycles:,} cycles, {100 * share(layer, report):.1f} % of the run<br>"
        f"{layer.macs:,} MACs, {traffic(layer):,} bytes<br>"
        f"utilisation {100 * layer.utilisation:.1f} %, bound by {words(layer.bound_by)}<br>"
        f"at best {_roof(layer, report)}"
    )


def _roof(layer: LayerReport, report: RunReport) -> str:
    """A layer's roof: the least cycles in which array, ports and memory allow its operations."""
    limits = {
        "the array": layer.compute_bound_cycles,
        "the ports": layer.port_bound_cycles,
        "the memory": layer.dram_bound_cycles,
    }
    limit = max(limits, key=lambda name: limits[name])
    if not limits[limit]:
        return "as fast as may be"
    reached = gops(layer, report.clock_hz) * layer.cycles / limits[limit]
    return f"{reached:,.4g} GOP/s by {limit} ({limits[limit]:,} cycles)"


def _finding(report: RunReport) -> str:
    compute, _ = _peaks(report)
    reached = f"The run reaches {report.gops:,.4g} of {compute:,.4g} GOP/s"
    missing = len(report.layers) - len(_drawn(report))
    left_out = (
        f" Not drawn: {missing} layer{'s' if missing > 1 else ''} without multiply-accumulates "
        "or without memory traffic."
        if missing
        else ""
    )
    return f"{reached} ({100 * report.gops / compute:.1f} % of the array's peak).{left_out}"


def _definition(report: RunReport) -> str:
    shortest = ", each product with one term" if has_k(report) else ""
    terms = ", or to filters with k above 1" if has_k(report) else ""
    return (
        "Each mark is a layer; its area grows with its share of the run. Across: operations (two "
        "for each multiply-accumulate) per byte moved to or from memory; up: operations over the "
        "layer's time. The flat line is the array with every lane at work in every cycle"
        f"{shortest}; the slanted one is the memory's peak rate, or all ports' if that is less; "
        "the dashed one is a single port's, below which a layer stays whose bytes are nearly all "
        "of one stream. A layer far below them loses its time to stalls or to unfilled lanes"
        f"{terms}. Each mark says what its own limit is."
    )


FIGURE: Figure[RunReport] = Figure(
    "roofline",
    "Roofline",
    _draw,
    _definition,
    lambda report: bool(_drawn(report)) and report.peak_ops_per_cycle > 0,
    _finding,
)
