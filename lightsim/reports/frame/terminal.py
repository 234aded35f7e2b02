"""The frame of what is printed on a terminal: its width, and the look of its tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

__all__ = ["plain_table", "report_console"]

_PIPED_WIDTH = 100


def report_console() -> Console:
    """A console for reports: the terminal's own width, or 100 columns when piped to a file."""
    console = Console(highlight=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, width=_PIPED_WIDTH)


def plain_table(*numbers: str, gap: int = 2) -> Table:
    """A table without lines, its titles underlined, with a column at the right for each of
    `numbers`; `gap` blanks stand between columns."""
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold underline")
    for name in numbers:
        table.add_column(name, justify="right")
    return table
