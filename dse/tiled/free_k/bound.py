"""What no allocation within a loss can beat on a machine, whatever its mapping.

The allocations of a layer are parted into cells: a range for its filters with a term, one for
those with two. A pass takes at least the bound of the cell's fewest, and loses at least what the
cell's most terms cannot save. A network then takes at least the best choice of a cell in every
pass within the loss, and that at least its Lagrangian for any price of loss: the sum over passes
of the least (cycles + price x loss), less the price of the whole loss.
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

_PARTS = 8  # of a layer's filters: so many ranges, and none at all
_PRICES = 2.0 ** np.arange(-6, 7)  # of the allowed loss, in shares of the least cycles
_NEVER = 1 << 60  # what a cell loses that no allocation is in
_BLOCK = 1 << 12  # machines at a time: a few hundred bytes each for every pass


@dataclass(frozen=True, slots=True, eq=False)
class FreeBound:
    """The bound of a network whose allocations may lose `allowed` each, by the choice of k; the
    filters of layer `last` keep a term, and `uniform_layers` hold one of so many in all filters."""

    losses: Losses
    last: str
    allowed: Sequence[float]
    uniform_layers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def cycles(self, bound: NetworkBound, choices: Ints, machines: Axes) -> Floats:
        """Cycles below which no allowed allocation comes, float64[machine]; `choices` says for
        every machine which loss it is allowed."""
        found = np.zeros(len(choices))
        for choice in np.unique(choices).tolist():
            where = np.flatnonzero(choices == choice)
            for start in range(0, len(where), _BLOCK):
                part = where[start : start + _BLOCK]
                found[part] = self._least(bound, self.allowed[choice], machines.take(part))
        return found

    def fewest_terms(self, choice: int) -> dict[str, tuple[int, int]]:
        """By layer the filters with one term and with two that no allocation of a choice of k has
        fewer of."""
        rows = self.fewest(self.allowed[choice])
        return {name: _terms(kept, two) for name, (kept, two) in rows.items()}

    def fewest(self, allowed: float) -> dict[str, tuple[int, int]]:
        """By layer the least number of filters with a term, and the least with two, when all
        other layers lose as little as they can."""
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
        """By the terms that a layer may hold in all filters, what it loses beyond its least."""
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
        """By layer what it loses beyond its least with at most n filters with a term, and with at
        most n with two, int64[filters + 1]; and what all may lose beyond their least."""
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
        """The fewest terms of a cell in every pass, and what each loses at least there."""
        terms, lost = [], []
        for name in bound.passes:
            if name not in rows:
                terms.append((0, 0))
                lost.append(0.0)
                continue
            if name in self.uniform_layers:
                filters = len(rows[name][0]) - 1
                # All filters have a term; two terms are in none, or in all of them.
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
    """What no allocation that these choices of axis `k` allow can beat."""
    most = [free_k.tolerances[str(choice)].loss for choice in choices]
    return FreeBound(free_k.losses.losses, free_k.rounded_network.last, most, free_k.uniform_layers)


def _range(filters: int, part: int) -> tuple[int, int]:
    """The first and the last number of filters of a part: part 0 is none."""
    if part == 0:
        return 0, 0
    first, last = (part - 1) * filters // _PARTS + 1, part * filters // _PARTS
    return min(first, last), last


def _terms(kept: int, two: int) -> tuple[int, int]:
    """Filters with one term, and with two."""
    return kept - two, two


def _sums(costs: Ints) -> Ints:
    """The least that is lost where at most n filters keep what the others lose: int64[n]."""
    return np.concatenate(([0], np.cumsum(np.sort(costs))))[::-1].astype(np.int64)


def _least_within(lost: Ints, left: int) -> int:
    return int(np.argmax(lost <= left))
