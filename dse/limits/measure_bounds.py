"""Bounds of the measures of designs that were not run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dse.machine.spending import Spending
from dse.space.axes import AUTO
from dse.space.points import Space
from dse.study.measures import Objective
from dse.study.study import Study
from lightsim.hardware.device import Resources

__all__ = ["MeasureBounds"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A run adds up joules and bytes in another order, so its sums round differently. A bound is
# lowered by this share, which is larger than any such difference.
_SAFE = 1 - 1e-12


class MeasureBounds:
    """Bounds of the measures of a study, from the least cycles, resources and spending of
    designs."""

    def __init__(self, study: Study, accuracies: Mapping[str, float | None]) -> None:
        self._study = study
        self._accuracies = accuracies
        self._weights = np.array([share.weight for share in study.shares])
        self._limits = {budget.measure.name: budget.limit for budget in study.budgets}

    @property
    def objectives(self) -> int:
        """How many objectives the study has."""
        return len(self._study.objectives)

    def proves(self, objective: Objective) -> bool:
        """Whether an objective has a bound before designs are run.

        An objective against the better direction of its measure has none. Power and mean traffic
        have none where no budget of throughput or latency keeps designs from being slow.
        """
        if objective.direction != objective.measure.direction:
            return False
        slow = not {"throughput", "latency"} & set(self._limits)
        return not (slow and objective.measure.name in ("power", "dram_bandwidth"))

    def measures(
        self, space: Space, families: Ints, cycles: Ints, used: Ints, spending: Spending
    ) -> dict[str, Floats]:
        """The best value of every measure, float64[design], by the measure's name.

        A design belongs to a family of `families` int64[design] and takes at least `cycles`
        int64[design, network], `used` int64[design, 5] and `spending`.

        A design within a power budget P that spends at least E joules on an image runs at most
        P / E images a second. The same holds for memory traffic. Power and traffic are at least
        as much as the smallest throughput that the budgets allow needs.
        """
        hz = self._study.board.clock_hz
        clocks, of_clock = space.of_axis(families, "clock")
        every_hz = np.array([hz if c == AUTO else int(c) for c in clocks or (AUTO,)])
        batches, of_batch = space.of_axis(families, "batch")
        batch = np.array([int(b) for b in batches or (1,)])[of_batch]
        seconds = (cycles * self._weights).sum(axis=1) / every_hz[of_clock]
        schemes, of_scheme = space.of_axis(families, "scheme")
        scores = [self._accuracies.get(str(name)) for name in schemes]
        accuracy = np.array([1.0 if score is None else score for score in scores])
        joules = (spending.joules * self._weights).sum(axis=1) * _SAFE
        moved = (spending.dram_bytes * self._weights).sum(axis=1) * _SAFE
        for name, spent in (("power", joules), ("dram_bandwidth", moved)):
            if self._limits.get(name):
                seconds = np.maximum(seconds, spent / self._limits[name])
        slowest = np.zeros(len(families))
        if "throughput" in self._limits:
            slowest = np.maximum(slowest, self._limits["throughput"])
        if self._limits.get("latency"):
            slowest = np.maximum(slowest, batch / self._limits["latency"])
        return {
            "throughput": batch / np.maximum(seconds, 1e-12),
            "latency": seconds,
            "energy": joules / batch,
            "power": joules / batch * slowest,
            "dram_bandwidth": moved / batch * slowest,
            "accuracy": accuracy[of_scheme],
            **{name: used[:, i].astype(np.float64) for i, name in enumerate(Resources.names())},
        }

    def values(self, best: Mapping[str, Floats]) -> Floats:
        """The bounds `best` as values to be minimised, float64[design, objective].

        An objective against the better direction of its measure has no bound: its value is 0 or
        minus infinity, which every design reaches.
        """
        columns = []
        for objective in self._study.objectives:
            value = best[objective.measure.name]
            if objective.direction != objective.measure.direction:
                value = np.full_like(value, np.inf if objective.sign < 0 else 0.0)
            columns.append(objective.sign * value)
        return np.stack(columns, axis=1)

    def possible(self, best: Mapping[str, Floats]) -> NDArray[np.bool_]:
        """Whether designs could keep every budget."""
        kept = np.ones(len(best["latency"]), np.bool_)
        for budget in self._study.budgets:
            value = best[budget.measure.name]
            if budget.measure.direction == "minimise":
                kept &= value <= budget.limit
            else:
                kept &= value >= budget.limit
        return kept
