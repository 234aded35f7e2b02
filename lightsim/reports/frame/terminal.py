"""The frame of output on a terminal: its width, and the style of its tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

__all__ = ["plain_table", "report_console"]

_PIPED_WIDTH = 100


def report_console() -> Console:
    """A console for reports: as wide as the terminal, or 100 columns in a pipe."""
    console = Console(highlight=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, width=_PIPED_WIDTH)


def plain_table(*numbers: str, gap: int = 2) -> Table:
    """A table without lines, with underlined titles and a right-aligned column for each of
    `numbers`.

    `gap` blanks separate the columns.
    """
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold underline")
    for name in numbers:
        table.add_column(name, justify="right")
    return table
