"""`lightsim run`: a network through an accelerator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lightsim.cli.options import (
    AcceleratorOption,
    BatchOption,
    BoardOption,
    IdealMemoryOption,
    ImagesOption,
    JsonOption,
    KeepOrderOption,
    KOption,
    MappingOption,
    NetworkArgument,
    SchemeOption,
    SeedOption,
)
from lightsim.cli.values import place

__all__ = ["run_command"]


def run_command(
    network: NetworkArgument,
    board: BoardOption = None,
    accelerator: AcceleratorOption = None,
    scheme: SchemeOption = None,
    engine: Annotated[
        str, typer.Option(help="The timing model: simulation or timeline.")
    ] = "simulation",
    images: ImagesOption = 1,
    batch: BatchOption = 1,
    seed: SeedOption = 0,
    mapping: MappingOption = None,
    keep_filter_order: KeepOrderOption = False,
    k: KOption = None,
    ideal_memory: IdealMemoryOption = False,
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
