"""The options of `lightsim explore`, and the combinations of options that are refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from lightsim.cli.options.shared import BoardOption
from lightsim.cli.options.values import place, whole

__all__ = ["ExploreOptions", "check_k", "check_keys", "check_recipe", "refuse_with_retrain"]


@dataclass(frozen=True, slots=True)
class ExploreOptions:
    """The arguments and options of `lightsim explore`."""

    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK|STUDY.toml",
            help="A network of the zoo, or a study file.",
        ),
    ]
    board: BoardOption = None
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
            help="The accuracy that a free k may lose against k = 2, such as '1 %'.  [default: 1 %]"
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
        bool, typer.Option("--prove", help="Search until the gap is closed or the time is spent.")
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
            help="The recipe of --retrain.  [default: as for `lightsim train NETWORK`]",
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
        bool, typer.Option("--resume", help="Continue with the trials in the storage.")
    ] = False
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete the study's stored trials.")
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


def check_recipe(recipe: Path) -> None:
    """Raises `InputError` at once for a recipe that cannot be read."""
    from lightsim.hardware.reading import read_table

    read_table(recipe)


def check_keys(search: dict[str, Any]) -> None:
    """Check the numbers and names of the search before the rooms that use them are imported."""
    from dse.study.entries import SearchEntry
    from dse.study.samplers import check_sampler
    from lightsim.network.checking import checked

    for name, value in search.items():
        checked(SearchEntry, {name: value}, f"--{name}")
    if "sampler" in search:
        check_sampler(search["sampler"], "--sampler")


def refuse_with_retrain(given: ExploreOptions) -> None:
    """Raises `InputError` for an option that cannot be combined with `--retrain`."""
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


def check_k(given: ExploreOptions) -> None:
    """Check the choice of k, and the accuracy that a free k may lose; raises `InputError`."""
    from lightsim.errors import InputError

    if given.k not in (None, "given", "free"):
        raise InputError("--k", f"is '{given.k}'", "accepted: given or free")
    if given.accuracy_loss is not None and given.k == "given":
        raise InputError("--accuracy-loss", "with --k given", "accepted: --k free")
    loss = given.accuracy_loss
    if loss is not None:
        from dse.space.k_choices import is_loss  # imports NumPy

        if not is_loss(loss):
            raise InputError("--accuracy-loss", f"is '{loss}'", "accepted: up to '100 %'")
