"""A study being searched: designs taken, run, judged and kept, and how far the rest could be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dse.evaluation.accuracies import Scores, refused_schemes, scores_of
from dse.evaluation.processes import Crew
from dse.evaluation.verdict import judged
from dse.evaluation.widths import widths_of
from dse.evaluation.workloads import workload_of
from dse.free_k.problem import FreeK
from dse.limits.measure_bounds import MeasureBounds
from dse.limits.reach import value_bound
from dse.machine.bounded import Question
from dse.machine.design import Design
from dse.machine.doors import Bounds, Builder, Machine
from dse.search.front import front_of, signed
from dse.search.pool import Pool
from dse.space.points import Space
from dse.storage.record import Record
from dse.storage.store import Store
from dse.study.measures import Objective
from dse.study.study import Study
from lightsim.errors import LightSimError

__all__ = ["WAVE", "Limit", "Progress", "Searcher", "Step", "gap_between"]

WAVE = 8

Progress = Callable[["Step"], None]


@dataclass(frozen=True, slots=True)
class Step:
    """Where a search stands: designs run, the best value so far and the gap to its limit."""

    evaluations: int
    best: float | None
    limit: float | None
    gap: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Limit:
    """What no design of the space beats in an objective, and how far the best is from it; None
    where that is not known."""

    objective: Objective
    value: float | None
    gap: float | None


def gap_between(best: float | None, limit: float | None, sign: int) -> float | None:
    """How far a value is from its limit, as a share of the larger of both, where `sign` times the
    value is to be minimised; None where one of them is not known."""
    if best is None or limit is None:
        return None
    low, high = sorted((abs(best), abs(limit)))
    return 0.0 if sign * best <= sign * limit or high == 0 else (high - low) / high


@dataclass(eq=False)
class Searcher:
    """A study being searched: what is known so far."""

    study: Study
    space: Space
    store: Store
    crew: Crew
    progress: Progress | None = None
    free_k: FreeK | None = None
    machine: Machine = field(init=False)
    builder: Builder = field(init=False)
    refused: Mapping[str, LightSimError] = field(init=False)
    scores: Scores = field(init=False)
    measure_bounds: MeasureBounds = field(init=False)
    records: list[Record] = field(init=False, default_factory=list)
    steps: list[Step] = field(init=False, default_factory=list)
    rejected: int = field(init=False, default=0)
    proving: bool = field(init=False, default=False)
    began: float = field(init=False, default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.machine = Machine.of(self.study.template)
        limits, widths = self.study.resource_limits(), widths_of(self.study)
        self.builder = self.machine.builder(self.study.board, limits, widths)
        source = None if self.free_k is None else self.free_k.source
        self.refused = (
            {} if self.free_k is not None else refused_schemes(self.study, self.builder.accumulator)
        )
        self.scores = scores_of(self.study, source, self.refused)
        self.measure_bounds = MeasureBounds(self.study, self.scores.by_scheme)

    def bounds(self, space: Space) -> Bounds:
        """The bounds of a space of the study."""
        seed = self.study.search.seed
        names = [str(name) for name in space.axes["scheme"] if str(name) not in self.refused]
        workloads = {
            share.network: {
                name: workload_of(share.network, name, seed)
                if self.free_k is None
                else self.free_k.workload
                for name in names
            }
            for share in self.study.shares
        }
        question = Question(
            workloads, self.refused, self.free_k, self.study.asks_for_spending,
            self.study.asks_for_resources,
        )  # fmt: skip
        return self.machine.bounds(space, self.builder, question)

    def pool(self, space: Space) -> Pool:
        """The open designs of a space, those closed that the records so far make needless."""
        pool = Pool(self.bounds(space), self.measure_bounds)
        for record in self.records:
            pool.mark(record.number)
        # A wave that was broken off is finished as it was begun.
        self._close(pool, self.records[: len(self.records) // WAVE * WAVE])
        return pool

    def wave_size(self) -> int:
        """How many designs the next wave has: it ends where waves of an unbroken search do."""
        left = WAVE - len(self.records) % WAVE
        return left if self.proving else min(left, self.study.search.trials - len(self.records))

    def next_design(
        self, pool: Pool, objective: int = 0, within: Mapping[str, int] | None = None
    ) -> tuple[int, Design] | None:
        """The most promising design that can be built; None where no design is open."""
        while (number := pool.take(objective, within)) is not None:
            built = self.builder.build(self.space.point(number))
            if not isinstance(built, Design):
                self.rejected += 1
            elif not pool.cannot_run(number, built):
                return number, built
        return None

    def run_wave(
        self,
        pool: Pool,
        wave: Sequence[tuple[int, Design]],
        keep: Callable[[Record], None] | None = None,
    ) -> None:
        """Run designs and keep their records in order, by `keep` or as trials of their own."""
        found: dict[int, Record] = {}
        keep = self.store.add if keep is None else keep
        kept = 0
        for place, result in self.crew.run([design for _, design in wave]):
            number, design = wave[place]
            found[number] = judged(self.study, self.scores, number, design, result)
            # In order, and each as soon as it can be: what is written is never lost.
            while kept < len(wave) and wave[kept][0] in found:
                record = found[wave[kept][0]]
                keep(record)
                self.records.append(record)
                kept += 1
        if len(self.records) % WAVE == 0:
            self._close(pool, self.records[-WAVE:])
        self.step(pool)

    def evaluations(self) -> int:
        """How many designs were run on the timeline."""
        return sum(1 for record in self.records if record.cycles)

    def gap(self, limit: float | None, objective: int = 0) -> float | None:
        """How far the best design can be from the optimum, as a share of the larger of both; None
        where there is no design, or no limit."""
        return gap_between(self.best(objective), limit, self.study.objectives[objective].sign)

    def best(self, place: int = 0) -> float | None:
        """The best value of an objective so far, the first's unless `place` says another."""
        objective = self.study.objectives[place]
        values = [
            objective.sign * r.values[objective.measure.key]
            for r in self.records
            if r.state == "complete"
        ]
        return objective.sign * min(values) if values else None

    def limit(self, pool: Pool, place: int = 0) -> float | None:
        """What no design can beat in an objective: the better of the best and what open designs
        could be. None where nothing is known of open designs, or there are no designs at all."""
        objective, best = self.study.objectives[place], self.best(place)
        sign = objective.sign
        found = [value for value in (pool.limit(place),) if value is not None]
        if found and not self.measure_bounds.proves(objective):
            return None
        if best is not None:
            found.append(sign * best)
        return sign * min(found) if found else None

    def limits(self, pool: Pool) -> tuple[Limit, ...]:
        """The limit and the gap of every objective by itself."""
        found = []
        for place, objective in enumerate(self.study.objectives):
            value = self.limit(pool, place)
            found.append(Limit(objective, value, self.gap(value, place)))
        return tuple(found)

    def limit_of_any_k(self, pool: Pool) -> float | None:
        """What no design beats with any allocation of k that is allowed, on designs that were run
        too: `limit` takes those at what they were run with. None where k is given."""
        if self.free_k is None or not self.measure_bounds.proves(self.study.objectives[0]):
            return None
        sign = self.study.objectives[0].sign
        numbers = (record.number for record in self.records)
        run = value_bound(pool.bounds, self.measure_bounds, numbers)
        found = [sign * value for value in (self.limit(pool),) if value is not None]
        found += [value for value in (run,) if value is not None]
        return sign * min(found) if found else None

    def close_all(self, pool: Pool) -> None:
        """Close what any record makes needless to run, in the middle of a wave too."""
        self._close(pool, self.records)

    def _close(self, pool: Pool, records: Sequence[Record]) -> None:
        complete = [record for record in records if record.state == "complete"]
        if complete:
            kept = front_of(complete, self.study.objectives)
            pool.close(np.array([signed(record, self.study.objectives) for record in kept]))

    def step(self, pool: Pool) -> None:
        """Note where the search stands, and tell it."""
        limit = self.limit(pool)
        step = Step(
            self.evaluations(), self.best(), limit, self.gap(limit), time.monotonic() - self.began
        )
        self.steps.append(step)
        if self.progress is not None:
            self.progress(step)
