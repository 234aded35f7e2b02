"""The options that `run`, `verify` and `rtl` share: what is simulated, and on what."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lightsim.cli.values import place, whole

if TYPE_CHECKING:
    from lightsim.flow.experiment import Experiment

__all__ = ["JsonOption", "on_experiment"]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]


Check = Callable[[Mapping[str, Any]], None]
"""Raises `InputError` for options, by their names, that a command cannot take."""


def on_experiment(check: Check) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes of `command(experiment, ...)` a command with the shared options in its first's place.

    They are checked, and `check` is called with all options, before anything heavy is imported.
    """

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        shared, own = _parameters(_described), _parameters(command)[1:]

        @wraps(command)
        def described(**given: Any) -> None:
            from lightsim.flow.given import check_run

            check_run(given)
            check(given)
            experiment = _described(**{one.name: given.pop(one.name) for one in shared})
            command(experiment, **given)

        parameters = sorted([*shared, *own], key=lambda one: one.default is not one.empty)
        # typer asks both for a command's options; `wraps` has left those of `command` there.
        described.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        described.__annotations__ = {one.name: one.annotation for one in parameters}
        return described

    return decorated


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    # The class is heavy to import and says nothing to typer.
    unread = {"Experiment": Any}
    return list(inspect.signature(function, eval_str=True, locals=unread).parameters.values())


def _described(
    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK",
            help="A network of the zoo (see `lightsim list networks`) or a TOML file.",
        ),
    ],
    board: Annotated[
        str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
    ] = None,
    accelerator: Annotated[
        str | None,
        typer.Option(
            help="A TOML file, or a PE kind for the board's default array of that kind.  "
            "[default: the scheme's usual kind]"
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            help="The kind of machine (see `lightsim list templates`).  [default: tiled, or the "
            "accelerator file's]"
        ),
    ] = None,
    scheme: Annotated[
        str | None, typer.Option(help="The weights' number format.  [default: flightnn]")
    ] = None,
    images: Annotated[
        int,
        typer.Option(help="How many images to run.", parser=whole("--images"), metavar="<int>"),
    ] = 1,
    batch: Annotated[
        int,
        typer.Option(
            help="How many images share each load of weights.",
            parser=whole("--batch"),
            metavar="<int>",
        ),
    ] = 1,
    seed: Annotated[
        int,
        typer.Option(
            help="Seed of synthetic weights and images.", parser=whole("--seed"), metavar="<int>"
        ),
    ] = 0,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file that fixes the tiling of named layers, or exact: the quickest "
            "tiling of every layer, proven.",
            parser=place("--mapping"),
            metavar="<path>",
        ),
    ] = None,
    keep_filter_order: Annotated[
        bool, typer.Option("--keep-filter-order", help="Do not group filters of equal k.")
    ] = False,
    k: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file with the number of terms of every filter (flightnn).",
            parser=place("--k"),
            metavar="<path>",
        ),
    ] = None,
    ideal_memory: Annotated[
        bool,
        typer.Option("--ideal-memory", help="Replace the memory by one that never waits."),
    ] = False,
) -> Experiment:
    from lightsim.flow.experiment import Experiment

    return Experiment(
        network=network,
        board=board,
        accelerator=accelerator,
        template=template,
        scheme=scheme,
        images=images,
        batch=batch,
        seed=seed,
        tilings=None if mapping is None else str(mapping),
        sort_filters=not keep_filter_order,
        k=None if k is None else str(k),
        ideal=ideal_memory,
    )
