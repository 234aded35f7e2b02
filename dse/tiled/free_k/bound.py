"""The bound that no allocation within a loss can beat on a machine, with any mapping.

The allocations of a layer are divided into cells. A cell is a range for the number of filters with
at least one term, and a range for the number of filters with two terms. In a cell, a pass takes at
least the bound of the fewest terms of the cell, and it loses at least the loss that the most terms
of the cell leave.

A network takes at least the cycles of the best choice of one cell in every pass within the loss.
This choice is bounded by its Lagrangian, which holds for any price of loss: the sum over passes of
the least (cycles + price x loss), minus price x allowed loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.source import Losses
from dse.free_k.problem import FreeK
from dse.tiled.allocation.allocate import loss_budget, whole_losses
from lightsim.tiled.bounds import Axes, NetworkBound

__all__ = ["FreeBound", "free_bound"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_PARTS = 8  # ranges of the number of a layer's filters, beside the range of none
_PRICES = 2.0 ** np.arange(-6, 7)  # the price of the whole allowed loss / the least cycles
_NEVER = 1 << 60  # the loss of a cell that has no allocation
_BLOCK = 1 << 12  # machines bounded at a time: some hundred bytes each for every pass


@dataclass(frozen=True, slots=True, eq=False)
class FreeBound:
    """The bound of a network whose k is free.

    `allowed` is the loss that an allocation may have, one for each choice of the axis k. Filters
    of the layer `last` keep at least one term. All filters of a layer of `uniform_layers` have the
    same number of terms, one of the numbers given there.
    """

    losses: Losses
    last: str
    allowed: Sequence[float]
    uniform_layers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def cycles(self, bound: NetworkBound, choices: Ints, machines: Axes) -> Floats:
        """A bound on the cycles of every allowed allocation, float64[machine]; `choices`
        int64[machine] is the place of each machine's choice of k."""
        found = np.zeros(len(choices))
        for choice in np.unique(choices).tolist():
            where = np.flatnonzero(choices == choice)
            for start in range(0, len(where), _BLOCK):
                part = where[start : start + _BLOCK]
                found[part] = self._least(bound, self.allowed[choice], machines.take(part))
        return found

    def fewest_terms(self, choice: int) -> dict[str, tuple[int, int]]:
        """For each layer the least number of filters with one term, and with two terms, in any
        allocation that a choice of k allows."""
        rows = self.fewest(self.allowed[choice])
        return {name: _terms(kept, two) for name, (kept, two) in rows.items()}

    def fewest(self, allowed: float) -> dict[str, tuple[int, int]]:
        """For each layer the least number of filters with at least one term, and with two terms,
        if all other layers lose as little as they can."""
        rows, left = self._rows(allowed)
        return {
            name: (_least_within(kept, left), _least_within(two, left))
            if name not in self.uniform_layers
            else self._least_uniform(name, left)
            for name, (kept, two) in rows.items()
        }

    def _least_uniform(self, name: str, left: int) -> tuple[int, int]:
        lost = self._uniform(name)
        filters = len(self.losses[name])
        return filters, 0 if lost.get(1, left + 1) <= left else filters

    def _uniform(self, name: str) -> dict[int, int]:
        """For each number of terms that all filters of a layer may have, the loss beyond the
        least loss of the layer."""
        whole = whole_losses(self.losses, name, len(self.losses[name])).sum(axis=0).tolist()
        least = min(whole[terms] for terms in self.uniform_layers[name])
        return {terms: whole[terms] - least for terms in self.uniform_layers[name]}

    def _least(self, bound: NetworkBound, allowed: float, machines: Axes) -> Floats:
        rows, left = self._rows(allowed)
        fewest = self.fewest(allowed)
        k = np.array([_terms(*fewest.get(name, (0, 0))) for name in bound.passes], np.float64)
        alone = bound.cycles(machines, k)
        cells = [self._cell(bound, rows, i, j) for i in range(_PARTS + 1) for j in range(i + 1)]
        terms = np.array([cell[0] for cell in cells], np.float64)
        lost = np.array([cell[1] for cell in cells])
        cycles = np.array([bound.pass_cycles(machines, row) for row in terms])
        cycles[lost > left] = np.inf
        least = cycles.min(axis=0).sum(axis=0)
        for price in _PRICES:
            paid = least * price / max(left, 1)
            best = (cycles + paid * lost[:, :, None]).min(axis=0).sum(axis=0)
            alone = np.maximum(alone, np.floor(best - paid * left))
        found: Floats = np.maximum(alone, np.floor(least))
        return found

    def _rows(self, allowed: float) -> tuple[dict[str, tuple[Ints, Ints]], int]:
        """The losses of every layer beyond its least loss, and the loss that all layers together
        may have beyond their least losses.

        A layer has two rows int64[filters + 1]: entry n of the first is its loss with at most n
        filters with a term, entry n of the second its loss with at most n filters with two terms.
        """
        rows, spent, filters = {}, 0, 0
        for name, given in self.losses.items():
            whole = whole_losses(self.losses, name, len(given))
            first = int(name == self.last)
            least = whole[:, first:].min(axis=1)
            kept = _sums(whole[:, 0] - least)
            if first:
                kept[:-1] = np.iinfo(np.int64).max >> 2
            rows[name] = kept, _sums(whole[:, first:2].min(axis=1) - least)
            filters += len(whole)
            if name in self.uniform_layers:
                spent += min(int(whole[:, terms].sum()) for terms in self.uniform_layers[name])
            else:
                spent += int(least.sum())
        return rows, loss_budget(allowed, filters) - spent

    def _cell(
        self, bound: NetworkBound, rows: Mapping[str, tuple[Ints, Ints]], kept: int, two: int
    ) -> tuple[list[tuple[int, int]], list[float]]:
        """The fewest terms of a cell in every pass, as filters with one and with two terms, and
        the least loss of every pass in the cell."""
        terms, lost = [], []
        for name in bound.passes:
            if name not in rows:
                terms.append((0, 0))
                lost.append(0.0)
                continue
            if name in self.uniform_layers:
                filters = len(rows[name][0]) - 1
                # All filters have one term, or all have two: no other cell has an allocation.
                amount = {0: 1, _PARTS: 2}.get(two, 0) if kept == _PARTS else 0
                terms.append(_terms(filters, filters if amount == 2 else 0))
                lost.append(float(self._uniform(name).get(amount, _NEVER)))
                continue
            of_kept, of_two = rows[name]
            fewest_kept, most_kept = _range(len(of_kept) - 1, kept)
            fewest_two, most_two = _range(len(of_two) - 1, two)
            terms.append(_terms(max(fewest_kept, fewest_two), fewest_two))
            lost.append(float(max(of_kept[most_kept], of_two[most_two])))
        return terms, lost


def free_bound(free_k: FreeK, choices: Sequence[object]) -> FreeBound:
    """The bound of all allocations that the choices of axis `k` allow, one loss a choice."""
    most = [free_k.tolerances[str(choice)].loss for choice in choices]
    return FreeBound(free_k.losses.losses, free_k.rounded_network.last, most, free_k.uniform_layers)


def _range(filters: int, part: int) -> tuple[int, int]:
    """The first and the last number of filters in a range; range 0 is no filters."""
    if part == 0:
        return 0, 0
    first, last = (part - 1) * filters // _PARTS + 1, part * filters // _PARTS
    return min(first, last), last


def _terms(kept: int, two: int) -> tuple[int, int]:
    """The number of filters with one term, and with two, of `kept` filters with any term."""
    return kept - two, two


def _sums(costs: Ints) -> Ints:
    """The least total of `costs` int64[filter] if at most n filters are spared their cost,
    int64[n]."""
    return np.concatenate(([0], np.cumsum(np.sort(costs))))[::-1].astype(np.int64)


def _least_within(lost: Ints, left: int) -> int:
    return int(np.argmax(lost <= left))
