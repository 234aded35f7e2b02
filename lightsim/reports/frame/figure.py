"""The parts of a figure on a page: a drawing, and the sentences that explain it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import plotly.graph_objects as go
from plotly.io import to_html

from lightsim.reports.frame.document import prose, section

__all__ = ["Figure", "figure_section", "figure_sections"]

Subject = TypeVar("Subject")

# By default Plotly 7 offers to send a chart to its maker's site. This is off, because a user's
# design is private.
_CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "lasso2d", "select2d", "autoScale2d"],
}


def _always(subject: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Figure(Generic[Subject]):
    """A figure of a run, a training or an exploration; `Subject` is the type of the report.

    `definition` says how every quantity is defined, and `finding` is a sentence on the result
    shown; both are plain text. `applies` says whether there is anything to draw.
    """

    name: str
    title: str
    draw: Callable[[Subject], go.Figure]
    definition: str | Callable[[Subject], str]
    applies: Callable[[Subject], bool] = _always
    finding: Callable[[Subject], str] | None = None


def figure_sections(figures: Iterable[Figure[Subject]], subject: Subject) -> Iterator[str]:
    """The section of every figure that applies, in order."""
    for row in figures:
        if row.applies(subject):
            text = row.definition if isinstance(row.definition, str) else row.definition(subject)
            finding = "" if row.finding is None else row.finding(subject)
            yield figure_section(row.name, row.title, row.draw(subject), text, finding)


def figure_section(name: str, title: str, figure: Any, definition: str, finding: str) -> str:
    """The section of a Plotly figure, with its `finding` above and its `definition` below."""
    drawing = to_html(
        figure,
        config=_CONFIG,
        include_plotlyjs=False,
        full_html=False,
        div_id=f"figure-{name}",
        default_height="auto",
    )
    found = f"<p>{prose(finding)}</p>\n" if finding else ""
    caption = f'<figcaption class="definition"><p>{prose(definition)}</p></figcaption>'
    return section(name, title, f"{found}<figure>\n{drawing}\n{caption}\n</figure>")
