"""The run as one self-contained HTML page: numbers, figures and a table, no network needed."""

from __future__ import annotations

from html import escape

from lightsim.reports.figures import FIGURES
from lightsim.reports.frame.document import document, fact, section
from lightsim.reports.frame.figure import figure_sections
from lightsim.reports.frame.table import table
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
    """The HTML of the page, about 5 MB, mostly the drawing library; equal for equal reports."""
    return document(
        title=f"{report.network} on {report.board or report.accelerator}",
        subtitle=f"{report.title}. Scheme {report.scheme}, accelerator {report.accelerator}, "
        f"engine {report.engine}.",
        facts=[fact(f.label, f.value, f.remark, bad=f.value == "NO") for f in headline(report)],
        notes=report.notes,
        sections=(
            *figure_sections(FIGURES, report),
            _layers(report),
            *(_own(part) for part in own_tables(report)),
            _provenance(report),
        ),
        footer=_FOOTER,
    )


def _layers(report: RunReport) -> str:
    return section("layers", "Layers", layer_table(report), long=True)


def _own(part: OwnPart) -> str:
    """The table of a part that only the run's template has, with the sentence that defines it."""
    columns, rows = own_cells(part)
    cells = table(
        [(escape(column), "") for column in columns], ([escape(c) for c in row] for row in rows)
    )
    body = f'{cells}\n<p class="definition">{escape(part.meaning)}</p>'
    return section(part.key, part.title, body, long=True)


def _provenance(report: RunReport) -> str:
    rows = "\n".join(_row(each) for each in provenance(report))
    return section("provenance", "What was run", f'<dl class="provenance">\n{rows}\n</dl>')


def _row(each: Fact) -> str:
    remark = f" ({each.remark})" if each.remark else ""
    return f"<dt>{escape(each.label)}</dt><dd>{escape(each.value + remark)}</dd>"
