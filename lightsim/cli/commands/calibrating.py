"""`lightsim calibrate`: the resource formulas fitted again to synthesis of the RTL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lightsim.cli.options.values import place

__all__ = ["calibrate_command"]


def calibrate_command(
    family: Annotated[
        str, typer.Option(help="The device family that Yosys maps to: xc7 or xcup.")
    ] = "xc7",
    output: Annotated[
        Path,
        typer.Option(
            help="The folder of the table and the coefficients; an existing table is continued.",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = Path("calibration"),
    template: Annotated[
        str | None,
        typer.Option(help="The kind of machine whose modules are measured.  [default: tiled]"),
    ] = None,
) -> None:
    """Synthesise the modules of the RTL over a grid and fit the resource formulas to it.

    Takes about twenty minutes. A stopped calibration keeps the points measured so far.
    """
    from lightsim.flow.templates import opened, template_of
    from lightsim.reports.directory import check_directory

    machine = template_of(template, None)
    what = "calibration"
    calibration_tools = opened(machine, lambda row: row.calibration_tools, what)
    check_directory(output, lambda _: True)
    calibration_tools(family)
    from lightsim.cli.process.progress import shown

    calibrate = opened(machine, lambda row: row.calibrate, what)

    with shown() as progress:
        found = calibrate(output, family, progress)
    typer.echo(f"{found.points} points, Yosys {found.yosys}, {found.family}: {found.coefficients}")
    typer.echo("modules held out, against their formulas:")
    for row in found.held_out:
        typer.echo(
            f"  {row.resource}: {row.count} values, median error {row.median:.1%}, "
            f"worst {row.worst:.1%} ({row.worst_name})"
        )
