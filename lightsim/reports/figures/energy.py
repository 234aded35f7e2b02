"""Figure: the energy of the run by event."""

from __future__ import annotations

import plotly.graph_objects as go

from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import BUSY, frame, words
from lightsim.reports.report import RunReport
from lightsim.units import spell

__all__ = ["FIGURE"]


def _draw(report: RunReport) -> go.Figure:
    rows = _rows(report)
    total = sum(joules for _, joules in rows)
    factor, unit = _scale(rows[0][1])
    figure = frame(
        80 + 34 * len(rows),
        margin_t=12,
        xaxis={
            "title": {"text": f"{unit} for {report.images:,} image{'s' * (report.images > 1)}"},
            "range": [0, rows[0][1] * factor * 1.25],
        },
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )
    figure.add_bar(
        orientation="h",
        y=[words(name) for name, _ in rows],
        x=[joules * factor for _, joules in rows],
        marker={"color": BUSY},
        text=[f"{spell(joules, 'J')} ({100 * joules / total:.1f} %)" for _, joules in rows],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>",
        showlegend=False,
    )
    return figure


def _rows(report: RunReport) -> list[tuple[str, float]]:
    rows = [(name, joules) for name, joules in report.energy_by_event_j.items() if joules > 0]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _scale(joules: float) -> tuple[float, str]:
    """The factor and the unit with which the largest bar lies between 1 and 1000."""
    for factor, unit in ((1.0, "J"), (1e3, "mJ"), (1e6, "µJ"), (1e9, "nJ")):
        if joules * factor >= 1:
            return factor, unit
    return 1e12, "pJ"


def _finding(report: RunReport) -> str:
    name, joules = _rows(report)[0]
    return (
        f"The run takes {spell(report.energy_j, 'J')}; the largest part is {words(name)} "
        f"({100 * joules / report.energy_j:.1f} %)."
    )


def _definition(report: RunReport) -> str:
    return (
        "Each bar is a kind of event: how often it happened in the simulation, times the energy "
        f"of one. Energy per event from: {report.energy_source}. Dynamic energy of these events "
        "only, unless the source says otherwise."
    )


FIGURE: Figure[RunReport] = Figure(
    "energy", "Energy by event", _draw, _definition, lambda report: bool(_rows(report)), _finding
)
