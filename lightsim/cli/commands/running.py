"""`lightsim run`: a network through an accelerator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lightsim.cli.options.shared import JsonOption, on_experiment
from lightsim.cli.options.values import place

if TYPE_CHECKING:
    from lightsim.flow.experiment import Experiment

__all__ = ["run_command"]


def _check(given: Mapping[str, Any]) -> None:
    from lightsim.reports.directory import check_directory

    if given["output"] is not None:
        check_directory(given["output"])


@on_experiment(_check)
def run_command(
    experiment: Experiment,
    engine: Annotated[
        str | None,
        typer.Option(help="The timing model: simulation or timeline.  [default: simulation]"),
    ] = None,
    values: Annotated[
        bool,
        typer.Option(
            "--values",
            help="Compute the output values with the timeline too, which moves no data; the "
            "simulation always does.",
        ),
    ] = False,
    energy: Annotated[
        str | None,
        typer.Option(help="The energy table (see `lightsim list energy`).  [default: fpga-28nm]"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write a run directory: report.html, tables, trace.",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Simulate NETWORK on an accelerator: cycles, stalls, resources, energy, output bits."""
    from lightsim.cli.process.progress import shown
    from lightsim.flow.run import run
    from lightsim.reports.console import show_run
    from lightsim.reports.directory import write_directory
    from lightsim.reports.frame.terminal import report_console
    from lightsim.reports.summary import summary_text

    whole = replace(
        experiment,
        engine=engine,
        values=values,
        energy_table=energy,
        tracing=output is not None,
    )
    with shown() as progress:
        report = run(whole, progress)
        if output is not None:
            progress("write reports", 0, 1)
            write_directory(report, output)
    if json:
        typer.echo(summary_text(report), nl=False)
    else:
        show_run(report, report_console())
        if output is not None:
            typer.echo(f"written to {output}: open {output / 'report.html'}")
