"""The options of `lightsim train`, as keys of a recipe, and the combinations that are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from lightsim.cli.options.values import place, whole

__all__ = ["TrainOptions", "recipe_keys", "refuse_with_resume"]

_MOST_SEEDS = 1000


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The arguments and options of `lightsim train`."""

    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE.toml|NETWORK",
            help="A recipe, or a network, which is then trained by the recipe for short.",
        ),
    ] = None
    variant: Annotated[
        str | None, typer.Option(help="One of the recipe's variants, such as binarynet.")
    ] = None
    scheme: Annotated[
        str | None,
        typer.Option(help="The weights' number format, or float32.  [default: flightnn]"),
    ] = None
    activation_bits: Annotated[
        int | None,
        typer.Option(
            help="Bits of all activations whose layers state none, 1 to 8.",
            parser=whole("--activation-bits"),
            metavar="<int>",
        ),
    ] = None
    epochs: Annotated[
        int | None,
        typer.Option(
            help="Epochs under the scheme; 0 quantises the float network.  [default: 60]",
            parser=whole("--epochs"),
            metavar="<int>",
        ),
    ] = None
    float_epochs: Annotated[
        int | None,
        typer.Option(
            help="Epochs in float before the scheme's.  [default: 40 for a network, 0 in a recipe]",
            parser=whole("--float-epochs"),
            metavar="<int>",
        ),
    ] = None
    start: Annotated[
        Path | None,
        typer.Option(
            help="Start from the float weights in this run directory.",
            parser=place("--start"),
            metavar="<path>",
        ),
    ] = None
    seeds: Annotated[
        str | None,
        typer.Option(help="Seeds, such as 0,1,2 or 0-4; each is trained.  [default: 0]"),
    ] = None
    board: Annotated[
        str | None,
        typer.Option(help="Weigh second terms by their cycles on this board's accelerator."),
    ] = None
    accelerator: Annotated[
        str | None, typer.Option(help="Weigh second terms by their cycles on this accelerator.")
    ] = None
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.  [default: auto]")] = None
    output: Annotated[
        Path | None,
        typer.Option(
            help="The run directory.  [default: lightsim-train/NAME]",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None
    resume: Annotated[
        Path | None,
        typer.Option(
            help="Continue the training in this run directory.",
            parser=place("--resume"),
            metavar="<path>",
        ),
    ] = None
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False


def recipe_keys(given: TrainOptions) -> dict[str, Any]:
    """The given options as keys of a recipe."""
    rows: dict[str, Any] = {
        "scheme": given.scheme,
        "activation_bits": given.activation_bits,
        "epochs": given.epochs,
        "float_epochs": given.float_epochs,
        "start": None if given.start is None else str(given.start),
        "seeds": None if given.seeds is None else _seeds(given.seeds),
        "device": given.device,
    }
    hardware = {"board": given.board, "accelerator": given.accelerator}
    hardware = {key: value for key, value in hardware.items() if value is not None}
    options = {key: value for key, value in rows.items() if value is not None}
    return {**options, "hardware": hardware} if hardware else options


def refuse_with_resume(given: TrainOptions, options: dict[str, Any]) -> None:
    """Raises `InputError` for any option that is given together with `--resume`."""
    from lightsim.errors import InputError

    named = (
        next(iter(options), None if given.variant is None else "variant")
        or ("output" if given.output else None)
        or given.recipe
    )
    if named is not None:
        problem = f"with '{named}', and the directory has its own recipe"
        raise InputError("--resume", problem, "accepted: --resume DIR alone")


def _seeds(text: str) -> list[int]:
    """The numbers in `0,1,2` or `0-4`."""
    from lightsim.errors import InputError

    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,18})(?:-(\d{1,18}))?\s*", part)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else -1
        if not first <= last < first + _MOST_SEEDS:
            raise InputError("--seeds", f"{text[:40]!r}", "accepted: numbers as 0,1,2 or 0-4")
        found += range(first, last + 1)
    return found
