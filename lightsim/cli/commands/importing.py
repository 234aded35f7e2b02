"""`lightsim import`: a network's file of another tool as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lightsim.cli.options.shared import JsonOption
from lightsim.cli.options.values import place

if TYPE_CHECKING:
    from lightsim.importing.bring import Imported

__all__ = ["import_command"]


def import_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="An ONNX file, or a SCALE-Sim topology (CSV).")
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            help="An npz file of images that set the steps of activations, and labels that "
            "judge.  [default: random images]",
            parser=place("--data"),
            metavar="<path>",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="The folder for the network.  [default: lightsim-import/NAME]",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None,
    input_shape: Annotated[
        str | None,
        typer.Option(help="The input's sizes where the file leaves some open, as 1,3,32,32."),
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="The weights' number format, or several with commas.  [default: the file's, or "
            "fixed8]"
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The network's name.  [default: the file's]")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Bring in a network of another tool, ready for run, explore and verify."""
    from lightsim.flow.bringing import check_importable, is_table
    from lightsim.reports.directory import check_directory

    check_importable(file)
    if output is not None:
        check_directory(output, lambda _: True)
    if is_table(file):
        options = {"--data": data, "--input-shape": input_shape, "--scheme": scheme, "--name": name}
        _import_table(Path(file), output, options, json=json)
        return
    from lightsim.importing.bring import Wanted, import_file
    from lightsim.importing.folder import import_text, write_imported
    from lightsim.numerics.formats.scheme import scheme as scheme_of

    schemes = [] if scheme is None else [scheme_of(one.strip()).name for one in scheme.split(",")]
    wanted = Wanted(data, _sizes(input_shape), tuple(dict.fromkeys(schemes)), name)
    imported = import_file(Path(file), wanted)
    where = Path("lightsim-import") / imported.network.name if output is None else output
    path = write_imported(imported, where)
    if json:
        typer.echo(import_text(imported), nl=False)
    else:
        _show(imported, path)


def _import_table(
    file: Path, output: Path | None, options: Mapping[str, object], *, json: bool
) -> None:
    """A table of layers, which has no weights."""
    import json as json_module

    from lightsim.errors import InputError
    from lightsim.flow.bringing import TABLE_NOTE, keep_table
    from lightsim.network import load_network

    for option, value in options.items():
        if value is not None:
            raise InputError(option, "with a table of layers", f"accepted: no {option}")
    path = keep_table(file, Path("lightsim-import") / file.stem if output is None else output)
    network = load_network(path)
    if json:
        document = {
            "schema": "lightsim.import/1", "network": network.name, "layers": len(network.layers),
            "parameters": network.parameters, "macs": network.macs, "operators": {}, "terms": {},
            "warnings": [TABLE_NOTE],
        }  # fmt: skip
        typer.echo(json_module.dumps(document, indent=2))
        return
    typer.echo(f"{network.name}: {len(network.layers)} layers, {network.macs:,} MACs")
    typer.echo(f"note: {TABLE_NOTE}\nwritten to {path.parent}\nRun it: lightsim run {path}")


def _sizes(text: str | None) -> tuple[int, ...] | None:
    from lightsim.errors import InputError

    if text is None:
        return None
    parts = [part.strip() for part in text.replace("x", ",").split(",")]
    if not all(part.isdecimal() and 0 < int(part) <= 65536 for part in parts):
        problem = f"is '{text[:40]}'"
        raise InputError("--input-shape", problem, "accepted: sizes up to 65536, as 1,3,32,32")
    return tuple(map(int, parts))


def _show(imported: Imported, path: Path) -> None:
    from rich.markup import escape

    from lightsim.reports.frame.terminal import plain_table, report_console

    network, console = imported.network, report_console()
    shape = network.input_shape
    schemes = ", ".join(own.scheme.name for own in imported.quantised.workloads)
    console.print(
        f"[bold]{escape(network.name)}[/]: {len(network.layers)} layers, scheme {schemes}"
    )
    counted = " ".join(f"{name} {count}" for name, count in sorted(imported.operators.items()))
    console.print(f"input {shape}, {network.parameters:,} parameters, {network.macs:,} MACs")
    console.print(f"operators: {escape(counted)}\n")
    table = plain_table()
    table.add_column("layer")
    for title in ("weights", "0 terms", "1 term", "2 terms", "more"):
        table.add_column(title, justify="right")
    for layer, terms in imported.terms.items():
        table.add_row(
            escape(layer), f"{sum(terms.values()):,}", *(f"{n:,}" for n in terms.values())
        )
    console.print(table)
    console.print()
    for text in imported.warnings:
        console.print(f"note: {text}", markup=False, soft_wrap=True)
    typer.echo(f"written to {path.parent}\nRun it: lightsim run {path}")
