"""The best designs mapped exactly, with the quickest mapping that their machine can find.

A search runs every design with the mapping that `lightsim run` takes by default. Afterwards the
designs of the front are mapped exactly. Then other designs that were run are mapped exactly too,
in the order of their bounds, until no bound is better than the best design. A design that keeps
its usual mapping counts in the limit with its bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dse.evaluation.verdict import judged
from dse.limits.reach import LARGE, value_bound
from dse.machine.design import Design
from dse.machine.doors import ExactMapping
from dse.search.front import front_of, signed
from dse.search.pool import Pool
from dse.search.searcher import Limit, Searcher, gap_between
from dse.storage.record import Record

__all__ = ["Mapped", "mapped_exactly"]

# A large pass may take seconds to map. Where a batch takes more than `LARGE` cycles, so many
# designs are mapped exactly beside the front; below, all designs that could be better are.
_MOST_LARGE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """The result of a search after its best designs were mapped exactly.

    `front` and `limits` (one of each objective) take the exact mappings into account. `records`
    are all complete records, `left` the numbers of the designs that kept the usual mapping.
    """

    front: list[Record]
    limits: tuple[Limit, ...]
    records: list[Record]
    left: list[int]


def mapped_exactly(searcher: Searcher, pool: Pool) -> Mapped:
    """Map the designs of the front exactly, and the other designs that could then be better."""
    objectives = searcher.study.objectives
    complete = {r.number: r for r in searcher.records if r.state == "complete"}
    first = [record.number for record in front_of(list(complete.values()), objectives)]
    bounds, measure_bounds = pool.bounds, searcher.measure_bounds
    value_bounds = {number: value_bound(bounds, measure_bounds, [number]) for number in complete}
    others = sorted(
        set(complete) - set(first), key=lambda number: (value_bounds[number] or 0.0, number)
    )
    mapped: set[int] = set()
    mapping = searcher.machine.exact_mapping(
        searcher.study.shares, searcher.study.search.seed, searcher.free_k
    )
    most = max((max(r.cycles.values()) for r in complete.values()), default=0)
    for number in [*first, *(others if most <= LARGE else others[:_MOST_LARGE])]:
        best = min(float(signed(record, objectives)[0]) for record in complete.values())
        own_bound = value_bounds[number]
        if number not in first and own_bound is not None and own_bound >= best:
            break
        complete[number] = _exact(searcher, mapping, complete[number])
        mapped.add(number)
    left = [number for number in complete if number not in mapped]
    limits = []
    for place, row in enumerate(searcher.limits(pool)):
        values = [float(signed(record, objectives)[place]) for record in complete.values()]
        open_value = value_bound(bounds, measure_bounds, left, place)
        if row.value is not None:
            values.append(row.objective.sign * row.value)
        if open_value is not None:
            values.append(open_value)
        proven = row.value is not None and (
            not left or searcher.measure_bounds.proves(row.objective)
        )
        value = row.objective.sign * min(values) if proven else None
        limits.append(_limit(row, value, list(complete.values())))
    records = list(complete.values())
    return Mapped(front_of(records, objectives), tuple(limits), records, left)


def _limit(row: Limit, value: float | None, records: Sequence[Record]) -> Limit:
    if value is None:
        return Limit(row.objective, None, None)
    sign, key = row.objective.sign, row.objective.measure.key
    best = sign * min(sign * record.values[key] for record in records)
    return Limit(row.objective, value, gap_between(best, value, sign))


def _exact(searcher: Searcher, mapping: ExactMapping, record: Record) -> Record:
    """The record with the exact mapping; the same record if the exact mapping is not quicker, or
    if the design breaks a budget with it."""
    design = searcher.builder.build(searcher.space.point(record.number))
    assert isinstance(design, Design)
    found = mapping.quicker(design, record.k)
    if found is None:
        return record
    outcome, mappings = found
    known = {
        name: record.values[name]
        for name in ("loss", "accuracy", "choosing_accuracy")
        if name in record.values
    }
    outcome = replace(outcome, accuracies=known)
    again = judged(searcher.study, searcher.scores, record.number, design, outcome)
    return replace(again, mappings=mappings) if again.state == "complete" else record
