"""`lightsim train`: a network trained for a scheme, and written as a trained network file."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lightsim.cli.options import taking
from lightsim.cli.signals import interrupt_code
from lightsim.cli.values import place, whole

if TYPE_CHECKING:
    from lightsim.training.recipes.recipe import Recipe

__all__ = ["TrainOptions", "train_command"]

_MOST_SEEDS = 1000


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The words behind `lightsim train`."""

    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE.toml|NETWORK",
            help="A recipe, or a network to be trained by the recipe for short.",
        ),
    ] = None
    variant: Annotated[
        str | None, typer.Option(help="One of the recipe's variants, as lightnn1 or binarynet.")
    ] = None
    scheme: Annotated[
        str | None,
        typer.Option(help="The weights' number format, or float32.  [default: flightnn]"),
    ] = None
    epochs: Annotated[
        int | None,
        typer.Option(
            help="Epochs under the scheme; 0 quantises what was trained in float.  [default: 60]",
            parser=whole("--epochs"),
            metavar="<int>",
        ),
    ] = None
    float_epochs: Annotated[
        int | None,
        typer.Option(
            help="Epochs in float before them.  [default: 40 for a network, 0 in a recipe]",
            parser=whole("--float-epochs"),
            metavar="<int>",
        ),
    ] = None
    start: Annotated[
        Path | None,
        typer.Option(
            help="Begin from the float weights in this run directory.",
            parser=place("--start"),
            metavar="<path>",
        ),
    ] = None
    seeds: Annotated[
        str | None,
        typer.Option(help="Seeds, as 0,1,2 or 0-4; each is a training.  [default: 0]"),
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
            help="Go on with the training in this run directory.",
            parser=place("--resume"),
            metavar="<path>",
        ),
    ] = None
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False


@taking(TrainOptions)
def train_command(given: TrainOptions) -> None:
    """Train a network so that its weights are sums of powers of two, and write it for `run`.

    A training that was stopped goes on when the same command is given again.
    """
    from lightsim.errors import InputError

    options = _of_recipe(given)
    if given.resume is not None:
        _refuse_with_resume(given, options)
        _train(_resumed(given.resume), given.resume, given.json)
        return
    if given.recipe is None:
        raise InputError("train", "names nothing to train", "accepted: a recipe or a network")
    _check(given.recipe, options, given)
    from lightsim.training.recipes.recipe import named_recipe

    own = named_recipe(given.recipe, options, given.variant)
    where = given.output if given.output is not None else Path("lightsim-train") / own.name
    _train(own, where, given.json)


def _of_recipe(given: TrainOptions) -> dict[str, Any]:
    """The keys of a recipe that are given, in a recipe's words."""
    rows: dict[str, Any] = {
        "scheme": given.scheme,
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


def _refuse_with_resume(given: TrainOptions, options: dict[str, Any]) -> None:
    from lightsim.errors import InputError

    named = (
        next(iter(options), None if given.variant is None else "variant")
        or ("output" if given.output else None)
        or given.recipe
    )
    if named is not None:
        problem = f"with '{named}', and the directory has its own recipe"
        raise InputError("--resume", problem, "accepted: --resume DIR alone")


def _train(recipe: Recipe, where: Path, json: bool) -> None:
    from lightsim.cli.progress import training
    from lightsim.files.commands import command_line
    from lightsim.flow.training import train
    from lightsim.reports.frame.terminal import report_console
    from lightsim.reports.training.console import show_training
    from lightsim.reports.training.summary import summary_text

    try:
        with training() as progress:
            report = train(recipe, where, progress)
    except KeyboardInterrupt:
        typer.echo(
            "interrupted: every whole epoch is kept, "
            f"`lightsim train --resume {shlex.quote(str(where))}` goes on",
            err=True,
        )
        sys.exit(interrupt_code())
    if json:
        typer.echo(summary_text(report), nl=False)
        return
    show_training(report, report_console())
    typer.echo(f"written to {where}: open {where / 'report.html'}")
    if report.seeds[0].network is not None:
        command = command_line("run", str(where / "network.toml"), "--scheme", _exported(recipe))
        typer.echo(f"Run it: {command}")


def _check(recipe: str, options: dict[str, Any], given: TrainOptions) -> None:
    """Names and files first: PyTorch takes seconds to import."""
    from lightsim.errors import InputError
    from lightsim.flow.given import check_recipe
    from lightsim.hardware.board_file import find_board
    from lightsim.reports.directory import check_directory

    check_recipe(recipe, options)
    if given.board is not None:
        find_board(given.board)
    if given.start is not None and not given.start.exists():
        accepted = "accepted: the run directory of a training with float epochs"
        raise InputError("--start", f"'{given.start}' does not exist", accepted)
    if given.output is not None:
        check_directory(given.output, lambda _: True)


def _resumed(directory: Path) -> Recipe:
    from lightsim.errors import InputError
    from lightsim.flow.given import RECIPE, check_recipe

    if not (directory / RECIPE).is_file():
        accepted = "accepted: the run directory of a training"
        raise InputError("--resume", f"'{directory}' has no {RECIPE}", accepted)
    check_recipe(str(directory / RECIPE), {})
    from lightsim.training.recipes.recipe import load_recipe

    return load_recipe(directory / RECIPE)


def _exported(recipe: Recipe) -> str:
    """The scheme that the trained network file has weights for."""
    from lightsim.training.weights.table import exported_scheme

    return exported_scheme(recipe.scheme, recipe.options).name


def _seeds(text: str) -> list[int]:
    """`0,1,2` or `0-4` as numbers."""
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
