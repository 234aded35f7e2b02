"""The run as one self-contained HTML page: numbers, figures and a table, no network needed."""

from __future__ import annotations

from html import escape

from lightsim.reports.document import document, fact, figure_section
from lightsim.reports.figures import FIGURES
from lightsim.reports.headline import Fact, headline, provenance
from lightsim.reports.layer_table import layer_table
from lightsim.reports.own_parts import own_cells, own_tables
from lightsim.reports.report import OwnPart, RunReport

__all__ = ["page"]

_FOOTER = (
    "Made by LightSim. The same numbers stand in summary.json and layers.csv, and every event "
    "with its cycles in trace.json.gz (open it at ui.perfetto.dev), in the directory of this page."
)


def page(report: RunReport) -> str:
    """The page's HTML, about 5 MB, most of it the drawing library; equal for equal reports."""
    figures = [
        figure_section(
            row.name, row.title, row.draw(report), row.definition(report), row.finding(report)
        )
        for row in FIGURES
        if row.applies(report)
    ]
    return document(
        title=f"{report.network} on {report.board or report.accelerator}",
        subtitle=f"{report.title}. Scheme {report.scheme}, accelerator {report.accelerator}, "
        f"engine {report.engine}.",
        facts=[fact(f.label, f.value, f.remark, bad=f.value == "NO") for f in headline(report)],
        notes=report.notes,
        sections=(
            *figures,
            _layers(report),
            *(_own(part) for part in own_tables(report)),
            _provenance(report),
        ),
        footer=_FOOTER,
    )


def _layers(report: RunReport) -> str:
    return f'<section class="long" id="layers">\n<h2>Layers</h2>\n{layer_table(report)}\n</section>'


def _own(part: OwnPart) -> str:
    """A table that only the run's template has, and the sentence that defines it."""
    columns, rows = own_cells(part)
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<section class="long" id="{escape(part.key)}">\n<h2>{escape(part.title)}</h2>\n'
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n'
        f'</table></div>\n<p class="definition">{escape(part.meaning)}</p>\n</section>'
    )


def _provenance(report: RunReport) -> str:
    rows = "\n".join(_row(each) for each in provenance(report))
    return (
        '<section id="provenance">\n<h2>What was run</h2>\n<dl class="provenance">\n'
        f"{rows}\n</dl>\n</section>"
    )


def _row(each: Fact) -> str:
    remark = f" ({each.remark})" if each.remark else ""
    return f"<dt>{escape(each.label)}</dt><dd>{escape(each.value + remark)}</dd>"
