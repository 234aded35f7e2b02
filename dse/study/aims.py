"""The budgets and objectives of a study file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dse.study.measures import Budget, Objective, measure, read_quantity
from lightsim.errors import InputError
from lightsim.hardware.device import Board, Resources
from lightsim.network.checking import spell_value

__all__ = ["DEFAULT_SHARE", "read_budgets", "read_objectives"]

# The share of a resource that designs may take if the study states no budget for it, the same as
# for default accelerators. A part is left free because routing and timing closure are not modelled.
DEFAULT_SHARE = 0.8


def read_budgets(table: Mapping[str, Any], where: str, board: Board) -> tuple[Budget, ...]:
    """The budgets that a study states, and the default share of every other resource."""
    available = dict(zip(Resources.names(), board.device.resources.values(), strict=True))
    found: dict[str, Budget] = {}
    for name, value in table.items():
        row = measure(name, where, "budget")
        limit = read_quantity(row, value, where, available.get(row.name))
        if row.name in available and limit > available[row.name]:
            raise InputError(
                where,
                f"{row.name} is {spell_value(value)}, {board.device.name} has "
                f"{available[row.name]}",
                f'accepted: at most {available[row.name]}, or a share as "80 %"',
            )
        found[row.name] = Budget(row, limit)
    for name, amount in available.items():
        row = measure(name, where, "budget")
        found.setdefault(name, Budget(row, int(DEFAULT_SHARE * amount)))
    return tuple(found.values())


def read_objectives(table: Mapping[str, str], where: str) -> tuple[Objective, ...]:
    """The objectives, in the order of the table."""
    if not table:
        raise InputError(where, "is empty", "accepted: at least one, as throughput = 'maximise'")
    found = []
    for name, direction in table.items():
        row = measure(name, where, "objective")
        spelled = {"maximise": "maximise", "maximize": "maximise", "minimise": "minimise"}
        spelled["minimize"] = "minimise"
        if direction not in spelled:
            problem = f"{name} is {spell_value(direction)}"
            raise InputError(where, problem, "accepted: maximise or minimise")
        found.append(Objective(row, "maximise" if spelled[direction] == "maximise" else "minimise"))
    return tuple(found)
