"""The command line: `lightsim run` and `lightsim list`.

Nothing heavy is imported here: each command imports what it needs when it is called, so that
`--help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lightsim.cli import listing, running
from lightsim.errors import LightSimError

__all__ = ["app", "main"]

app = typer.Typer(
    name="lightsim",
    help="Simulate FPGA accelerators for networks whose weights are sums of powers of two.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(running.run_command)
app.command("list")(listing.list_command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lightsim {version('lightsim')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Simulate FPGA accelerators for networks whose weights are sums of powers of two."""


def main() -> None:
    """Run the command line; a user's mistake ends with its message and its exit code."""
    try:
        app()
    except LightSimError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing was written", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
