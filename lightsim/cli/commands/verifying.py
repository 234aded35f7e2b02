"""`lightsim verify` and `lightsim rtl`: the accelerator in SystemVerilog."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lightsim.cli.options.shared import JsonOption, on_experiment
from lightsim.cli.options.values import place

if TYPE_CHECKING:
    from lightsim.flow.experiment import Experiment
    from lightsim.flow.verification import Verification

__all__ = ["rtl_command", "verify_command"]


def _check_verify(given: Mapping[str, Any]) -> None:
    from lightsim.errors import InputError

    wave = given["wave"]
    if wave is not None and not wave.parent.is_dir():
        raise InputError("--wave", f"{str(wave.parent)!r} is no folder", "make it first")
    if wave is not None and wave.exists() and not wave.is_file():
        raise InputError("--wave", f"{str(wave)!r} is no file", "accepted: a new file")
    _check_output(given)


def _check_output(given: Mapping[str, Any]) -> None:
    from lightsim.flow.templates import opened, template_of
    from lightsim.reports.directory import check_directory

    template = template_of(given["template"], given["accelerator"])
    is_project = opened(template, lambda row: row.rtl_folder, "RTL")
    if given["output"] is not None:
        check_directory(given["output"], is_project)


@on_experiment(_check_verify)
def verify_command(
    experiment: Experiment,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Keep the RTL, its program and its memory in this folder.",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None,
    wave: Annotated[
        Path | None,
        typer.Option(
            help="If anything differs, write the cycles around the first difference to this file, "
            "as VCD.",
            parser=place("--wave"),
            metavar="<path>",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Simulate NETWORK's accelerator in SystemVerilog too and compare every bit and cycle.

    Ends with 1 if anything differs.
    """
    from lightsim.cli.process.progress import shown
    from lightsim.flow.verification import verify
    from lightsim.reports.verdict import verdict_text

    with shown() as progress:
        found = verify(experiment, progress, folder=output, wave=wave)
    if json:
        typer.echo(verdict_text(found.verdict), nl=False)
    else:
        _show(found)
        if wave is not None:
            differs = found.verdict.first_cycle is not None
            typer.echo(f"waveform in {wave}" if differs else f"{wave} not written: nothing differs")
    if not found.verdict.equal:
        raise typer.Exit(1)


@on_experiment(_check_output)
def rtl_command(
    experiment: Experiment,
    output: Annotated[
        Path,
        typer.Option(
            help="The folder to write the project into.", parser=place("--output"), metavar="<path>"
        ),
    ],
) -> None:
    """Write NETWORK's accelerator as a SystemVerilog project with its program and memory."""
    from lightsim.cli.process.progress import shown
    from lightsim.flow.verification import write_rtl

    with shown() as progress:
        write_rtl(experiment, output, progress)
    typer.echo(f"written to {output}: see {output / 'README.md'}")


def _show(found: Verification) -> None:
    from lightsim.reports.frame.terminal import plain_table, report_console

    verdict, console = found.verdict, report_console()
    place_ = f" on {found.board}" if found.board else ""
    console.print(f"[bold]{found.network}{place_}[/]\nscheme {found.scheme}, {found.accelerator}\n")
    table = plain_table()
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
