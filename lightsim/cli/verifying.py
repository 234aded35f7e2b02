"""`lightsim verify` and `lightsim rtl`: the accelerator in SystemVerilog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lightsim.cli.values import place, whole

if TYPE_CHECKING:
    from lightsim.flow.verification import Verification

__all__ = ["rtl_command", "verify_command"]

_Network = Annotated[
    str, typer.Argument(help="A network of the zoo (see `lightsim list networks`) or a TOML file.")
]
_Board = Annotated[
    str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
]
_Accelerator = Annotated[
    str | None,
    typer.Option(
        help="A TOML file, or a PE kind for the board's default array of that kind.  "
        "[default: the scheme's usual kind]"
    ),
]
_Scheme = Annotated[
    str | None, typer.Option(help="The weights' number format.  [default: flightnn]")
]
_Images = Annotated[
    int, typer.Option(help="How many images to run.", parser=whole("--images"), metavar="<int>")
]
_Batch = Annotated[
    int,
    typer.Option(
        help="How many images share each load of weights.",
        parser=whole("--batch"),
        metavar="<int>",
    ),
]
_Seed = Annotated[
    int,
    typer.Option(
        help="Seed of synthetic weights and images.", parser=whole("--seed"), metavar="<int>"
    ),
]
_KeepOrder = Annotated[
    bool, typer.Option("--keep-filter-order", help="Do not group filters of equal k.")
]
_Ideal = Annotated[
    bool, typer.Option("--ideal-memory", help="Replace the memory by one that never waits.")
]
_Mapping = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file that fixes the tiling of named layers, or exact: the quickest "
        "tiling of every layer, proven.",
        parser=place("--mapping"),
        metavar="<path>",
    ),
]

_K = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file with the number of terms of every filter (flightnn).",
        parser=place("--k"),
        metavar="<path>",
    ),
]


def verify_command(
    network: _Network,
    board: _Board = None,
    accelerator: _Accelerator = None,
    scheme: _Scheme = None,
    images: _Images = 1,
    batch: _Batch = 1,
    seed: _Seed = 0,
    mapping: _Mapping = None,
    keep_filter_order: _KeepOrder = False,
    k: _K = None,
    ideal_memory: _Ideal = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Keep the RTL, its program and its memory in this folder.",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None,
    wave: Annotated[
        bool, typer.Option("--wave", help="Write wave.vcd into the folder of --output.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Simulate NETWORK's accelerator in SystemVerilog too and compare every bit and cycle.

    Ends with 1 if anything differs.
    """
    from lightsim.cli.progress import shown
    from lightsim.errors import InputError
    from lightsim.flow.experiment import Experiment
    from lightsim.flow.verification import verify
    from lightsim.reports.directory import check_directory
    from lightsim.rtl.project import is_project
    from lightsim.rtl.report import verdict_text

    if wave and output is None:
        raise InputError("--wave", "without --output", "name the folder for it with --output")
    if output is not None:
        check_directory(output, is_project)
    experiment = Experiment(
        network, board, accelerator, scheme,
        images=images, batch=batch, seed=seed, tilings=None if mapping is None else str(mapping),
        sort_filters=not keep_filter_order, k=None if k is None else str(k), ideal=ideal_memory,
    )  # fmt: skip
    with shown() as progress:
        found = verify(experiment, progress, folder=output, wave=wave)
    if json:
        typer.echo(verdict_text(found.verdict), nl=False)
    else:
        _show(found)
    if not found.verdict.equal:
        raise typer.Exit(1)


def rtl_command(
    network: _Network,
    output: Annotated[
        Path,
        typer.Option(
            help="The folder to write the project into.", parser=place("--output"), metavar="<path>"
        ),
    ],
    board: _Board = None,
    accelerator: _Accelerator = None,
    scheme: _Scheme = None,
    images: _Images = 1,
    batch: _Batch = 1,
    seed: _Seed = 0,
    mapping: _Mapping = None,
    keep_filter_order: _KeepOrder = False,
    k: _K = None,
    ideal_memory: _Ideal = False,
) -> None:
    """Write NETWORK's accelerator as a SystemVerilog project with its program and memory."""
    from lightsim.cli.progress import shown
    from lightsim.flow.experiment import Experiment
    from lightsim.flow.verification import write_rtl
    from lightsim.reports.directory import check_directory
    from lightsim.rtl.project import is_project

    check_directory(output, is_project)
    experiment = Experiment(
        network, board, accelerator, scheme,
        images=images, batch=batch, seed=seed, tilings=None if mapping is None else str(mapping),
        sort_filters=not keep_filter_order, k=None if k is None else str(k), ideal=ideal_memory,
    )  # fmt: skip
    with shown() as progress:
        write_rtl(experiment, output, progress)
    typer.echo(f"written to {output}: see {output / 'README.md'}")


def _show(found: Verification) -> None:
    from rich.table import Table

    from lightsim.reports.console import report_console

    verdict, console = found.verdict, report_console()
    place_ = f" on {found.board}" if found.board else ""
    console.print(f"[bold]{found.network}{place_}[/]\nscheme {found.scheme}, {found.accelerator}\n")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold underline")
    table.add_column("layer")
    for name in ("cycles simulated", "cycles RTL", "values", "different"):
        table.add_column(name, justify="right")
    for layer in verdict.layers:
        numbers = (
            layer.cycles_simulated, layer.cycles_rtl, layer.values_compared,
            layer.values_different,
        )  # fmt: skip
        table.add_row(layer.name, *(f"{number:,}" for number in numbers))
    console.print(table)
    console.print()
    for line in verdict.lines():
        console.print(line, markup=False, soft_wrap=True)
