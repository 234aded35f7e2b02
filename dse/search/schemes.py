"""The result of a search for every scheme: its best design and its limit, or why it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dse.limits.reach import value_bound
from dse.limits.shortfall import none_complete, unreachable
from dse.search.front import front_of, signed
from dse.search.pool import Pool
from dse.search.searcher import WAVE, Searcher, gap_between
from dse.space.points import Space
from dse.storage.record import Record
from lightsim.errors import LightSimError

__all__ = ["SchemeFound", "found_by_scheme", "without_best"]


@dataclass(frozen=True, slots=True, eq=False)
class SchemeFound:
    """A scheme in a search: its `best` design in the first objective, the `limit` that no design
    of the scheme beats (None if it is not known), the gap between the two, and how many of its
    designs were `tried`. `reason` says why there is no best design, if there is none."""

    scheme: str
    best: Record | None
    limit: float | None
    gap: float | None
    tried: int
    reason: str | None = None


def found_by_scheme(
    searcher: Searcher,
    pool: Pool,
    limit: float | None,
    records: Sequence[Record] | None = None,
    left: Sequence[int] = (),
) -> tuple[SchemeFound, ...]:
    """The result of every scheme, in the study's order.

    `limit` is the limit of the whole space, which no scheme can beat either. `records` are the
    records after an exact mapping (by default the records of the search), and `left` the numbers
    of the designs that an exact mapping could still make quicker.
    """
    records = searcher.records if records is None else records
    tried = _by_scheme(searcher.space, searcher.records)
    known = _by_scheme(searcher.space, records)
    found = []
    for place, name in enumerate(map(str, searcher.space.axes["scheme"])):
        if name in searcher.refused:
            found.append(SchemeFound(name, None, None, None, 0, str(searcher.refused[name])))
            continue
        front = front_of(known.get(name, []), searcher.study.objectives)
        own = [record.number for record in known.get(name, []) if record.number in set(left)]
        value = _limit(searcher, pool, place, front, own, limit)
        best = front[0] if front else None
        row = _row(searcher, name, best, value, tried.get(name, []))
        found.append(row)
    return tuple(found)


def without_best(searcher: Searcher) -> list[int]:
    """The places of the schemes that had no complete design when the wave began.

    Schemes that the study refuses are not among them. Empty if the study has only one scheme.
    """
    names = [str(name) for name in searcher.space.axes["scheme"]]
    if len(names) < 2:
        return []
    begun = searcher.records[: len(searcher.records) // WAVE * WAVE]
    have = _by_scheme(searcher.space, [one for one in begun if one.state == "complete"])
    return [i for i, name in enumerate(names) if name not in have and name not in searcher.refused]


def _by_scheme(space: Space, records: Sequence[Record]) -> dict[str, list[Record]]:
    numbers = np.array([record.number for record in records], np.int64)
    places = space.places(numbers // space.variants, space.family_axes)["scheme"]
    found: dict[str, list[Record]] = {}
    for record, place in zip(records, places.tolist(), strict=True):
        found.setdefault(str(space.axes["scheme"][place]), []).append(record)
    return found


def _limit(
    searcher: Searcher,
    pool: Pool,
    place: int,
    front: Sequence[Record],
    left: Sequence[int],
    whole: float | None,
) -> float | None:
    """The limit of a scheme in the first objective: the better of its best design and the bounds
    of its other designs. Closed designs count too: a design of another scheme closed them."""
    objective = searcher.study.objectives[0]
    bounds = (pool.limit_of(place), value_bound(pool.bounds, searcher.measure_bounds, left))
    found = [value for value in bounds if value is not None]
    if found and not searcher.measure_bounds.proves(objective):
        return None
    found += [float(signed(front[0], searcher.study.objectives)[0])] if front else []
    if not found:
        return None
    return objective.sign * max([min(found), *([] if whole is None else [objective.sign * whole])])


def _row(
    searcher: Searcher, name: str, best: Record | None, limit: float | None, tried: list[Record]
) -> SchemeFound:
    objective = searcher.study.objectives[0]
    if best is not None:
        gap = gap_between(best.values[objective.measure.key], limit, objective.sign)
        return SchemeFound(name, best, limit, gap, len(tried))
    reason = _reason(searcher, name, limit, tried)
    return SchemeFound(name, None, limit, None, len(tried), reason)


def _reason(searcher: Searcher, name: str, limit: float | None, tried: list[Record]) -> str:
    """Why a scheme has no best design."""
    if tried:
        rest = "no other design could" if limit is None else "others were not run"
        return str(none_complete(searcher.study, tried, rest))
    if limit is not None:
        return "no design of it was run"
    return str(_nothing(searcher, name))


def _nothing(searcher: Searcher, name: str) -> LightSimError:
    """Why no design of a scheme could be run: the error of the same study with this scheme
    alone."""
    study = searcher.study
    lanes = {key: value for key, value in study.lanes.items() if key == name}
    alone = replace(study, axes={**study.axes, "scheme": (name,)}, lanes=lanes)
    try:
        bounds = searcher.bounds(alone.space)
    except LightSimError as error:
        return error
    return unreachable(alone, bounds, searcher.scores.by_scheme)
