"""The exploration as one self-contained HTML page: numbers, figures and tables, no network."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from plotly.io import to_html
from plotly.offline import get_plotlyjs

from dse.reports.commands import run_command
from dse.reports.console import spell_measure
from dse.reports.figures import FIGURES, Figure
from dse.reports.front_table import front_table
from dse.result import Exploration

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
<section class="long" id="designs">
<h2>The front</h2>
$table
</section>
<section id="again">
<h2>To do it again</h2>
<p>Run the best design: <code>$command</code></p>
<p>Search again: <code>lightsim explore study.toml</code> in the directory of this page.</p>
</section>
<footer>Made by LightSim. The same numbers stand in summary.json and front.csv, every trial in \
trials.parquet, and the study with nothing left open in study.toml.</footer>
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


def page(found: Exploration) -> str:
    """The page's HTML, about 5 MB, most of it the drawing library."""
    room = files("lightsim.reports")
    study = found.study
    networks = " + ".join(
        share.network if len(study.shares) == 1 else f"{share.weight:.0%} {share.network}"
        for share in study.shares
    )
    return _PAGE.substitute(
        title=escape(f"{networks} on {study.board.name}: {found.space.size:,} designs"),
        subtitle=escape(_subtitle(found)),
        css=(room / "page.css").read_text(encoding="utf-8"),
        plotly=get_plotlyjs(),
        headline="\n".join(_fact(*row) for row in _headline(found)),
        notes=_notes(found),
        figures="\n".join(_figure(row, found) for row in FIGURES if row.applies(found)),
        table=front_table(found),
        command=escape(run_command(found)) or "no design keeps every budget",
        script=(room / "page.js").read_text(encoding="utf-8"),
    )


def _subtitle(found: Exploration) -> str:
    aims = ", ".join(f"{o.direction} {o.measure.title}" for o in found.study.objectives)
    return f"{aims[:1].upper()}{aims[1:]}. Sampler {found.sampler}, seed {found.study.search.seed}."


def _headline(found: Exploration) -> list[tuple[str, str, str]]:
    objective = found.study.objectives[0].measure
    best = found.front[0].values[objective.key] if found.front else None
    gap = "unknown" if found.gap is None else f"{100 * found.gap:.2f} %"
    proven = "run or proven no better" if found.exhaustive else "some designs are still open"
    return [
        ("Best", spell_measure(objective, best), objective.title),
        ("Limit", spell_measure(objective, found.limit), "no design of the space beats it"),
        ("Gap", gap, proven),
        *_any_k(found),
        ("Run", f"{found.evaluations:,} designs", f"of {found.space.size:,}, on the timeline"),
    ]


def _any_k(found: Exploration) -> list[tuple[str, str, str]]:
    """Where k is free, what any allocation could reach."""
    if found.limit_of_any_k is None:
        return []
    value = spell_measure(found.study.objectives[0].measure, found.limit_of_any_k)
    return [("Any k", value, "no allocation of k beats it, on designs that were run either")]


def _notes(found: Exploration) -> str:
    notes = [
        "Resources are estimates and leave routing and timing closure open; the budgets of "
        "this study are in its file.",
        "A design's mapping is the one that lightsim run takes for it; the limit holds for every "
        "mapping.",
    ]
    if found.limit_of_any_k is not None:
        notes.append(
            "k was chosen with each design. The limit takes designs that were run at the k they "
            "were run with."
        )
    says = found.limit_of_any_k is not None
    if says or any(record.values.get("accuracy") is not None for record in found.front):
        notes.append(f"Accuracy source: {found.accuracy_source}.")
    if found.interrupted:
        notes.insert(0, "The search was interrupted: --resume goes on with it.")
    items = "\n".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<ul class="notes" id="notes">\n{items}\n</ul>'


def _fact(label: str, value: str, remark: str) -> str:
    return (
        f'<div><dt>{escape(label)}</dt><dd class="value">{escape(value)}</dd>'
        f'<dd class="remark">{escape(remark)}</dd></div>'
    )


def _figure(row: Figure, found: Exploration) -> str:
    drawing = to_html(
        row.draw(found),
        config=_CONFIG,
        include_plotlyjs=False,
        full_html=False,
        div_id=f"figure-{row.name}",
        default_height="auto",
    )
    return (
        f'<section id="{row.name}">\n<h2>{escape(row.title)}</h2>\n'
        f"<figure>\n{drawing}\n"
        f'<figcaption class="definition"><p>{_prose(row.definition)}</p></figcaption>\n'
        "</figure>\n</section>"
    )


def _prose(text: str) -> str:
    """Escaped text in which a percentage never loses its sign to the next line."""
    return escape(text).replace(" %", "&nbsp;%")
