"""`lightsim explore --retrain`: trains candidates, then searches for an accelerator for each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lightsim.cli.process.signals import finishing, interrupt_code

if TYPE_CHECKING:
    from dse.retraining.search import Point
    from lightsim.training.recipes.recipe import Recipe

__all__ = ["explore_retrained"]

_SET_APART = 0.2  # share of the training images that compares the candidates


def explore_retrained(
    network: str,
    strengths: str,
    recipe: Path | None,
    *,
    board: str | None,
    k: str | None,
    search: dict[str, Any],
    output: Path | None,
    json: bool,
) -> None:
    """Train the candidates, search for each, and show one front over all candidates."""
    from dse.retraining.candidates import read_strengths, retrain
    from dse.retraining.report import held_joint, is_joint, summary_text, write_joint
    from dse.retraining.search import search_candidates
    from lightsim.cli.process.progress import searching, training
    from lightsim.errors import BudgetError
    from lightsim.flow.given.resolve import DEFAULT_BOARD
    from lightsim.hardware.board_file import find_board
    from lightsim.reports.directory import check_directory

    wanted = read_strengths(strengths, "--retrain")
    on = find_board(DEFAULT_BOARD if board is None else board)
    base = _recipe(network, recipe)
    name = f"{base.network.name}-{on.name}-retrained"
    where = Path("lightsim-explore") / name if output is None else output
    check_directory(where, is_joint)
    try:
        with held_joint(where):
            with training() as progress:
                candidates = retrain(base, wanted, where, progress)
            trials = int(search.get("trials", 0)) or None
            with searching(trials or 200, prove=bool(search.get("prove"))) as told:
                points = search_candidates(
                    candidates,
                    board,
                    where,
                    axes={} if k is None else {"k": k},
                    search=search,
                    progress=lambda _: told,
                )
            if not points:
                raise BudgetError(f"{base.network.name}: no design of the space keeps the budgets")
            with finishing():
                write_joint(points, base.network.name, on.name, where)
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on with what is kept", err=True)
        sys.exit(interrupt_code())
    if json:
        typer.echo(summary_text(points, base.network.name, on.name), nl=False)
    else:
        _show(points)
        typer.echo(f"written to {where}: open {where / 'report.html'}")


def _recipe(network: str, recipe: Path | None) -> Recipe:
    from lightsim.errors import InputError
    from lightsim.network import load_network
    from lightsim.training.recipes.recipe import load_recipe, new_recipe

    if recipe is None:
        return new_recipe(network, {"data": {"validation": _SET_APART}})
    own = load_recipe(recipe)
    if own.network != load_network(network):
        problem = f"is for '{own.network.name}', not for '{network}'"
        raise InputError(f"--recipe {recipe}", problem, "accepted: a recipe for this network")
    return own


def _show(points: tuple[Point, ...]) -> None:
    from dse.retraining.search import joint_front
    from lightsim.reports.frame.terminal import plain_table, report_console

    front = joint_front(points)
    table = plain_table("strengths", "seed", "k 0/1/2", "images/s", "accuracy", "front")
    for point in points:
        own = point.candidate
        table.add_row(
            own.label, str(own.seed), "/".join(map(str, own.k)),
            f"{point.throughput:,.0f}", f"{point.accuracy:.2%}", "yes" if point in front else "",
        )  # fmt: skip
    report_console().print(table)
