"""`lightsim train`: trains a network for a scheme and writes a trained network file."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lightsim.cli.options.shared import taking
from lightsim.cli.options.train import TrainOptions, recipe_keys, refuse_with_resume
from lightsim.cli.process.signals import interrupt_code

if TYPE_CHECKING:
    from lightsim.training.recipes.recipe import Recipe

__all__ = ["train_command"]


@taking(TrainOptions)
def train_command(given: TrainOptions) -> None:
    """Train a network so that its weights are sums of powers of two, and write it for `run`.

    The same command, given again, continues a training that was stopped.
    """
    from lightsim.errors import InputError

    options = recipe_keys(given)
    if given.resume is not None:
        refuse_with_resume(given, options)
        _train(_resumed(given.resume), given.resume, given.json)
        return
    if given.recipe is None:
        raise InputError("train", "names nothing to train", "accepted: a recipe or a network")
    _check(given.recipe, options, given)
    from lightsim.training.recipes.recipe import named_recipe

    own = named_recipe(given.recipe, options, given.variant)
    where = given.output if given.output is not None else Path("lightsim-train") / own.name
    _train(own, where, given.json)


def _train(recipe: Recipe, where: Path, json: bool) -> None:
    from lightsim.cli.process.progress import training
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
    """Check names and files before PyTorch is imported, which takes seconds."""
    from lightsim.errors import InputError
    from lightsim.flow.given.checks import check_recipe
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
    from lightsim.flow.given.checks import RECIPE, check_recipe

    if not (directory / RECIPE).is_file():
        accepted = "accepted: the run directory of a training"
        raise InputError("--resume", f"'{directory}' has no {RECIPE}", accepted)
    check_recipe(str(directory / RECIPE), {})
    from lightsim.training.recipes.recipe import load_recipe

    return load_recipe(directory / RECIPE)


def _exported(recipe: Recipe) -> str:
    """The scheme of the weights in the trained network file."""
    from lightsim.training.weights.table import exported_scheme

    return exported_scheme(recipe.scheme, recipe.options).name
