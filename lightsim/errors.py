"""What can go wrong that is the user's to mend, and the exit code each error ends with.

    LightSimError
    +-- InputError      exit code 2: a file, option or value that cannot be accepted
    |   +-- MissingExtraError   an optional package is not installed
    +-- BudgetError     exit code 3: the design is legal but does not fit the device
    +-- OutputError     exit code 1: what was found cannot be kept or written

Every message says what, where, which value, and what would be accepted, in one or two lines.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "BudgetError",
    "InputError",
    "LightSimError",
    "MissingExtraError",
    "OutputError",
    "shown",
    "unknown_name",
]

_LONGEST_NAME = 64
_LONGEST_PLACE = 200
_LEAST_PROBLEM = 120
_LONGEST = 400  # what is left of a line of 420 characters beside `error: `


class LightSimError(Exception):
    """An error that the user can mend; shown as its message alone, never as a traceback."""

    exit_code = 2


class InputError(LightSimError):
    """A network, accelerator, option or value that cannot be accepted.

    `where` is the file, layer or option; `problem` names the value; `accepted` says what
    would do.
    """

    def __init__(self, where: str, problem: str, accepted: str | None = None) -> None:
        self.where = where
        self.problem = problem
        self.accepted = accepted
        place, rest = shown(where, _LONGEST_PLACE), "" if accepted is None else f"; {accepted}"
        room = max(_LEAST_PROBLEM, _LONGEST - len(place) - len(rest))
        self._message = f"{place}: {shown(problem, room)}{rest}"
        # What it was made of, not the message: simpy raises what ends a simulated process again
        # as type(error)(*error.args).
        super().__init__(where, problem, accepted)

    def __str__(self) -> str:
        return self._message


class MissingExtraError(InputError):
    """A feature whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            feature,
            f"needs the optional packages of the extra '{extra}'",
            f"install them with: pip install 'lightsim[{extra}]'",
        )
        self.args = (feature, extra)


class BudgetError(LightSimError):
    """A legal design that needs more of a resource than the device has."""

    exit_code = 3


class OutputError(LightSimError):
    """What was found cannot be kept or written: a full disk, a database that has gone."""

    exit_code = 1


def unknown_name(where: str, kind: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not in a table: it offers the nearest name, else lists all."""
    names = sorted(known)
    spelled = {known_name.lower(): known_name for known_name in names}
    near = difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.6)
    hint = f"did you mean '{spelled[near[0]]}'?" if near else f"known: {', '.join(names)}"
    return InputError(where, f"unknown {kind} '{_on_one_line(name)}'", hint)


def _on_one_line(name: str) -> str:
    """A name as it was given, but for control characters and what is too long for a message."""
    return shown(name, _LONGEST_NAME)


def shown(text: str, longest: int) -> str:
    """A text of one line that can be printed: cut in its middle, for both its ends may matter."""
    if not text.isprintable():
        text = "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}...{text[-half:]}"
