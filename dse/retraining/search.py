"""The search of an accelerator for every candidate, and one front over all candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dse.reports.commands import run_command
from dse.reports.directory import BEST, JOURNAL, begin_results, write_results
from dse.retraining.candidates import FLIGHTNN, Candidate
from dse.search.explore import explore
from dse.search.result import Exploration
from dse.search.searcher import Step
from dse.study.study import parse_study
from lightsim.flow.given.resolve import DEFAULT_BOARD

__all__ = ["Point", "joint_front", "search_candidates"]


@dataclass(frozen=True, slots=True)
class Point:
    """A candidate on the best accelerator that was found for it.

    `limit` is the bound that no design of the space can beat; `command` runs the point. If k was
    free within a loss, the accuracies belong to the allocation that was chosen.
    """

    candidate: Candidate
    throughput: float
    limit: float | None
    accuracy: float
    choosing_accuracy: float
    command: str


def search_candidates(
    candidates: Sequence[Candidate],
    board: str | None,
    directory: Path,
    *,
    axes: Mapping[str, Any] | None = None,
    search: Mapping[str, Any] | None = None,
    progress: Callable[[Candidate], Callable[[Step], None] | None] | None = None,
) -> tuple[Point, ...]:
    """Explore accelerators for each candidate, in a results directory of its own.

    `axes` are the axes of a study, `search` the keys of its table `[search]`. `progress` returns
    for each candidate the function that is called after every wave of its search. A search that
    was stopped is resumed. A candidate without any design is left out. Raises what `explore`
    raises.
    """
    found: list[Point] = []
    for candidate in candidates:
        where = directory / f"designs-{candidate.label.replace(':', '-')}-seed-{candidate.seed}"
        table = {
            "name": where.name, "board": board or DEFAULT_BOARD,
            "network": [{"name": candidate.network}],
            "axes": {"scheme": FLIGHTNN, **(axes or {})},
        }  # fmt: skip
        study = parse_study(table, "explore", search)
        where.mkdir(parents=True, exist_ok=True)
        own = explore(
            study,
            storage=str(where / JOURNAL),
            resume="if there",
            progress=None if progress is None else progress(candidate),
            opened=partial(begin_results, study, where),
        )
        write_results(own, where)
        if own.interrupted:
            raise KeyboardInterrupt
        if own.front:
            found.append(_point(candidate, own, where))
    return tuple(found)


def joint_front(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points that no other point beats in both throughput and choosing accuracy, the fastest
    first. Of equal points only the point with the least strengths is kept."""
    ranked = sorted(
        points, key=lambda p: (-p.throughput, -p.choosing_accuracy, p.candidate.strengths)
    )
    kept: list[Point] = []
    for point in ranked:
        if not kept or point.choosing_accuracy > kept[-1].choosing_accuracy:
            kept.append(point)
    return tuple(kept)


def _point(candidate: Candidate, own: Exploration, where: Path) -> Point:
    best = own.front[0].values
    return Point(
        candidate,
        best["throughput_images_per_s"],
        own.limit,
        best.get("accuracy", candidate.accuracy) if own.front[0].k else candidate.accuracy,
        best.get("choosing_accuracy", candidate.choosing_accuracy),
        run_command(own, str((where / BEST).absolute()), anywhere=True),
    )
