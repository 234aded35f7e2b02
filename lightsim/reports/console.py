"""The run as tables for the terminal: compact at 100 columns, plain in a pipe."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lightsim.reports.console_layers import console_layers
from lightsim.reports.frame.terminal import plain_table
from lightsim.reports.headline import headline
from lightsim.reports.own_parts import own_cells, own_tables
from lightsim.reports.report import OwnPart, ResourceReport, RunReport

__all__ = ["show_run"]

_BAR_WIDTH = 24


def show_run(report: RunReport, console: Console) -> None:
    """Print headline, resources, layers and notes; a narrow console gets fewer layer columns."""
    ascii_only = console.options.ascii_only
    console.print(_title(report))
    console.print(_headline_table(report, ascii_only))
    console.print()
    console.print(_resource_table(report, ascii_only))
    console.print()
    console.print(console_layers(report, console.width, "..." if ascii_only else "…"))
    console.print()
    for part in own_tables(report):
        console.print(_own_table(part, ascii_only))
        console.print()
    for note in report.notes:
        console.print(f"[yellow]note:[/] {escape(_plain(note, ascii_only))}")


def _title(report: RunReport) -> str:
    board = f" on {report.board}" if report.board else ""
    return (
        f"[bold]{escape(report.network + board)}[/]\nscheme {escape(report.scheme)}, "
        f"accelerator {escape(report.accelerator)}, engine {escape(report.engine)}\n"
    )


def _headline_table(report: RunReport, ascii_only: bool) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for fact in headline(report):
        style = "bold red" if fact.value == "NO" else ""
        cells = (fact.label, f"[{style}]{fact.value}[/]" if style else fact.value, fact.remark)
        table.add_row(*(_plain(cell, ascii_only) for cell in cells))
    table.add_row("Weights", "", _plain(escape(report.weights_origin), ascii_only))
    return table


def _resource_table(report: RunReport, ascii_only: bool) -> Table:
    table = plain_table()
    table.add_column("resource", no_wrap=True)
    for title in ("used", "available", "share"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for name, row in report.resources.items():
        if not row.used and not row.available:
            continue
        table.add_row(name.upper(), f"{row.used:,}", *_against(row, ascii_only))
    return table


def _against(row: ResourceReport, ascii_only: bool) -> tuple[str, str, str]:
    if row.available is None:
        return "-", "-", ""
    part = row.used / row.available if row.available else 1.0
    full, empty = ("#", ".") if ascii_only else ("█", "░")
    filled = min(_BAR_WIDTH, max(round(_BAR_WIDTH * part), 1 if row.used else 0))
    colour = "red" if part > 1 else "yellow" if part > 0.9 else "cyan"
    bar = f"[{colour}]{full * filled}[/][dim]{empty * (_BAR_WIDTH - filled)}[/]"
    return f"{row.available:,}", f"{100 * part:.1f} %", bar


def _own_table(part: OwnPart, ascii_only: bool) -> Table:
    """The table of a part that only the run's template has."""
    columns, rows = own_cells(part)
    table = Table(
        title=escape(part.title), title_justify="left", box=None, padding=(0, 2, 0, 0),
        pad_edge=False, header_style="bold underline",
    )  # fmt: skip
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_plain(escape(cell), ascii_only) for cell in row))
    return table


def _plain(text: str, ascii_only: bool) -> str:
    """The text with ASCII in place of other characters, if `ascii_only`."""
    if not ascii_only:
        return text
    return text.replace("µ", "u").replace("…", "...").encode("ascii", "replace").decode("ascii")
