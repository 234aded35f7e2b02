"""`lightsim list`: everything that can be named on the command line, with its source."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

__all__ = ["list_command"]


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
    from lightsim.cli.tables import TABLES
    from lightsim.errors import unknown_name

    if what is not None and what not in TABLES:
        raise unknown_name("list", "table", what, TABLES)
    chosen = list(TABLES) if what is None else [what]
    tables = {name: TABLES[name]() for name in chosen}
    if json:
        typer.echo(json_module.dumps({"schema": "lightsim.list/1", **tables}, indent=2))
        return
    from rich.table import Table

    from lightsim.reports.console import report_console

    console = report_console()
    for name, rows in tables.items():
        table = Table(title=name, title_justify="left", show_lines=False)
        for column in rows[0]:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "-" if value is None else str(value)
