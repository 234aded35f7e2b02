"""The tables of pages, and the words that say how to do something again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from lightsim.reports.frame.document import section

__all__ = ["TEXT", "again", "table"]

TEXT = "text"
"""What a column of words has for its kind; numbers stand at the right of theirs."""


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Iterable[str]]) -> str:
    """A table: of each column its title and its kind, `TEXT` or nothing; rows of cells.

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
    """The section that says how to do it again: pairs of words and the command for them."""
    lines = (f"<p>{escape(words)}: <code>{escape(command)}</code></p>" for words, command in rows)
    return section("again", "To do it again", "\n".join(lines))
