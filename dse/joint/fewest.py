"""The fewest terms that any allowed allocation has in a pass: what a bound over them all counts.

A pass is looked at by itself, all other filters at their least loss: what the loss still allows is
spent on filters without any term, or on filters without a second one. No allowed allocation has
fewer filters with a term, or with two, than what is then left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.source import Losses
from dse.allocation.allocate import loss_budget, whole_losses
from lightsim.bounds import Axes, NetworkBound

__all__ = ["fewest_terms", "terms_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def fewest_terms(losses: Losses, last: str, loss: float) -> dict[str, tuple[int, int]]:
    """By layer the least number of filters with a term, and the least with two, of allocations
    within `loss`; the filters of layer `last` keep a term."""
    whole = {name: whole_losses(losses, name, len(row)) for name, row in losses.items()}
    least = {name: row[:, int(name == last) :].min(axis=1) for name, row in whole.items()}
    filters = sum(len(row) for row in whole.values())
    left = loss_budget(loss, filters) - sum(int(row.sum()) for row in least.values())
    found = {}
    for name, row in whole.items():
        pruned = 0 if name == last else _affordable(row[:, 0] - least[name], left)
        shorter = row[:, int(name == last) : 2].min(axis=1) - least[name]
        found[name] = len(row) - pruned, len(row) - _affordable(shorter, left)
    return found


def _affordable(costs: Ints, left: int) -> int:
    """How many of these costs can be paid at most."""
    return int(np.searchsorted(np.cumsum(np.sort(costs)), left, side="right"))


def terms_of(
    bound: NetworkBound,
    fewest: Sequence[dict[str, tuple[int, int]]],
    which: Ints,
    machines: Axes,
) -> Floats:
    """Filters with one and with two terms to bound machines with, float64[pass, 2, machine].

    `which` says for every machine which of `fewest` is its own. Where rows that take two terms at
    once stand beside serial ones, more active row groups can mean fewer slow ones, and the bound
    does not grow with the filters that have a term: there none is counted as having two.
    """
    table = np.array([[found.get(name, (0, 0)) for name in bound.passes] for found in fewest])
    kept, two = table[which].astype(np.float64).transpose(2, 1, 0)
    mixed = (machines.fast_rows > 0) & (machines.serial_rows > 0)
    two = np.where(mixed, 0.0, two)
    return np.stack((kept - two, two), axis=1)
