"""The run as one self-contained HTML page: numbers, figures and a table, no network needed."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from plotly.io import to_html
from plotly.offline import get_plotlyjs

from lightsim.reports.figures import FIGURES, Figure
from lightsim.reports.headline import Fact, headline, provenance
from lightsim.reports.layer_table import layer_table
from lightsim.reports.report import RunReport

__all__ = ["page"]

# The policy makes the browser refuse any request that the page might try.
_PAGE = Template(
    """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>$title</title>
<style>
$css</style>
<script>$plotly</script>
</head>
<body>
<main>
<header>
<h1>$title</h1>
<p class="subtitle">$subtitle</p>
</header>
<dl class="facts" id="headline">
$headline
</dl>
$notes
$figures
<section class="long" id="layers">
<h2>Layers</h2>
$layers
</section>
<section id="provenance">
<h2>What was run</h2>
<dl class="provenance">
$provenance
</dl>
</section>
<footer>Made by LightSim. The same numbers stand in summary.json and layers.csv, and every event \
with its cycles in trace.json.gz (open it at ui.perfetto.dev), in the directory of this page.\
</footer>
</main>
<script>
$script</script>
</body>
</html>
"""
)
# Plotly 7 offers by default to send a chart to its maker's site: a user's design stays here.
_CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "lasso2d", "select2d", "autoScale2d"],
}


def page(report: RunReport) -> str:
    """The page's HTML, about 5 MB, most of it the drawing library; equal for equal reports."""
    room = files("lightsim.reports")
    return _PAGE.substitute(
        title=escape(f"{report.network} on {report.board or report.accelerator}"),
        subtitle=escape(
            f"{report.title}. Scheme {report.scheme}, accelerator {report.accelerator}, "
            f"engine {report.engine}."
        ),
        css=(room / "page.css").read_text(encoding="utf-8"),
        plotly=get_plotlyjs(),
        headline="\n".join(_headline(fact) for fact in headline(report)),
        notes=_notes(report),
        figures="\n".join(_figure(row, report) for row in FIGURES if row.applies(report)),
        layers=layer_table(report),
        provenance="\n".join(_provenance(fact) for fact in provenance(report)),
        script=(room / "page.js").read_text(encoding="utf-8"),
    )


def _headline(fact: Fact) -> str:
    bad = " bad" if fact.value == "NO" else ""
    return (
        f'<div><dt>{escape(fact.label)}</dt><dd class="value{bad}">{escape(fact.value)}</dd>'
        f'<dd class="remark">{escape(fact.remark)}</dd></div>'
    )


def _notes(report: RunReport) -> str:
    if not report.notes:
        return ""
    items = "\n".join(f"<li>{escape(note)}</li>" for note in report.notes)
    return f'<ul class="notes" id="notes">\n{items}\n</ul>'


def _figure(row: Figure, report: RunReport) -> str:
    drawing = to_html(
        row.draw(report),
        config=_CONFIG,
        include_plotlyjs=False,
        full_html=False,
        div_id=f"figure-{row.name}",
        default_height="auto",
    )
    return (
        f'<section id="{row.name}">\n<h2>{escape(row.title)}</h2>\n'
        f"<p>{_prose(row.finding(report))}</p>\n<figure>\n{drawing}\n"
        f'<figcaption class="definition"><p>{_prose(row.definition(report))}</p></figcaption>\n'
        "</figure>\n</section>"
    )


def _prose(text: str) -> str:
    """Escaped text in which a percentage never loses its sign to the next line."""
    return escape(text).replace(" %", "&nbsp;%")


def _provenance(fact: Fact) -> str:
    remark = f" ({fact.remark})" if fact.remark else ""
    return f"<dt>{escape(fact.label)}</dt><dd>{escape(fact.value + remark)}</dd>"
