"""One look for every figure: type, grid, and a colour for each cause that never changes.

The colours are those of Okabe and Ito (2008), chosen to be told apart with any colour vision,
followed by Paul Tol's "muted" scheme for runs with many causes; parts of the design, which are
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
# Being bound by the memory, or waiting for it, has one colour in every run.
_MEMORY = {"dram": "#D55E00", "memory": "#D55E00"}
_CAUSES = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#CC79A7",
    "#F0E442",
    "#882255",
    "#999933",
    "#332288",
    "#44AA99",
)
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
)


def part_colour(number: int) -> str:
    """The colour of the `number`-th part of a design."""
    return _PARTS[number % len(_PARTS)]


def bound_colours(report: RunReport) -> dict[str, str]:
    """A colour for every value of `bound_by`: a cause keeps its own."""
    causes = cause_colours(report)
    known = {"compute": BUSY, **_MEMORY, **causes}
    free = [colour for colour in _CAUSES if colour not in causes.values()] or list(_CAUSES)
    others = sorted({layer.bound_by for layer in report.layers} - set(known))
    return known | {name: free[number % len(free)] for number, name in enumerate(others)}


def cause_colours(report: RunReport) -> dict[str, str]:
    """A colour for `busy`, `idle` and every stall cause of the run, layers and units alike."""
    rows = [*(layer.stalls for layer in report.layers), *(unit.stalls for unit in report.units)]
    causes = sorted({cause for row in rows for cause in row})
    others = [cause for cause in causes if cause not in _MEMORY]
    chosen = {cause: _CAUSES[number % len(_CAUSES)] for number, cause in enumerate(others)}
    return {
        "busy": BUSY,
        **{cause: _MEMORY.get(cause) or chosen[cause] for cause in causes},
        "idle": IDLE,
    }


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
