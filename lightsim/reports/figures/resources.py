"""Figure: the resources of the board that the design uses, by part."""

from __future__ import annotations

import plotly.graph_objects as go

from lightsim.reports.frame.figure import Figure
from lightsim.reports.frame.style import INK, MUTED, frame, part_colour
from lightsim.reports.report import ResourceReport, RunReport

__all__ = ["FIGURE"]

_REST = "not itemised"


def _draw(report: RunReport) -> go.Figure:
    rows = _rows(report)
    on_board = _has_device(report)
    parts = _parts(report, rows)
    names = [name.upper() for name in rows]
    fullest = max(100 * row.used / _whole(row) for row in rows.values())
    figure = frame(
        190 + 46 * len(rows),
        barmode="stack",
        xaxis={
            "title": {"text": f"% of the {'board' if on_board else 'design'}"},
            "range": [0, max(100, fullest) * 1.22],
            "tickvals": list(range(0, int(max(100, fullest)) + 1, 20)),
        },
        yaxis={"autorange": "reversed", "showgrid": False},
        legend={"entrywidth": 235},  # three columns, because a fourth would lie under the buttons
    )
    for number, (part, amounts) in enumerate(parts.items()):
        figure.add_bar(
            orientation="h",
            y=names,
            x=[100 * amounts[name] / _whole(row) for name, row in rows.items()],
            name=part,
            marker={
                "color": part_colour(number),
                "line": {"color": "white", "width": 0.5},
            },
            customdata=[amounts[name] for name in rows],
            hovertemplate=(
                f"<b>%{{y}}</b><br>{part}: %{{customdata:,}} (%{{x:.2f}} %)<extra></extra>"
            ),
        )
    if on_board:
        figure.add_vline(x=100, line={"color": MUTED, "width": 1.5, "dash": "dash"})
    for name, row in rows.items():
        figure.add_annotation(
            x=100 * row.used / _whole(row),
            y=name.upper(),
            text=_amount(row),
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"size": 12, "color": INK},
        )
    return figure


def _rows(report: RunReport) -> dict[str, ResourceReport]:
    """The resources that the board has or the design uses."""
    return {n: row for n, row in report.resources.items() if row.used or row.available}


def _has_device(report: RunReport) -> bool:
    return any(row.available is not None for row in report.resources.values())


def _whole(row: ResourceReport) -> int:
    return row.available or max(row.used, 1)


def _parts(report: RunReport, rows: dict[str, ResourceReport]) -> dict[str, dict[str, int]]:
    """Amounts by part and resource; an amount that belongs to no part gets a name of its own."""
    parts = {
        part.name: {name: part.resources.get(name, 0) for name in rows} for part in report.parts
    }
    rest = {n: row.used - sum(part[n] for part in parts.values()) for n, row in rows.items()}
    if any(rest.values()):
        parts[_REST] = rest
    return {name: amounts for name, amounts in parts.items() if any(amounts.values())}


def _amount(row: ResourceReport) -> str:
    if not row.available:
        return f"{row.used:,}"
    return f"{row.used:,} of {row.available:,} ({100 * row.used / row.available:.1f} %)"


def _finding(report: RunReport) -> str:
    if not _has_device(report):
        return "The accelerator is tied to no board: bars show how its parts share each resource."
    rows = {name: row for name, row in _rows(report).items() if row.available}
    if not rows:
        return ""
    name, row = max(rows.items(), key=lambda item: item[1].used / _whole(item[1]))
    absent = [n.upper() for n, r in report.resources.items() if not r.used and not r.available]
    none = f" The device has no {' and no '.join(absent)}." if absent else ""
    return f"The scarcest resource is {name.upper()}: {_amount(row)}.{none}"


def _definition(report: RunReport) -> str:
    whole = "available on the device" if _has_device(report) else "what the design takes"
    return (
        "A bar is a resource, its colours the parts of the accelerator that take it: used over "
        f"{whole}. The amounts are estimates by formulas; the source of each "
        "part's formula is listed in summary.json under “parts”. BRAM36 counts "
        "36 Kib blocks."
    )


FIGURE: Figure[RunReport] = Figure(
    "resources",
    "Resources against the board",
    _draw,
    _definition,
    lambda report: bool(_rows(report)),
    _finding,
)
