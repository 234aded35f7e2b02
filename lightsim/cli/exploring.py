"""`lightsim explore`: which accelerator to build, and how far it can be from the best."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lightsim.cli.retraining import explore_retrained
from lightsim.cli.signals import finishing, interrupt_code
from lightsim.cli.values import place, whole

if TYPE_CHECKING:
    from dse.search.result import Exploration
    from dse.study.study import Study

__all__ = ["explore_command"]


def explore_command(
    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK|STUDY.toml",
            help="A network of the zoo, or a study file.",
        ),
    ],
    board: Annotated[
        str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(help="The kind of machine (see `lightsim list templates`).  [default: tiled]"),
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(help="The weights' number format, or several with commas.  [flightnn]"),
    ] = None,
    k: Annotated[
        str | None,
        typer.Option(
            "--k",
            help="given (the workload's own), or free: the best k of every filter is chosen for "
            "every design.  [default: given]",
        ),
    ] = None,
    accuracy_loss: Annotated[
        str | None,
        typer.Option(
            help="The accuracy that a free k may lose against k = 2, as '1 %'.  [default: 1 %]"
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            help="How many designs to run.  [default: 200]",
            parser=whole("--trials"),
            metavar="<int>",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Seed of the search and of synthetic weights.  [default: 0]",
            parser=whole("--seed"),
            metavar="<int>",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that run designs.  [default: 1]",
            parser=whole("--workers"),
            metavar="<int>",
        ),
    ] = None,
    sampler: Annotated[
        str | None,
        typer.Option(help="auto, enumerate, tpe, nsga2, nsga3, random or qmc.  [default: auto]"),
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Go on until the gap is closed or the time is spent.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(help="Time that --prove may take.  [default: 900]")
    ] = None,
    retrain: Annotated[
        str | None,
        typer.Option(
            help="Train the network first at each of these strengths of the regulariser of k, as "
            "0.001,0.003 (second terms) or 0.001:0.003 (first and second); search for each, and "
            "join the fronts.",
        ),
    ] = None,
    recipe: Annotated[
        Path | None,
        typer.Option(
            help="How --retrain trains.  [default: as `lightsim train NETWORK`]",
            parser=place("--recipe"),
            metavar="<path>",
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            help="usual, or exact: the best designs with the quickest tiling of every layer.  "
            "[default: usual]"
        ),
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(help="A journal file or a database URL.  [default: in the output]"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the trials that are stored.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete the trials that are stored.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="The results directory.  [default: lightsim-explore/NAME]",
            parser=place("--output"),
            metavar="<path>",
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Search accelerators for NETWORK on a board: the best, its front, and a proven bound."""
    from lightsim.flow.given import check_search
    from lightsim.reports.directory import check_directory

    check_search(network, board, scheme, template)
    _check_k(k, accuracy_loss)
    if retrain is not None or recipe is not None:
        _refuse_with_retrain(retrain, scheme, storage, resume, overwrite)
    if recipe is not None:
        _check_recipe(recipe)
    if output is not None:
        check_directory(output, lambda _: True)
    given = {
        "trials": trials, "seed": seed, "workers": workers, "sampler": sampler,
        "seconds": seconds, "storage": storage, "prove": prove or None, "mapping": mapping,
    }  # fmt: skip
    search = {name: value for name, value in given.items() if value is not None}
    _check_keys(search)
    if retrain is not None:
        explore_retrained(
            network, retrain, recipe, board=board, k=_k_choice(k, accuracy_loss),
            search=search, output=output, json=json,
        )  # fmt: skip
        return
    from dse.reports.directory import begin_results, check_results, write_results
    from dse.search.explore import explore
    from lightsim.cli.progress import searching

    study = _study(network, board, template, scheme, _k_choice(k, accuracy_loss), search)
    where = Path("lightsim-explore") / study.name if output is None else output
    check_results(where)
    study, kept = _kept_in(study, network, storage, where, resume)
    with searching(study.search.trials, prove=study.search.prove) as progress:
        found = explore(
            study, storage=kept, resume=resume, overwrite=overwrite, progress=progress,
            opened=lambda: begin_results(study, where), note=_note,
        )  # fmt: skip
    with finishing():
        write_results(found, where)
    _show(found, where, json)


def _kept_in(
    study: Study, network: str, storage: str | None, where: Path, resume: bool
) -> tuple[Study, str]:
    """Where the trials are kept, and the study as its file in `where` tells that."""
    from dataclasses import replace

    from dse.reports.directory import JOURNAL
    from dse.study.places import as_written, named_by_file

    own = study.search.storage
    if own is None:
        if not resume:
            where.mkdir(parents=True, exist_ok=True)
        return study, str(where / JOURNAL)
    kept = own if storage is not None else named_by_file(own, Path(network))
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


def _refuse_with_retrain(
    retrain: str | None, scheme: str | None, storage: str | None, resume: bool, overwrite: bool
) -> None:
    """What does not go together with training candidates first."""
    from lightsim.errors import InputError
    from lightsim.numerics.formats.scheme import PER_FILTER

    if retrain is None:
        raise InputError("--recipe", "without --retrain", "accepted: --retrain 0.001,0.003")
    if scheme not in (None, PER_FILTER.name):
        accepted = f"accepted: {PER_FILTER.name}, or none named"
        raise InputError("--retrain", f"with --scheme {scheme}", accepted)
    options = {"--storage": storage is not None, "--resume": resume, "--overwrite": overwrite}
    for option, given in options.items():
        if given:
            accepted = "accepted: without it (what is kept in --output is gone on with)"
            raise InputError("--retrain", f"with {option}", accepted)


def _check_k(k: str | None, accuracy_loss: str | None) -> None:
    from lightsim.errors import InputError

    if k not in (None, "given", "free"):
        raise InputError("--k", f"is '{k}'", "accepted: given or free")
    if accuracy_loss is not None and k == "given":
        raise InputError("--accuracy-loss", "with --k given", "accepted: --k free")
    if accuracy_loss is not None:
        from dse.space.k_choices import is_loss  # with NumPy

        if not is_loss(accuracy_loss):
            raise InputError("--accuracy-loss", f"is '{accuracy_loss}'", "accepted: up to '100 %'")


def _k_choice(k: str | None, accuracy_loss: str | None) -> str | None:
    """The choice of axis `k` that the options name; None where they name none."""
    return k if accuracy_loss is None else accuracy_loss


def _study(
    network: str,
    board: str | None,
    template: str | None,
    scheme: str | None,
    k: str | None,
    search: dict[str, Any],
) -> Study:
    from dse.study.study import load_study, new_study
    from lightsim.errors import InputError

    if not (network.endswith(".toml") and _is_study(Path(network))):
        return new_study(network, board, scheme=scheme, k=k, search=search)
    given = {"--board": board, "--template": template, "--scheme": scheme, "--k": k}
    for option, value in given.items():
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
