"""The choices of axes that a study file gives: one, a list, or a range written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dse.space.axes import Axis, Choice
from lightsim.errors import InputError, unknown_name
from lightsim.hardware.device import Board
from lightsim.network.checking import spell_value

__all__ = ["read_axes", "read_choices"]

_MOST_CHOICES = 4096


def read_axes(
    axes: Mapping[str, Axis], table: Mapping[str, Any], where: str, board: Board
) -> dict[str, tuple[Choice, ...]]:
    """The choices of all `axes`: those that `table` names, and by default those of the board.

    If `table` names lanes for each scheme, the axis `lanes` has all of them, in order
    (`scheme_lanes` says which lanes go with which scheme). Raises `InputError` for an unknown axis,
    an axis without choices, a value that is no choice, or a choice that is named twice.
    """
    for name in table:
        if name not in axes:
            raise unknown_name(where, "axis", str(name), axes)
    given = {
        name: _of_every_scheme(axes["lanes"], value, where)
        if name == "lanes" and isinstance(value, Mapping)
        else read_choices(axes[name], value, where)
        for name, value in table.items()
    }
    schemes = tuple(str(name) for name in given.get("scheme", axes["scheme"].default(board, ())))
    return {
        name: given[name] if name in given else axis.default(board, schemes)
        for name, axis in axes.items()
    }


def _of_every_scheme(lanes: Axis, table: Mapping[str, Any], where: str) -> tuple[Choice, ...]:
    """The lanes of all schemes of a table, each once."""
    rows = [read_choices(lanes, row, f"{where}, lanes of {n}") for n, row in table.items()]
    if not rows:
        raise InputError(where, "lanes is empty", f"accepted: a list of {lanes.accepted}")
    return tuple(dict.fromkeys(choice for row in rows for choice in row))


def read_choices(axis: Axis, value: object, where: str) -> tuple[Choice, ...]:
    """The choices of an axis that a value of the file names: one choice, a list, or a range.

    Raises `InputError` if there are no choices, for a value that is no choice, and for a choice
    that is named twice.
    """
    values = _range(axis, value, where) if isinstance(value, Mapping) else value
    if not isinstance(values, list):
        values = [values]
    if not values:
        raise InputError(where, f"{axis.name} is empty", f"accepted: a list of {axis.accepted}")
    found: list[Choice] = []
    for one in values:
        try:
            choice = axis.read(one)
        except InputError as error:
            raise InputError(f"{where}, {axis.name}", error.problem, error.accepted) from None
        except ValueError:
            problem = f"{axis.name} has the choice {spell_value(one)}"
            raise InputError(where, problem, f"accepted: {axis.accepted}") from None
        if choice in found:
            raise InputError(where, f"{axis.name} has the choice {spell_value(one)} twice", "once")
        found.append(choice)
    return tuple(found)


def _range(axis: Axis, value: Mapping[str, Any], where: str) -> list[int]:
    """The numbers of a range such as `{ from = 8, to = 128, step = 8 }`."""
    accepted = "accepted: whole numbers { from = ..., to = ..., step = ... }, step 1 or more"
    ends = [value.get("from"), value.get("to"), value.get("step", 1)]
    whole = [end for end in ends if isinstance(end, int) and not isinstance(end, bool)]
    known = set(value) <= {"from", "to", "step"}
    if not known or len(whole) < 3 or whole[2] < 1 or whole[0] > whole[1]:
        raise InputError(where, f"{axis.name} is the range {dict(value)}"[:120], accepted)
    if (whole[1] - whole[0]) // whole[2] >= _MOST_CHOICES:
        raise InputError(
            where, f"{axis.name} has more than {_MOST_CHOICES} choices", "accepted: fewer"
        )
    return list(range(whole[0], whole[1] + 1, whole[2]))
