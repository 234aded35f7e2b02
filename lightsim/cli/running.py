"""`lightsim run`: a network through an accelerator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lightsim.cli.values import place, whole

__all__ = ["run_command"]


def run_command(
    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK",
            help="A network of the zoo (see `lightsim list networks`) or a TOML file.",
        ),
    ],
    board: Annotated[
        str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
    ] = None,
    accelerator: Annotated[
        str | None,
        typer.Option(
            help="A TOML file, or a PE kind for the board's default array of that kind.  "
            "[default: the scheme's usual kind]"
        ),
    ] = None,
    scheme: Annotated[
        str | None, typer.Option(help="The weights' number format.  [default: flightnn]")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="The timing model: simulation or timeline.")
    ] = "simulation",
    images: Annotated[
        int,
        typer.Option(help="How many images to run.", parser=whole("--images"), metavar="<int>"),
    ] = 1,
    batch: Annotated[
        int,
        typer.Option(
            help="How many images share each load of weights.",
            parser=whole("--batch"),
            metavar="<int>",
        ),
    ] = 1,
    seed: Annotated[
        int,
        typer.Option(
            help="Seed of synthetic weights and images.", parser=whole("--seed"), metavar="<int>"
        ),
    ] = 0,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file that fixes the tiling of named layers, or exact: the quickest "
            "tiling of every layer, proven.",
            parser=place("--mapping"),
            metavar="<path>",
        ),
    ] = None,
    keep_filter_order: Annotated[
        bool, typer.Option("--keep-filter-order", help="Do not group filters of equal k.")
    ] = False,
    k: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file with the number of terms of every filter (flightnn).",
            parser=place("--k"),
            metavar="<path>",
        ),
    ] = None,
    ideal_memory: Annotated[
        bool, typer.Option("--ideal-memory", help="Replace the memory by one that never waits.")
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
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Simulate NETWORK on an accelerator: cycles, stalls, resources, energy, output bits."""
    from lightsim.cli.progress import shown
    from lightsim.flow.run import Experiment, run
    from lightsim.reports.console import report_console, show_run
    from lightsim.reports.directory import check_directory, write_directory
    from lightsim.reports.summary import summary_text

    if output is not None:
        check_directory(output)
    experiment = Experiment(
        network=network,
        board=board,
        accelerator=accelerator,
        scheme=scheme,
        engine=engine,
        images=images,
        batch=batch,
        seed=seed,
        tilings=None if mapping is None else str(mapping),
        sort_filters=not keep_filter_order,
        k=None if k is None else str(k),
        ideal=ideal_memory,
        tracing=output is not None,
        energy_table=energy,
    )
    with shown() as progress:
        report = run(experiment, progress)
        if output is not None:
            progress("write reports", 0, 1)
            write_directory(report, output)
    if json:
        typer.echo(summary_text(report), nl=False)
    else:
        show_run(report, report_console())
        if output is not None:
            typer.echo(f"written to {output}: open {output / 'report.html'}")
