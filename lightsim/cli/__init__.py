"""The command line: `lightsim run`, `explore`, `train`, `data`, `verify` and the other commands.

This file imports nothing heavy: each command imports the rooms that it needs when it is called, so
that `--help` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from lightsim.cli.commands import (
    calibrating,
    exploring,
    fetching,
    importing,
    listing,
    running,
    training,
    verifying,
)
from lightsim.cli.process.ending import ended
from lightsim.cli.process.environment import check_arguments, check_environment
from lightsim.cli.process.signals import heeded
from lightsim.cli.process.streams import open_streams

__all__ = ["app", "main"]

app = typer.Typer(
    name="lightsim",
    help="Simulate FPGA accelerators for networks whose weights are sums of powers of two.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(running.run_command)
app.command("explore")(exploring.explore_command)
app.command("import")(importing.import_command)
app.command("train")(training.train_command)
app.command("data")(fetching.data_command)
app.command("verify")(verifying.verify_command)
app.command("rtl")(verifying.rtl_command)
app.command("calibrate")(calibrating.calibrate_command)
app.command("list")(listing.list_command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lightsim {version('lightsim')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Simulate FPGA accelerators for networks whose weights are sums of powers of two."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def main(*, last: bool = True) -> None:
    """Run the command line; a user's mistake ends with one message and an exit code.

    The process is taken to end with it (`last`): further signals change nothing.
    """
    open_streams()
    _start_lightly()
    try:
        with heeded(last=last), ended():
            check_environment()
            check_arguments(sys.argv[1:])
            # Not standalone: typer's own message for a wrong option takes four lines.
            raise typer.Exit(app(prog_name="lightsim", standalone_mode=False) or 0)
    finally:
        gc.freeze()  # the interpreter then skips all these objects when it ends


def _start_lightly() -> None:
    """Avoid two costs of the start, a third of the CPU time until the first number is computed."""
    # No command multiplies large matrices, so threads of OpenBLAS would only cost time at the
    # start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imports make many objects that stay, so frequent garbage collections would find nothing.
    gc.set_threshold(100_000, 20, 20)
