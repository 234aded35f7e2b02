"""A study being searched: designs are taken, run, judged and kept, and the rest is bounded."""

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
    """For one objective the bound that no design of the space beats (`value`) and the distance of
    the best design from it (`gap`); each is None if it is not known."""

    objective: Objective
    value: float | None
    gap: float | None


def gap_between(best: float | None, limit: float | None, sign: int) -> float | None:
    """The distance of the best value from its limit, as a share of the larger of the two.

    `sign` times the value is to be minimised. None if `best` or `limit` is not known.
    """
    if best is None or limit is None:
        return None
    low, high = sorted((abs(best), abs(limit)))
    return 0.0 if sign * best <= sign * limit or high == 0 else (high - low) / high


@dataclass(eq=False)
class Searcher:
    """A study being searched, with its records, its steps and the scores of its schemes so far."""

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
        """A pool of the designs of a space; the designs that the records so far beat are closed."""
        pool = Pool(self.bounds(space), self.measure_bounds)
        for record in self.records:
            pool.mark(record.number)
        # A wave that was interrupted is finished with the designs that were open when it began.
        self._close(pool, self.records[: len(self.records) // WAVE * WAVE])
        return pool

    def wave_size(self) -> int:
        """How many designs the next wave has: after an interrupt, the rest of the broken wave."""
        left = WAVE - len(self.records) % WAVE
        return left if self.proving else min(left, self.study.search.trials - len(self.records))

    def next_design(
        self, pool: Pool, objective: int = 0, within: Mapping[str, int] | None = None
    ) -> tuple[int, Design] | None:
        """Take the most promising open design that can be built and run, with its number; None if
        there is none."""
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
        """Run the designs of a wave and keep their records in the wave's order: `keep` is called
        with each record; without it the store adds a trial for each record."""
        found: dict[int, Record] = {}
        keep = self.store.add if keep is None else keep
        kept = 0
        for place, result in self.crew.run([design for _, design in wave]):
            number, design = wave[place]
            found[number] = judged(self.study, self.scores, number, design, result)
            # Each record is written as soon as all records before it are: an interrupt loses none
            # of them.
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
        """How far the best design can be from the optimum, as a share of the larger of the two;
        None if there is no complete design, or no limit."""
        return gap_between(self.best(objective), limit, self.study.objectives[objective].sign)

    def best(self, place: int = 0) -> float | None:
        """The best value so far in the objective at `place`; None if no design is complete."""
        objective = self.study.objectives[place]
        values = [
            objective.sign * r.values[objective.measure.key]
            for r in self.records
            if r.state == "complete"
        ]
        return objective.sign * min(values) if values else None

    def limit(self, pool: Pool, place: int = 0) -> float | None:
        """The limit in an objective: the better of the best value and the bounds of open designs.
        None if open designs have no bound in the objective, or if there are no designs at all."""
        objective, best = self.study.objectives[place], self.best(place)
        sign = objective.sign
        found = [value for value in (pool.limit(place),) if value is not None]
        if found and not self.measure_bounds.proves(objective):
            return None
        if best is not None:
            found.append(sign * best)
        return sign * min(found) if found else None

    def limits(self, pool: Pool) -> tuple[Limit, ...]:
        """The limit and the gap of every objective."""
        found = []
        for place, objective in enumerate(self.study.objectives):
            value = self.limit(pool, place)
            found.append(Limit(objective, value, self.gap(value, place)))
        return tuple(found)

    def limit_of_any_k(self, pool: Pool) -> float | None:
        """A limit in the first objective for every design with every allowed allocation of k.

        It also bounds the designs that were run, with any other allocation; `limit` counts such a
        design with the allocation it was run with. None if k is given, or nothing is proven.
        """
        if self.free_k is None or not self.measure_bounds.proves(self.study.objectives[0]):
            return None
        sign = self.study.objectives[0].sign
        numbers = (record.number for record in self.records)
        run = value_bound(pool.bounds, self.measure_bounds, numbers)
        found = [sign * value for value in (self.limit(pool),) if value is not None]
        found += [value for value in (run,) if value is not None]
        return sign * min(found) if found else None

    def close_all(self, pool: Pool) -> None:
        """Close the designs that any record beats, also the records of an unfinished wave."""
        self._close(pool, self.records)

    def _close(self, pool: Pool, records: Sequence[Record]) -> None:
        complete = [record for record in records if record.state == "complete"]
        if complete:
            kept = front_of(complete, self.study.objectives)
            pool.close(np.array([signed(record, self.study.objectives) for record in kept]))

    def step(self, pool: Pool) -> None:
        """Note where the search stands, and call `progress` with it."""
        limit = self.limit(pool)
        step = Step(
            self.evaluations(), self.best(), limit, self.gap(limit), time.monotonic() - self.began
        )
        self.steps.append(step)
        if self.progress is not None:
            self.progress(step)
