"""Options as fields of a dataclass, and the options that `run`, `verify` and `rtl` share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from lightsim.cli.options.values import place, whole

if TYPE_CHECKING:
    from lightsim.flow.experiment import Experiment

__all__ = ["BoardOption", "JsonOption", "on_experiment", "taking"]

Options = TypeVar("Options")

BoardOption = Annotated[
    str | None, typer.Option(help="A board by name, or a TOML file.  [default: zc706]")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]


Check = Callable[[Mapping[str, Any]], None]
"""Raises `InputError` for options, by name, that a command cannot take."""


def on_experiment(check: Check) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Turn `command(experiment, ...)` into a command with the shared options in place of
    `experiment`.

    The shared options are checked, and `check` is called with all options, before anything heavy is
    imported.
    """

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        shared, own = _fields(_Shared), _parameters(command)[1:]

        @wraps(command)
        def described(**given: Any) -> None:
            from lightsim.flow.given.checks import check_run

            check_run(given)
            check(given)
            told = _Shared(**{one.name: given.pop(one.name) for one in shared})
            command(told.experiment(), **given)

        _name(described, sorted([*shared, *own], key=lambda one: one.default is not one.empty))
        return described

    return decorated


def taking(options: type[Options]) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """Turn `command(options)` into a command with the fields of a dataclass as options."""

    def decorated(command: Callable[[Options], None]) -> Callable[..., None]:
        @wraps(command)
        def described(**given: Any) -> None:
            command(options(**given))

        _name(described, _fields(options))
        return described

    return decorated


def _name(command: Callable[..., None], parameters: list[inspect.Parameter]) -> None:
    """Set the signature and the annotations of a command for typer.

    typer reads both, and `wraps` has left the annotations of the wrapped function.
    """
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}


def _fields(options: type) -> list[inspect.Parameter]:
    return list(inspect.signature(options, eval_str=True).parameters.values())


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    # The class is heavy to import, and typer does not need it.
    unread = {"Experiment": Any}
    return list(inspect.signature(function, eval_str=True, locals=unread).parameters.values())


@dataclass(frozen=True, slots=True)
class _Shared:
    """The options that say what is simulated, and on which machine."""

    network: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK",
            help="A network of the zoo (see `lightsim list networks`) or a TOML file.",
        ),
    ]
    board: BoardOption = None
    accelerator: Annotated[
        str | None,
        typer.Option(
            help="A TOML file, or a PE kind for the board's default array of that kind.  "
            "[default: the scheme's usual kind]"
        ),
    ] = None
    template: Annotated[
        str | None,
        typer.Option(
            help="The kind of machine (see `lightsim list templates`).  [default: tiled, or the "
            "accelerator file's]"
        ),
    ] = None
    scheme: Annotated[
        str | None, typer.Option(help="The weights' number format.  [default: flightnn]")
    ] = None
    images: Annotated[
        int,
        typer.Option(help="How many images to run.", parser=whole("--images"), metavar="<int>"),
    ] = 1
    batch: Annotated[
        int,
        typer.Option(
            help="How many images share each load of weights.",
            parser=whole("--batch"),
            metavar="<int>",
        ),
    ] = 1
    seed: Annotated[
        int,
        typer.Option(
            help="Seed of synthetic weights and images.", parser=whole("--seed"), metavar="<int>"
        ),
    ] = 0
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file that fixes the tiling of named layers, or exact: the quickest "
            "tiling of every layer, proven.",
            parser=place("--mapping"),
            metavar="<path>",
        ),
    ] = None
    keep_filter_order: Annotated[
        bool, typer.Option("--keep-filter-order", help="Do not group filters of equal k.")
    ] = False
    k: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file with the number of terms of every filter (flightnn).",
            parser=place("--k"),
            metavar="<path>",
        ),
    ] = None
    ideal_memory: Annotated[
        bool,
        typer.Option("--ideal-memory", help="Replace the memory by one that never waits."),
    ] = False
    target_fps: Annotated[
        float | None,
        typer.Option(
            help="Images a second that a streaming accelerator is folded for.  [default: the most "
            "that fits]"
        ),
    ] = None
    test_set: Annotated[
        bool,
        typer.Option(
            "--test-set",
            help="Take the whole test set of the network's data (see `lightsim data`) for the "
            "images that come with it.",
        ),
    ] = False

    def experiment(self) -> Experiment:
        """The experiment described by these options."""
        from lightsim.flow.experiment import Experiment

        return Experiment(
            network=self.network,
            board=self.board,
            accelerator=self.accelerator,
            template=self.template,
            scheme=self.scheme,
            images=self.images,
            batch=self.batch,
            seed=self.seed,
            tilings=None if self.mapping is None else str(self.mapping),
            sort_filters=not self.keep_filter_order,
            k=None if self.k is None else str(self.k),
            ideal=self.ideal_memory,
            target_fps=self.target_fps,
            test_set=self.test_set,
        )
