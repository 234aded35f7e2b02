"""`lightsim explore`: which accelerator to build, and how far it can be from the optimum."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lightsim.cli.commands.retraining import explore_retrained
from lightsim.cli.options.explore import (
    ExploreOptions,
    check_k,
    check_keys,
    check_recipe,
    refuse_with_retrain,
)
from lightsim.cli.options.shared import taking
from lightsim.cli.process.signals import finishing, interrupt_code

if TYPE_CHECKING:
    from dse.search.result import Exploration
    from dse.study.study import Study

__all__ = ["explore_command"]

# Options that are keys of a study's `[search]`.
_SEARCH = ("trials", "seed", "workers", "sampler", "seconds", "storage", "mapping")


@taking(ExploreOptions)
def explore_command(given: ExploreOptions) -> None:
    """Search accelerators for NETWORK on a board: the best, its front, and a proven bound."""
    search = _checked(given)
    given = _brought(given)
    if given.retrain is not None:
        explore_retrained(
            given.network, given.retrain, given.recipe, board=given.board, k=_k_choice(given),
            search=search, output=given.output, json=given.json,
        )  # fmt: skip
        return
    from dse.reports.directory import begin_results, check_results, write_results
    from dse.search.explore import explore
    from lightsim.cli.process.progress import searching

    study = _study(given, search)
    where = Path("lightsim-explore") / study.name if given.output is None else given.output
    check_results(where)
    study, kept = _kept_in(study, given, where)
    with searching(study.search.trials, prove=study.search.prove) as progress:
        found = explore(
            study, storage=kept, resume=given.resume, overwrite=given.overwrite,
            progress=progress, opened=lambda: begin_results(study, where), note=_note,
        )  # fmt: skip
    with finishing():
        write_results(found, where)
    _show(found, where, given.json)


def _brought(given: ExploreOptions) -> ExploreOptions:
    """The options with the network's own file in the place of another tool's."""
    from dataclasses import replace

    from lightsim.flow.bringing import brought

    name, notes = brought(given.network)
    for text in notes:
        _note(text)
    return replace(given, network=name)


def _checked(given: ExploreOptions) -> dict[str, Any]:
    """The given keys of `[search]`; they are checked before the imports, which take seconds."""
    from lightsim.flow.given.checks import check_search
    from lightsim.reports.directory import check_directory

    check_search(given.network, given.board, given.scheme, given.template)
    check_k(given)
    if given.retrain is not None or given.recipe is not None:
        refuse_with_retrain(given)
    if given.recipe is not None:
        check_recipe(given.recipe)
    if given.output is not None:
        check_directory(given.output, lambda _: True)
    rows = {name: getattr(given, name) for name in _SEARCH} | {"prove": given.prove or None}
    search = {name: value for name, value in rows.items() if value is not None}
    check_keys(search)
    return search


def _kept_in(study: Study, given: ExploreOptions, where: Path) -> tuple[Study, str]:
    """The study with the storage of its trials as its copy in `where` names it, and the storage."""
    from dataclasses import replace

    from dse.reports.directory import JOURNAL
    from dse.study.places import as_written, named_by_file

    own = study.search.storage
    if own is None:
        if not given.resume:
            where.mkdir(parents=True, exist_ok=True)
        return study, str(where / JOURNAL)
    kept = own if given.storage is not None else named_by_file(own, Path(given.network))
    written = as_written(kept, where)
    return replace(study, search=replace(study.search, storage=written)), kept


def _note(text: str) -> None:
    typer.echo(f"note: {text}", err=True)


def _k_choice(given: ExploreOptions) -> str | None:
    """The choice of the axis `k` that the options name, None if they name none."""
    return given.k if given.accuracy_loss is None else given.accuracy_loss


def _study(given: ExploreOptions, search: dict[str, Any]) -> Study:
    from dse.study.study import load_study, new_study
    from lightsim.errors import InputError

    network, k = given.network, _k_choice(given)
    if not (network.endswith(".toml") and _is_study(Path(network))):
        return new_study(
            network,
            given.board,
            scheme=given.scheme,
            k=k,
            template=given.template,
            search=search,
        )
    of_board = {"--board": given.board, "--template": given.template}
    for option, value in {**of_board, "--scheme": given.scheme, "--k": k}.items():
        if value is not None:
            problem = f"'{value}', and {network} is a study, which has its own"
            raise InputError(option, problem, f"accepted: no {option}")
    return load_study(Path(network), search)


def _is_study(path: Path) -> bool:
    """Whether a file describes a study: a network file has layers, a study has networks."""
    from lightsim.hardware.reading import read_table

    table = read_table(path)
    return "layer" not in table and "input" not in table


def _show(found: Exploration, where: Path, json: bool) -> None:
    from dse.reports.console import show_exploration
    from dse.reports.directory import BEST
    from dse.reports.summary import summary_text
    from lightsim.reports.frame.terminal import report_console

    if json:
        typer.echo(summary_text(found), nl=False)
    else:
        show_exploration(found, report_console(), str(where / BEST))
        typer.echo(f"written to {where}: open {where / 'report.html'}")
    if found.interrupted:
        kept = len(found.records)
        typer.echo(f"interrupted: {kept} trials are kept, --resume goes on with them", err=True)
        sys.exit(interrupt_code())  # typer's own exit would print "interrupted" a second time
    if found.shortfall is not None:
        raise found.shortfall
