"""The multiple-choice knapsack: least loss within cycles, or least cycles within a loss, exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dse.allocation.pareto import pareto_choice
from dse.allocation.relaxation import relax
from dse.allocation.table import ChoiceTable, Solution
from lightsim.errors import InputError, unknown_name

__all__ = ["METHODS", "least_cycles", "least_loss"]

Ints = NDArray[np.int64]
Method = Callable[[Sequence[Ints], Sequence[Ints], int], tuple[int, ...] | None]


def _highs(values: Sequence[Ints], weights: Sequence[Ints], limit: int) -> tuple[int, ...] | None:
    # SciPy's solvers take half a second to load.
    from dse.allocation.highs import highs_choice

    return highs_choice(values, weights, limit)


METHODS: dict[str, Method] = {"pareto": pareto_choice, "highs": _highs}


def least_loss(table: ChoiceTable, cycles: int, method: str = "pareto") -> Solution:
    """The points of least total loss whose total cycles are at most `cycles`.

    Raises `InputError`, with the least possible cycles, if even the fastest points take more.
    """
    found, bound = _solve(table.losses, table.cycles, cycles, method, "cycles")
    return Solution(found, table.loss(found), table.total_cycles(found), bound)


def least_cycles(table: ChoiceTable, loss: int, method: str = "pareto") -> Solution:
    """The points of least total cycles whose total loss is at most `loss`.

    Raises `InputError`, with the least possible loss, if even the points of least loss lose more.
    """
    found, bound = _solve(table.cycles, table.losses, loss, method, "loss")
    return Solution(found, table.loss(found), table.total_cycles(found), bound)


def _solve(
    values: Sequence[Ints], weights: Sequence[Ints], limit: int, method: str, unit: str
) -> tuple[tuple[int, ...], int]:
    if method not in METHODS:
        raise unknown_name("method", "solver", method, METHODS)
    relaxed = relax(values, weights, limit)
    found = METHODS[method](values, weights, limit)
    if relaxed is None or found is None:
        least = sum(int(row.min()) for row in weights)
        raise InputError(f"budget of {limit} {unit}", "nothing is within it", f"from {least}")
    return found, math.ceil(relaxed.bound)
