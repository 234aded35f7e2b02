"""The door of the room: a network, an accelerator and losses in, the best k of every filter out.

Losses are integers, in billionths, so that every comparison is exact. The table's cycles are sums
over layers. A finished allocation is therefore run on the timeline. If the timeline is above the
budget, the budget is lowered by the excess and the table is solved again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.rounded_network import RoundedNetwork, uniform
from dse.accuracy.source import FilterLosses, Losses, total_loss
from dse.allocation.knapsack import least_loss
from dse.allocation.table import ChoiceTable, Solution
from dse.tiled.allocation.costs import MOST_RUNS, point_cycles, program_for, timed
from dse.tiled.allocation.curve import Curve, UniformCurve, layer_curve, uniform_curve
from dse.tiled.allocation.stacks import stacks
from lightsim.errors import InputError
from lightsim.quantisation.per_filter import KMap
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.tiles.tiling import Tiling

__all__ = ["Allocation", "AllocationTable", "loss_budget", "tabulate", "whole_losses"]

_UNIT = 1e-9
_MOST_LOSS = 1e4  # larger losses of a filter count as this; a sensitivity is about 1
_ATTEMPTS = 12
_OTHER = "passes without weights"


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """The k of every filter, with its loss and its cycles.

    `loss` is the source's loss of this k. `table_cycles` are the cycles by the table, `cycles` the
    cycles of the whole network on the timeline with `tilings`. `bound` is a bound of the loss
    over all allocations of the table within the cycles, `gap` the relative distance to it.
    """

    k: KMap
    tilings: Mapping[str, Tiling]
    loss: float
    table_cycles: int
    cycles: int
    bound: float
    gap: float
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class AllocationTable:
    """Every layer's points with their losses and cycles on one accelerator, ready to be solved."""

    rounded_network: RoundedNetwork
    accelerator: Accelerator
    source: FilterLosses
    images: int
    tilings: Mapping[str, Tiling]
    curves: Mapping[str, Curve | UniformCurve]
    choices: ChoiceTable

    @property
    def fastest(self) -> int:
        """The least cycles of any allocation of the table."""
        return sum(int(row.min()) for row in self.choices.cycles)

    @property
    def slowest(self) -> int:
        """The cycles of the allocation with the least loss."""
        return self.choices.total_cycles(tuple(int(np.argmin(r)) for r in self.choices.losses))

    def k_of(self, points: Sequence[int]) -> dict[str, NDArray[np.int8]]:
        """The k of every filter, int8[out] by layer, with one point for each layer."""
        return {
            name: curve.k_at(point)
            for (name, curve), point in zip(self.curves.items(), points, strict=False)
        }

    def cycles_of(self, k: KMap) -> int:
        """The cycles of an allocation on the timeline, with the table's tilings."""
        program = program_for(
            self.rounded_network.reference, self.accelerator, k, self.images, self.tilings
        )
        return sum(timed(program).values())

    def within_cycles(self, cycles: int) -> Allocation:
        """The allocation of least loss that the timeline runs in at most `cycles`.

        Raises `InputError` if no allocation of the table was found that keeps the budget.
        """
        budget = cycles
        for _ in range(_ATTEMPTS):
            solution = least_loss(self.choices, budget)
            k = self.k_of(solution.points)
            needed = self.cycles_of(k)
            if needed <= cycles:
                # The bound is the bound of the user's budget, not of the lowered budget.
                bound = least_loss(self.choices, cycles).bound if budget < cycles else None
                return self._made(k, solution, needed, bound)
            budget = min(budget - (needed - cycles), solution.cycles - 1)
            if budget < self.fastest:
                break
        raise InputError(
            f"budget of {cycles} cycles",
            f"an allocation of {solution.cycles} by the table takes {needed}",
            f"accepted: a little more than {self.fastest}",
        )

    def front(self, points: int = 17) -> list[Allocation]:
        """The best allocations for `points` budgets, spread evenly from fastest to slowest."""
        budgets = np.linspace(self.fastest, self.slowest, points).astype(np.int64).tolist()
        found: dict[tuple[int, ...], Allocation] = {}
        for budget in budgets:
            solution = least_loss(self.choices, budget)
            if solution.points not in found:
                k = self.k_of(solution.points)
                found[solution.points] = self._made(k, solution, self.cycles_of(k), None)
        return list(found.values())

    def _made(self, k: KMap, solution: Solution, cycles: int, bound: int | None) -> Allocation:
        least = solution.bound if bound is None else bound
        return Allocation(
            k, self.tilings, total_loss(self.source.losses, k), solution.cycles, cycles,
            least * _UNIT, (solution.loss - least) / solution.loss if solution.loss else 0.0,
            self.source.name,
        )  # fmt: skip


def tabulate(
    rounded_network: RoundedNetwork,
    accelerator: Accelerator,
    source: FilterLosses,
    *,
    images: int = 1,
    tilings: Mapping[str, Tiling] | None = None,
    prune: bool = True,
    most_runs: int = MOST_RUNS,
    uniform_layers: Mapping[str, tuple[int, ...]] | None = None,
) -> AllocationTable:
    """The table of `rounded_network` on `accelerator` for batches of `images`.

    Without `tilings` the passes have the tilings of the default mapping for two terms in all
    filters. With `prune` a filter may lose all its terms, except in the last layer with weights.
    All filters of a layer in `uniform_layers` have the same number of terms, one of the numbers
    given there. The cycles come from at most `most_runs` runs of the timeline; a layer with more
    points is interpolated. Raises `InputError` for losses of another network.
    """
    whole = program_for(
        rounded_network.reference, accelerator, uniform(rounded_network, 2), images, tilings
    )
    fixed = {schedule.layer.name: schedule.tiling for schedule in whole.schedules}
    curves: dict[str, Curve | UniformCurve] = {}
    for schedule in whole.schedules:
        layer = schedule.layer
        if layer.weights is None:
            continue
        losses = whole_losses(source.losses, layer.name, len(layer.weights))
        if layer.name in (uniform_layers or {}):
            curves[layer.name] = uniform_curve((uniform_layers or {})[layer.name], losses)
            continue
        may_prune = prune and layer.name != rounded_network.last
        curves[layer.name] = layer_curve(
            stacks(layer, accelerator, schedule.tiling), losses, may_prune
        )
    cycles, other = point_cycles(rounded_network.reference, whole, curves, most_runs)
    choices = ChoiceTable(
        (*curves, _OTHER),
        (*(curve.losses for curve in curves.values()), np.zeros(1, np.int64)),
        (*cycles.values(), np.array([other], np.int64)),
    )
    return AllocationTable(rounded_network, accelerator, source, images, fixed, curves, choices)


def loss_budget(loss: float, filters: int) -> int:
    """A loss in billionths, plus one billionth for the rounding of each of `filters` filters."""
    return int(loss / _UNIT) + filters


def whole_losses(losses: Losses, name: str, filters: int) -> NDArray[np.int64]:
    """The losses of a layer's filters at k = 0, 1, 2 in billionths: int64[out, 3].

    Raises `InputError` if the layer has no losses, or losses of another number of filters.
    """
    found = losses.get(name)
    if found is None or found.shape != (filters, 3):
        problem = "is missing" if found is None else f"has shape {list(found.shape)}"
        raise InputError(f"losses of layer '{name}'", problem, f"[{filters}, 3]")
    return np.rint(np.clip(found, 0, _MOST_LOSS) / _UNIT).astype(np.int64)
