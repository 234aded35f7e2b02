"""What a figure of a page is: a drawing and the words that say how to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import plotly.graph_objects as go
from plotly.io import to_html

from lightsim.reports.frame.document import prose, section

__all__ = ["Figure", "figure_section", "figure_sections"]

Subject = TypeVar("Subject")

# Plotly 7 offers by default to send a chart to its maker's site: a user's design stays here.
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
    """A figure of a run, a training or an exploration: `Subject` is what was found.

    `definition` says how every quantity is defined, `finding` is a sentence on what is seen here;
    both are plain text. `applies` says whether there is anything to draw.
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
    """A Plotly figure with what it shows here (`finding`) and what it is (`definition`)."""
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
