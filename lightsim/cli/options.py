"""The options that `run`, `verify` and `rtl` share: what is simulated, and on what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lightsim.cli.values import place, whole

__all__ = [
    "AcceleratorOption",
    "BatchOption",
    "BoardOption",
    "IdealMemoryOption",
    "ImagesOption",
    "JsonOption",
    "KOption",
    "KeepOrderOption",
    "MappingOption",
    "NetworkArgument",
    "SchemeOption",
    "SeedOption",
]

NetworkArgument = Annotated[
    str,
    typer.Argument(
        metavar="NETWORK",
        help="A network of the zoo (see `lightsim list networks`) or a TOML file.",
    ),
]
BoardOption = Annotated[
    str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
]
AcceleratorOption = Annotated[
    str | None,
    typer.Option(
        help="A TOML file, or a PE kind for the board's default array of that kind.  "
        "[default: the scheme's usual kind]"
    ),
]
SchemeOption = Annotated[
    str | None, typer.Option(help="The weights' number format.  [default: flightnn]")
]
ImagesOption = Annotated[
    int, typer.Option(help="How many images to run.", parser=whole("--images"), metavar="<int>")
]
BatchOption = Annotated[
    int,
    typer.Option(
        help="How many images share each load of weights.",
        parser=whole("--batch"),
        metavar="<int>",
    ),
]
SeedOption = Annotated[
    int,
    typer.Option(
        help="Seed of synthetic weights and images.", parser=whole("--seed"), metavar="<int>"
    ),
]
KeepOrderOption = Annotated[
    bool, typer.Option("--keep-filter-order", help="Do not group filters of equal k.")
]
KOption = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file with the number of terms of every filter (flightnn).",
        parser=place("--k"),
        metavar="<path>",
    ),
]
IdealMemoryOption = Annotated[
    bool, typer.Option("--ideal-memory", help="Replace the memory by one that never waits.")
]
MappingOption = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file that fixes the tiling of named layers, or exact: the quickest "
        "tiling of every layer, proven.",
        parser=place("--mapping"),
        metavar="<path>",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
