"""The description of an axis of a space, and the axes that every machine may have.

A wing of the explorer lists the axes of its machine in a table, the door `axes` of its template.
`scheme` is in every table. `lanes`, `clock`, `batch` and `k` need not be in a table, and mean the
same in every table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from dse.space.k_choices import GIVEN, K_ACCEPTED, read_k
from lightsim.descriptions import Text, check_fields
from lightsim.flow.templates import find_template, opened
from lightsim.hardware.checks import validate_clock
from lightsim.hardware.device import Board
from lightsim.hardware.quantities import HERTZ_ACCEPTED, hertz
from lightsim.hardware.scheme_file import find_scheme

__all__ = [
    "AUTO",
    "BATCH",
    "CLOCK",
    "SCHEME",
    "TERMS",
    "Axis",
    "Choice",
    "axes_of",
    "fixed",
    "or_auto",
    "whole",
]

Choice = int | str
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Axis:
    """One property in which designs of a space differ.

    `read` turns a value of the study file into a choice, or raises `ValueError`; `accepted` says
    in words which values it takes. `default` gives the choices by default, for a board and the
    schemes of a study. Designs that differ only in axes `within_family` are one family; a family
    is bounded as a whole before its designs are listed. Samplers do not set a `solved` axis: among
    all its choices the most promising is run.
    """

    name: Annotated[str, Text()]
    title: Annotated[str, Text()]
    accepted: Annotated[str, Text()]
    read: Callable[[object], Choice]
    default: Callable[[Board, tuple[str, ...]], tuple[Choice, ...]]
    within_family: bool = False
    solved: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


def axes_of(template: str) -> Mapping[str, Axis]:
    """The axes of a template by name; raises `InputError` for a template that cannot be
    explored."""
    found: Mapping[str, Axis] = opened(
        find_template(template), lambda row: row.axes, "design space"
    )
    return found


def whole(low: int, high: int) -> Callable[[object], Choice]:
    """Reads a whole number from `low` to `high`."""

    def read(value: object) -> Choice:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return read


def or_auto(inner: Callable[[object], Choice]) -> Callable[[object], Choice]:
    """Reads `auto`, or what `inner` reads."""
    return lambda value: AUTO if value == AUTO else inner(value)


def fixed(*choices: Choice) -> Callable[[Board, tuple[str, ...]], tuple[Choice, ...]]:
    """A `default` that gives the same choices on every board."""
    return lambda board, schemes: choices


def _scheme(value: object) -> Choice:
    if not isinstance(value, str):
        raise ValueError
    return find_scheme(value).name


def _clock(value: object) -> Choice:
    hz = hertz(value)
    validate_clock(hz, "clock")
    return hz


SCHEME = Axis(
    "scheme",
    "the weights' number format",
    "a scheme of `lightsim list schemes`",
    _scheme,
    fixed("flightnn"),
)
CLOCK = Axis(
    "clock",
    "the accelerator's clock",
    f"{HERTZ_ACCEPTED}, or 'auto' (the board's)",
    or_auto(_clock),
    fixed(AUTO),
)
BATCH = Axis(
    "batch",
    "images that share a load of weights",
    "a whole number from 1 to 1024",
    whole(1, 1024),
    fixed(1),
)
TERMS = Axis("k", "terms of every filter", K_ACCEPTED, read_k, fixed(GIVEN))
