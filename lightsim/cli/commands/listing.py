"""`lightsim list`: everything that has a name on the command line, with its source."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from lightsim.errors import unknown_name

if TYPE_CHECKING:
    from rich.console import Console

    from lightsim.cli.commands.tables import Row

__all__ = ["TABLE_NAMES", "list_command"]

# The names in `cli.commands.tables`. They stand here too, because importing that file takes seconds
# and a wrong name should be answered before.
TABLE_NAMES = (
    "networks", "schemes", "boards", "devices", "dsp-blocks", "memories", "pe-kinds", "lanes",
    "modules", "orders", "roundings", "energy", "parameters",
    "templates",
)  # fmt: skip


def list_command(
    what: Annotated[
        str | None,
        typer.Argument(help="One table; without it, all of them."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Show the networks, schemes, boards, devices, memories, PE kinds, energies and parameters."""
    if what is not None and what not in TABLE_NAMES:
        raise unknown_name("list", "table", what, TABLE_NAMES)
    from lightsim.cli.commands.tables import TABLES

    chosen = list(TABLES) if what is None else [what]
    tables = {name: TABLES[name]() for name in chosen}
    if json:
        document = {"schema": "lightsim.list/1", **tables}
        typer.echo(json_module.dumps(document, indent=2, ensure_ascii=False))
        return
    from lightsim.reports.frame.terminal import report_console

    console = report_console()
    for name, rows in tables.items():
        _show(name, rows, console)


def _show(name: str, rows: list[Row], console: Console) -> None:
    """Print one table, with its sources numbered below: most are too long for a column."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=name, title_justify="left", show_lines=False)
    for column in rows[0]:
        # A name that is broken over two lines cannot be copied.
        table.add_column(column, overflow="fold", no_wrap=column == next(iter(rows[0])))
    sources: dict[str, int] = {}
    for row in rows:
        cells = dict(row)
        if isinstance(source := row.get("source"), str):
            cells["source"] = f"[{sources.setdefault(source, len(sources) + 1)}]"
        table.add_row(*(escape(_cell(value)) for value in cells.values()))
    console.print(table)
    for source, number in sources.items():
        console.print(escape(f"[{number}] {source}"), soft_wrap=False)
    console.print()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "-" if value is None else str(value)
