"""What an exploration found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dse.limits.shortfall import none_complete
from dse.machine.design import Design, DesignWords
from dse.machine.doors import Builder, Machine
from dse.search.schemes import SchemeFound
from dse.search.searcher import Limit, Step
from dse.space.points import Space
from dse.storage.record import Record
from dse.study.study import Study
from lightsim.errors import LightSimError

__all__ = ["Exploration"]


@dataclass(frozen=True, slots=True, eq=False)
class Exploration:
    """A study that was searched.

    - `records` are all trials; `front` are the records that no other record beats, the best in the
      first objective first.
    - `limit` is a bound on the first objective that no design of the space can beat; `gap` is the
      distance of the best design from it, as a share. `limits` has both for every objective.
    - `limit_of_any_k`, where k is free, holds for every design with every allowed allocation.
      `limit` counts a design that was run with the allocation that it was run with.
    - `schemes` has best design, limit and gap of every scheme, in the study's order.
    - `exhaustive`: every design was run, or proven to be no better.
    - `rejected` counts the points that were taken and could not be built. `left_out` counts the
      points that are no designs, because they cannot be built or run, by reason, the most frequent
      first.
    """

    study: Study
    space: Space
    builder: Builder
    records: tuple[Record, ...]
    front: tuple[Record, ...]
    steps: tuple[Step, ...]
    limit: float | None
    gap: float | None
    limits: tuple[Limit, ...]
    exhaustive: bool
    rejected: int
    evaluations: int
    accuracy_source: str
    accuracy_detail: str
    sampler: str
    interrupted: bool
    schemes: tuple[SchemeFound, ...] = ()
    limit_of_any_k: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def designs(self) -> int:
        """How many designs the space has."""
        return self.space.size - sum(self.left_out.values())

    @property
    def shortfall(self) -> LightSimError | None:
        """Why there is no best design; None if there is one, or if the search was interrupted."""
        if self.front or self.interrupted:
            return None
        rest = "no other design could" if self.exhaustive else "others are open (trials=...)"
        return none_complete(self.study, self.records, rest)

    def design(self, record: Record) -> Design:
        """Build the design of a record again."""
        built = self.builder.build(self.space.point(record.number))
        assert isinstance(built, Design)
        return built

    @property
    def machine(self) -> Machine:
        """The machine whose designs were searched."""
        return Machine.of(self.study.template)

    def words(self, record: Record) -> DesignWords:
        """The design of a record in words."""
        return self.machine.words(self.design(record))
