"""The common style of all figures: type, grid and colours.

The colours are those of Okabe and Ito (2008), which can be told apart with any colour vision,
followed by Paul Tol's "muted" scheme. Parts of the design, which are not causes, take Tol's "light"
scheme.
"""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go

__all__ = [
    "BUSY",
    "FONT",
    "IDLE",
    "INK",
    "MUTED",
    "TERM_COLOURS",
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

TERM_COLOURS = {
    "k = 0 (pruned)": "#C9CED6",
    "k = 1": "#56B4E9",
    "k = 2": BUSY,
    "k = 3": "#00446B",
    "k = 4": "#002233",
}
"""Of filters with no term, one, two and so on; schemes have the first three or more."""

_GRID = "#E8EBEF"
# Enough colours for the parts of a design with two lane groups and a controller in fabric.
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


def frame(height: int, **layout: object) -> go.Figure:
    """An empty figure of `height` pixels in the house style; `layout` is plotly's."""
    figure = go.Figure()
    figure.update_layout(
        template=_template(), height=height, margin={"l": 70, "r": 24, "t": 44, "b": 56}
    )
    figure.update_layout(**layout)
    return figure


def words(name: str) -> str:
    """A name of the report in the words of a reader."""
    return name.replace("_", " ")


def slanted(names: Iterable[str]) -> int:
    """The angle of the names below an axis in degrees; 0 if the names fit side by side."""
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
