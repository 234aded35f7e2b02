"""`lightsim explore`: which accelerator to build, and how far it can be from the best."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lightsim.cli.options import taking
from lightsim.cli.retraining import explore_retrained
from lightsim.cli.signals import finishing, interrupt_code
from lightsim.cli.values import place, whole

if TYPE_CHECKING:
    from dse.search.result import Exploration
    from dse.study.study import Study

__all__ = ["ExploreOptions", "explore_command"]

# Options that are keys of a study's `[search]`.
_SEARCH = ("trials", "seed", "workers", "sampler", "seconds", "storage", "mapping")


@dataclass(frozen=True, slots=True)
class ExploreOptions:
    """The words behind `lightsim explore`."""

    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK|STUDY.toml",
            help="A network of the zoo, or a study file.",
        ),
    ]
    board: Annotated[
        str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
    ] = None
    template: Annotated[
        str | None,
        typer.Option(help="The kind of machine (see `lightsim list templates`).  [default: tiled]"),
    ] = None
    scheme: Annotated[
        str | None,
        typer.Option(help="The weights' number format, or several with commas.  [flightnn]"),
    ] = None
    k: Annotated[
        str | None,
        typer.Option(
            "--k",
            help="given (the workload's own), or free: the best k of every filter is chosen for "
            "every design.  [default: given]",
        ),
    ] = None
    accuracy_loss: Annotated[
        str | None,
        typer.Option(
            help="The accuracy that a free k may lose against k = 2, as '1 %'.  [default: 1 %]"
        ),
    ] = None
    trials: Annotated[
        int | None,
        typer.Option(
            help="How many designs to run.  [default: 200]",
            parser=whole("--trials"),
            metavar="<int>",
        ),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(
            help="Seed of the search and of synthetic weights.  [default: 0]",
            parser=whole("--seed"),
            metavar="<int>",
        ),
    ] = None
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that run designs.  [default: 1]",
            parser=whole("--workers"),
            metavar="<int>",
        ),
    ] = None
    sampler: Annotated[
        str | None,
        typer.Option(help="auto, enumerate, tpe, nsga2, nsga3, random or qmc.  [default: auto]"),
    ] = None
    prove: Annotated[
        bool, typer.Option("--prove", help="Go on until the gap is closed or the time is spent.")
    ] = False
    seconds: Annotated[
        float | None, typer.Option(help="Time that --prove may take.  [default: 900]")
    ] = None
    retrain: Annotated[
        str | None,
        typer.Option(
            help="Train the network first at each of these strengths of the regulariser of k, as "
            "0.001,0.003 (second terms) or 0.001:0.003 (first and second); search for each, and "
            "join the fronts.",
        ),
    ] = None
    recipe: Annotated[
        Path | None,
        typer.Option(
            help="How --retrain trains.  [default: as `lightsim train NETWORK`]",
            parser=place("--recipe"),
            metavar="<path>",
        ),
    ] = None
    mapping: Annotated[
        str | None,
        typer.Option(
            help="usual, or exact: the best designs with the quickest tiling of every layer.  "
            "[default: usual]"
        ),
    ] = None
    storage: Annotated[
        str | None,
        typer.Option(help="A journal file or a database URL.  [default: in the output]"),
    ] = None
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the trials that are stored.")
    ] = False
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete the trials that are stored.")
    ] = False
    output: Annotated[
        Path | None,
        typer.Option(
            help="The results directory.  [default: lightsim-explore/NAME]",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False


@taking(ExploreOptions)
def explore_command(given: ExploreOptions) -> None:
    """Search accelerators for NETWORK on a board: the best, its front, and a proven bound."""
    search = _checked(given)
    if given.retrain is not None:
        explore_retrained(
            given.network, given.retrain, given.recipe, board=given.board, k=_k_choice(given),
            search=search, output=given.output, json=given.json,
        )  # fmt: skip
        return
    from dse.reports.directory import begin_results, check_results, write_results
    from dse.search.explore import explore
    from lightsim.cli.progress import searching

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


def _checked(given: ExploreOptions) -> dict[str, Any]:
    """What is given of `[search]`; names and numbers first, as imports take seconds."""
    from lightsim.flow.given import check_search
    from lightsim.reports.directory import check_directory

    check_search(given.network, given.board, given.scheme, given.template)
    _check_k(given)
    if given.retrain is not None or given.recipe is not None:
        _refuse_with_retrain(given)
    if given.recipe is not None:
        _check_recipe(given.recipe)
    if given.output is not None:
        check_directory(given.output, lambda _: True)
    rows = {name: getattr(given, name) for name in _SEARCH} | {"prove": given.prove or None}
    search = {name: value for name, value in rows.items() if value is not None}
    _check_keys(search)
    return search


def _kept_in(study: Study, given: ExploreOptions, where: Path) -> tuple[Study, str]:
    """Where the trials are kept, and the study as its file in `where` tells that."""
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


def _check_recipe(recipe: Path) -> None:
    from lightsim.hardware.reading import read_table

    read_table(recipe)


def _check_keys(search: dict[str, Any]) -> None:
    """The numbers and names of the search, before the rooms that use them are imported."""
    from dse.study.entries import SearchEntry
    from dse.study.samplers import check_sampler
    from lightsim.network.checking import checked

    for name, value in search.items():
        checked(SearchEntry, {name: value}, f"--{name}")
    if "sampler" in search:
        check_sampler(search["sampler"], "--sampler")


def _refuse_with_retrain(given: ExploreOptions) -> None:
    """What does not go together with training candidates first."""
    from lightsim.errors import InputError
    from lightsim.numerics.formats.scheme import PER_FILTER

    if given.retrain is None:
        raise InputError("--recipe", "without --retrain", "accepted: --retrain 0.001,0.003")
    if given.scheme not in (None, PER_FILTER.name):
        accepted = f"accepted: {PER_FILTER.name}, or none named"
        raise InputError("--retrain", f"with --scheme {given.scheme}", accepted)
    options = {"--resume": given.resume, "--overwrite": given.overwrite}
    for option, is_given in {"--storage": given.storage is not None, **options}.items():
        if is_given:
            accepted = "accepted: without it (what is kept in --output is gone on with)"
            raise InputError("--retrain", f"with {option}", accepted)


def _check_k(given: ExploreOptions) -> None:
    from lightsim.errors import InputError

    if given.k not in (None, "given", "free"):
        raise InputError("--k", f"is '{given.k}'", "accepted: given or free")
    if given.accuracy_loss is not None and given.k == "given":
        raise InputError("--accuracy-loss", "with --k given", "accepted: --k free")
    loss = given.accuracy_loss
    if loss is not None:
        from dse.space.k_choices import is_loss  # with NumPy

        if not is_loss(loss):
            raise InputError("--accuracy-loss", f"is '{loss}'", "accepted: up to '100 %'")


def _k_choice(given: ExploreOptions) -> str | None:
    """The choice of axis `k` that the options name; None where they name none."""
    return given.k if given.accuracy_loss is None else given.accuracy_loss


def _study(given: ExploreOptions, search: dict[str, Any]) -> Study:
    from dse.study.study import load_study, new_study
    from lightsim.errors import InputError

    network, k = given.network, _k_choice(given)
    if not (network.endswith(".toml") and _is_study(Path(network))):
        return new_study(network, given.board, scheme=given.scheme, k=k, search=search)
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
        sys.exit(interrupt_code())  # typer's own way out would say "interrupted" once more
    if found.shortfall is not None:
        raise found.shortfall
