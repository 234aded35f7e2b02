"""A design whose k is free, run with the best allocation within the allowed loss.

The allocation is exact for a table (`dse.allocation`) of the points of every layer. The table is
made with the tilings of the default mapping. The default mapping depends on k a little, so the
table is made again with the mapping of the last allocation until the tilings no longer change.
An allocation counts with the cycles of the program that `lightsim run` maps for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dse.allocation.knapsack import least_cycles
from dse.free_k.problem import FreeK
from dse.free_k.tolerance import Tolerance, least_loss
from dse.machine.design import Design
from dse.tiled.allocation.allocate import AllocationTable, loss_budget, tabulate, whole_losses
from dse.tiled.allocation.costs import program_for, timed
from lightsim.errors import InputError
from lightsim.quantisation.inference.accumulators import check_accumulators
from lightsim.quantisation.per_filter import KMap
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.tiling import Tiling

__all__ = ["Allocated", "best_allocation"]

_ROUNDS = 3
# Runs of the timeline for a table: more runs improve its cycles by a tenth of a percent (see the
# results).
_RUNS = 9
# Shares of the allowed loss, tried in turn until the allocation keeps the accuracy.
_SHARES = (1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.1, 0.05, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Allocated:
    """The k of every filter, the program that `lightsim run` maps with this k, and its cycles."""

    k: KMap
    program: Program
    cycles: int


def best_allocation(free_k: FreeK, design: Design) -> Allocated:
    """The fastest allocation found among those that the design's choice of k allows.

    Raises `InputError` if there is none, or if the design cannot run the network.
    """
    acc, tolerance = design.accelerator, free_k.tolerances[design.k]
    most = free_k.most_terms
    first = _confirmed(free_k, design, most)
    best = first if _allowed(free_k, most, tolerance) else None
    found, tilings = first, _tilings(first)
    for _ in range(_ROUNDS):
        try:
            table = tabulate(
                free_k.rounded_network, acc, free_k.losses,
                images=design.batch, tilings=tilings, most_runs=_RUNS,
                uniform_layers=free_k.uniform_layers,
            )  # fmt: skip
        except InputError:
            if found is first:
                raise
            break  # these tilings are too large for filters with more terms
        k = _kept(free_k, table, tolerance)
        if k is None:
            break
        found = _confirmed(free_k, design, k)
        if best is None or found.cycles < best.cycles:
            best = found
        tilings = _tilings(found)
        if tilings == table.tilings:
            break
    if best is None:
        raise InputError("k", "no allocation was found that keeps the accuracy", "a lower one")
    _check_sums(free_k, design, best.k)
    return best


def _allowed(free_k: FreeK, k: KMap, tolerance: Tolerance) -> bool:
    """Whether an allocation is within the loss and keeps the accuracy."""
    losses = free_k.losses.losses
    within = loss_budget(tolerance.loss, sum(free_k.rounded_network.filters.values()))
    lost = sum(
        int(whole_losses(losses, name, len(own))[np.arange(len(own)), own].sum())
        for name, own in k.items()
    )
    return lost <= within and free_k.keeps(k, tolerance)


def _tilings(found: Allocated) -> dict[str, Tiling]:
    return {schedule.layer.name: schedule.tiling for schedule in found.program.schedules}


def _kept(free_k: FreeK, table: AllocationTable, tolerance: Tolerance) -> KMap | None:
    """The fastest allocation of the table within the allowed loss, or within the largest share of
    the loss at which the accuracy is kept; None if there is none."""
    least = least_loss(free_k.losses.losses, free_k.rounded_network.last, free_k.uniform_layers)
    filters = sum(free_k.rounded_network.filters.values())
    for share in _SHARES:
        loss = least + share * (tolerance.loss - least)
        try:
            solution = least_cycles(table.choices, loss_budget(loss, filters))
        except InputError:
            return None
        k = table.k_of(solution.points)
        if free_k.keeps(k, tolerance):
            return k
    return None


def _confirmed(free_k: FreeK, design: Design, k: KMap) -> Allocated:
    program = program_for(
        free_k.rounded_network.reference, design.accelerator, k, design.batch, None
    )
    return Allocated(k, program, sum(timed(program).values()))


def _check_sums(free_k: FreeK, design: Design, k: KMap) -> None:
    """Raise `InputError` if `lightsim run` would refuse the sums of an allocation."""
    accumulator = design.accelerator.accumulator
    if accumulator.overflow == "refuse":
        check_accumulators(
            free_k.rounded_network.with_k(k), accumulator.bits, accumulator.accumulation
        )
