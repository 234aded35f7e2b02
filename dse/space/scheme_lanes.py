"""The lanes that go with each scheme of a study: its usual lanes, or the lanes the study names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dse.space.axes import Axis, Choice
from dse.space.axis_choices import read_choices
from lightsim.errors import InputError, unknown_name
from lightsim.hardware.device import Board

__all__ = ["SchemeLanes", "read_lanes"]

SchemeLanes = Mapping[str, tuple[Choice, ...]]
"""For each scheme the choices of the axis `lanes` that go with it; empty if all lanes go with
every scheme."""


def read_lanes(
    lanes: Axis | None,
    named: Mapping[str, Any],
    schemes: tuple[Choice, ...],
    board: Board,
    where: str,
) -> SchemeLanes:
    """The lanes of every scheme of a study.

    `named` is the table `[axes]`. If its `lanes` is a table by scheme, each scheme has the lanes
    named there. If it names no lanes and there are several schemes, each scheme has its usual
    lanes. Otherwise, or if the machine has no axis `lanes`, the result is empty. Raises
    `InputError` for a table by scheme that leaves out a scheme or names another.
    """
    names = [str(name) for name in schemes]
    if lanes is None:
        return {}
    if "lanes" not in named:
        usual = lanes.default
        return {name: usual(board, (name,)) for name in names} if len(names) > 1 else {}
    value = named["lanes"]
    if not isinstance(value, Mapping):
        return {}
    for name in value:
        if name not in names:
            raise unknown_name(f"{where}, lanes", "scheme of the study", str(name), names)
    for name in names:
        if name not in value:
            problem = f"lanes has none for scheme '{name}'"
            raise InputError(where, problem, f"accepted: a list of {lanes.accepted}")
    found = {name: read_choices(lanes, value[name], f"{where}, lanes of {name}") for name in names}
    return found if len(names) > 1 else {}
