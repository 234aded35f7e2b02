"""Figure: the cycles of every unit of the run, by cause."""

from __future__ import annotations

import plotly.graph_objects as go

from lightsim.reports.figures.causes import cause_colours
from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import frame, words
from lightsim.reports.report import RunReport, UnitReport

__all__ = ["FIGURE"]


def _draw(report: RunReport) -> go.Figure:
    names = [words(unit.name) for unit in report.units]
    figure = frame(
        140 + 40 * len(names),
        barmode="stack",
        xaxis={"title": {"text": "% of the run's cycles"}, "range": [0, 100]},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )
    for cause, colour in cause_colours(report).items():
        spent = [_spent(unit, cause) for unit in report.units]
        if not any(spent):
            continue
        figure.add_bar(
            orientation="h",
            y=names,
            x=[100 * cycles / max(report.cycles, 1) for cycles in spent],
            name=words(cause),
            marker={"color": colour, "line": {"color": "white", "width": 0.5}},
            customdata=spent,
            hovertemplate=(
                f"<b>%{{y}}</b><br>{words(cause)}: %{{customdata:,}} cycles"
                " (%{x:.1f} %)<extra></extra>"
            ),
        )
    return figure


def _spent(unit: UnitReport, cause: str) -> int:
    if cause in ("busy", "idle"):
        return unit.busy if cause == "busy" else unit.idle
    return unit.stalls.get(cause, 0)


def _finding(report: RunReport) -> str:
    busiest = max(report.units, key=lambda unit: unit.busy)
    return (
        f"The busiest unit is {words(busiest.name)}: at work in "
        f"{100 * busiest.busy / max(report.cycles, 1):.1f} % of the {report.cycles:,} cycles."
    )


def _definition(report: RunReport) -> str:
    return (
        "A bar is a unit over the whole run. Busy: it moved or computed data; a stall: it had "
        "work and waited for the named cause; idle: it had nothing to do. The three add up to the "
        "run's cycles exactly for every unit."
    )


FIGURE: Figure[RunReport] = Figure(
    "activity",
    "Activity of the units",
    _draw,
    _definition,
    lambda report: bool(report.units),
    _finding,
)
