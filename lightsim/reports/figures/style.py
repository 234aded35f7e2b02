"""One look for every figure: type, grid, and a colour for each cause that never changes.

The colours are those of Okabe and Ito (2008), chosen to be told apart with any colour vision,
followed by Paul Tol's "muted" scheme; parts of the design, which are
not causes, take Tol's "light" scheme.
"""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go

from lightsim.reports.report import RunReport

__all__ = [
    "BUSY",
    "FONT",
    "IDLE",
    "INK",
    "MUTED",
    "bound_colours",
    "cause_colours",
    "frame",
    "part_colour",
    "slanted",
    "words",
]

BUSY = "#0072B2"
IDLE = "#E3E6EA"
INK = "#1F2933"
MUTED = "#6B7682"
FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"

_GRID = "#E8EBEF"
# Every cause of a stall, and everything that a layer can be bound by, has its colour in every run.
# What is waited for and what the wait is laid to share one: the memory, and the array at work.
_KNOWN = {
    "compute": BUSY,
    "dram": "#D55E00",
    "memory": "#D55E00",
    "input": "#E69F00",
    "weight": "#56B4E9",
    "residual": "#009E73",
    "output": "#CC79A7",
    "post": "#F0E442",
    "flush": "#882255",
    "store": "#999933",
    "start": "#332288",
    "bank": "#44AA99",
    "port": "#AA4499",
    "weights": "#DDCC77",
    "fifo": "#117733",
}
# For causes that nobody has named yet.
_SPARE = ("#CC6677", "#88CCEE", "#661100", "#6699CC", "#AA4466", "#4B0092", "#1A85FF", "#B2DF8A")
# As many as a design with two lane groups and a controller in fabric has parts.
_PARTS = (
    "#77AADD",
    "#EE8866",
    "#EEDD88",
    "#FFAABB",
    "#44BB99",
    "#AAAA00",
    "#99DDFF",
    "#BBCC33",
    "#BBBBBB",
    "#882255",
    "#4477AA",
    "#117733",
    "#CC6677",
    "#9970AB",
    "#661100",
    "#222255",
)


def part_colour(number: int) -> str:
    """The colour of the `number`-th part of a design."""
    return _PARTS[number % len(_PARTS)]


def bound_colours(report: RunReport) -> dict[str, str]:
    """A colour for every value of `bound_by`: a cause has one and the same in every run."""
    return cause_colours(report) | _coloured({layer.bound_by for layer in report.layers})


def cause_colours(report: RunReport) -> dict[str, str]:
    """A colour for `busy`, `idle` and every stall cause of the run, layers and units alike."""
    rows = [*(layer.stalls for layer in report.layers), *(unit.stalls for unit in report.units)]
    return {"busy": BUSY, **_coloured({cause for row in rows for cause in row}), "idle": IDLE}


def _coloured(causes: Iterable[str]) -> dict[str, str]:
    others = sorted(set(causes) - set(_KNOWN))
    spare = {cause: _SPARE[number % len(_SPARE)] for number, cause in enumerate(others)}
    return {cause: _KNOWN.get(cause) or spare[cause] for cause in sorted(causes)}


def frame(height: int, **layout: object) -> go.Figure:
    """An empty figure of `height` pixels in the house style; `layout` is plotly's."""
    figure = go.Figure()
    figure.update_layout(
        template=_template(), height=height, margin={"l": 70, "r": 24, "t": 44, "b": 56}
    )
    figure.update_layout(**layout)
    return figure


def words(name: str) -> str:
    """A name of the report as a reader would write it."""
    return name.replace("_", " ")


def slanted(names: Iterable[str]) -> int:
    """The angle of the names below an axis: none while they fit side by side."""
    rows = list(names)
    return 0 if sum(len(name) + 3 for name in rows) < 130 else -60 if len(rows) <= 30 else -90


def _template() -> go.layout.Template:
    axis = {
        "gridcolor": _GRID,
        "linecolor": "#B6BEC7",
        "zerolinecolor": "#B6BEC7",
        "showline": True,
        "ticks": "outside",
        "tickcolor": "#B6BEC7",
        "ticklen": 4,
        "automargin": True,
        "title": {"standoff": 12, "font": {"size": 13, "color": MUTED}},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": INK},
            "paper_bgcolor": "white",
            "plot_bgcolor": "white",
            "xaxis": axis,
            "yaxis": axis,
            "bargap": 0.25,
            "hoverlabel": {"font": {"family": FONT, "size": 13}, "align": "left"},
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "traceorder": "normal",
                "title": {"font": {"size": 13}},
            },
        }
    )
