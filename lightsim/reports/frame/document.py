"""The frame of LightSim's pages: one self-contained HTML document that needs no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from plotly.offline import get_plotlyjs

__all__ = ["document", "fact", "prose", "section"]

# The policy makes the browser refuse any request that the page might try.
_DOCUMENT = Template(
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
$facts
</dl>
$notes
$sections
<footer>$footer</footer>
</main>
<script>
$script</script>
</body>
</html>
"""
)


def document(
    *,
    title: str,
    subtitle: str,
    facts: Iterable[str],
    notes: Sequence[str],
    sections: Iterable[str],
    footer: str,
) -> str:
    """The HTML of a page, about 5 MB, mostly the drawing library; equal for equal arguments.

    `title`, `subtitle`, `footer` and `notes` are plain text. `facts` are made by `fact`, and
    `sections` are HTML.
    """
    room = files("lightsim.reports.frame")
    return _DOCUMENT.substitute(
        title=escape(title),
        subtitle=escape(subtitle),
        css=(room / "page.css").read_text(encoding="utf-8"),
        plotly=get_plotlyjs(),
        facts="\n".join(facts),
        notes=_note_list(notes),
        sections="\n".join(sections),
        footer=escape(footer),
        script=(room / "page.js").read_text(encoding="utf-8"),
    )


def fact(label: str, value: str, remark: str, *, bad: bool = False) -> str:
    """One number of the headline with its label and its remark; a `bad` number stands out."""
    look = "value bad" if bad else "value"
    return (
        f'<div><dt>{escape(label)}</dt><dd class="{look}">{escape(value)}</dd>'
        f'<dd class="remark">{escape(remark)}</dd></div>'
    )


def _note_list(notes: Sequence[str]) -> str:
    """The notes that a reader must know before the figures."""
    if not notes:
        return ""
    items = "\n".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<ul class="notes" id="notes">\n{items}\n</ul>'


def section(name: str, title: str, body: str, *, long: bool = False) -> str:
    """A section under its title; `body` is HTML. A `long` section may break over pages."""
    look = ' class="long"' if long else ""
    return f'<section{look} id="{name}">\n<h2>{escape(title)}</h2>\n{body}\n</section>'


def prose(text: str) -> str:
    """Escaped text in which a number and its per cent sign always stay on one line."""
    return escape(text).replace(" %", "&nbsp;%")
