"""The tables of pages, and the section with the commands that repeat a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from lightsim.reports.frame.document import section

__all__ = ["TEXT", "again", "table"]

TEXT = "text"
"""The kind of a column of text; columns of numbers are aligned right."""


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table: `heads` gives the title and the kind (`TEXT` or "") of each column.

    Titles and cells are HTML.
    """
    looks = [f' class="{kind}"' if kind else "" for _, kind in heads]
    head = "".join(
        f'<th scope="col"{look}>{title}</th>' for (title, _), look in zip(heads, looks, strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(f"<td{look}>{cell}</td>" for look, cell in zip(looks, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def again(rows: Iterable[tuple[str, str]]) -> str:
    """The section that says how to repeat the result: pairs of a description and a command."""
    lines = (f"<p>{escape(words)}: <code>{escape(command)}</code></p>" for words, command in rows)
    return section("again", "To do it again", "\n".join(lines))
