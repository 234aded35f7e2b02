"""`explore`: a study searched, with its limit, its gap and its front."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import prod

from dse.accuracy.given import CallableAccuracy
from dse.arrays import ARRAY_AXES
from dse.design import Design
from dse.evaluate import Evaluator, Outcome
from dse.exact import mapped_exactly
from dse.front import front_of
from dse.joint.subject import joint_of
from dse.pool import Pool
from dse.record import Record
from dse.result import Exploration
from dse.samplers import ENUMERATE, make_sampler, sampler_for
from dse.search import Progress, Searcher
from dse.space import Space
from dse.store import open_store
from dse.study import Study
from dse.waves import enumerated, sampled
from dse.workers import Crew
from dse.writing import absolute, study_text
from lightsim.errors import BudgetError, InputError

__all__ = ["explore"]

# So many cores are bounded, about a microsecond each; those that fit the device are kept.
_MOST_CORES = 1_000_000_000
# So many arrays are added up module by module, in about half a millisecond each.
_MOST_ARRAYS = 2_000_000
# Spaces up to this size are run through in the order of their bounds.
_MOST_ENUMERATED = 1 << 40


def explore(
    study: Study,
    *,
    storage: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    accuracy: CallableAccuracy | None = None,
) -> Exploration:
    """Search a study; its front, every trial, and what no design of the space can beat.

    `storage` is None (in memory), a journal file or a database URL; `resume` goes on with the
    trials that are there. `progress` is told after every wave. Ctrl-C ends the search with what
    was found (`interrupted`). Where k is free, `accuracy` is a function of the user's that judges
    allocations; with several workers it must be one that can be pickled. Raises `InputError` for
    what cannot be accepted and `BudgetError` where no design of the space could keep the budgets.
    """
    space = Space(study.axes)
    joint = joint_of(study, accuracy)
    _check_size(space, space.core_names, _MOST_CORES)
    _check_size(space, ARRAY_AXES, _MOST_ARRAYS)
    sampler = sampler_for(study.search.sampler, space.size, study.search.trials, _MOST_ENUMERATED)
    store = open_store(
        storage,
        study.name,
        study_text(absolute(study), searching=False),
        space,
        {o.measure.key: o.sign for o in study.objectives},
        None if sampler == ENUMERATE else make_sampler(sampler, study.search.seed),
        resume=resume,
    )
    shares, seed, workers = study.shares, study.search.seed, study.search.workers
    with Crew(shares, seed, workers, with_energy=study.asks_for_energy, joint=joint) as crew:
        searcher = Searcher(study, space, store, crew, progress, joint)
        store.end_open_trials()
        searcher.records = store.records()
        interrupted = True
        pool: Pool | None = None
        with suppress(KeyboardInterrupt):
            pool = searcher.pool(space)
            searcher.step(pool)
            if pool.limit() is None and not searcher.records:
                raise BudgetError(f"{study.name}: no design of the space can keep the budgets")
            _search(searcher, pool, sampler)
            interrupted = False
        if interrupted:  # perhaps between keeping a trial and noting it
            searcher.records = store.records()
    return _result(searcher, pool, sampler, interrupted)


def _check_size(space: Space, names: tuple[str, ...], most: int) -> None:
    """Refuse more combinations of these axes than can be looked at."""
    count = prod(len(space.axes[name]) for name in names)
    if count > most:
        widest = max(names, key=lambda name: len(space.axes[name]))
        raise InputError(
            "[axes]",
            f"{count:,} combinations of {', '.join(names)}",
            f"accepted: at most {most:,} (fewer choices of {widest}); memories do not count",
        )


def _search(searcher: Searcher, pool: Pool, sampler: str) -> None:
    """Run waves until the space is closed or what may be spent is."""
    search = searcher.study.search
    waves = enumerated(searcher, pool) if sampler == ENUMERATE else sampled(searcher, pool)
    _run(searcher, pool, waves, proving=False)
    searcher.proving = search.prove
    if search.prove:
        _run(searcher, pool, enumerated(searcher, pool), proving=True)


def _run(searcher: Searcher, pool: Pool, waves: Iterator[None], *, proving: bool) -> None:
    search = searcher.study.search
    alone = len(searcher.study.objectives) == 1
    ends = searcher.began + search.seconds
    while True:
        gap = searcher.gap(searcher.limit(pool))
        if alone and gap is not None and gap <= search.gap:
            return
        spent = time.monotonic() >= ends if proving else searcher.evaluations() >= search.trials
        if spent or next(waves, True) is True:
            return


def _result(searcher: Searcher, pool: Pool | None, sampler: str, interrupted: bool) -> Exploration:
    study = searcher.study
    if pool is not None:
        searcher.close_all(pool)
    usual = study.search.mapping == "usual"
    if pool is not None and not usual:
        front, limits = mapped_exactly(searcher, pool)
    else:
        front = front_of(searcher.records, study.objectives)
        limits = () if pool is None else searcher.limits(pool)
    limit, gap = (limits[0].value, limits[0].gap) if limits else (None, None)
    if not study.asks_for_energy:
        front = [_with_energy(searcher, record) for record in front]
    return Exploration(
        study=study,
        space=searcher.space,
        builder=searcher.builder,
        records=tuple(searcher.records),
        front=tuple(front),
        steps=tuple(searcher.steps),
        limit=limit,
        gap=gap,
        limits=limits,
        exhaustive=pool is not None and pool.empty() and (usual or gap == 0),
        rejected=searcher.rejected,
        evaluations=searcher.evaluations(),
        accuracy_source=searcher.scores.source,
        accuracy_detail=searcher.scores.detail,
        sampler=sampler,
        interrupted=interrupted,
        limit_of_any_k=None if pool is None else searcher.limit_of_any_k(pool),
    )


def _with_energy(searcher: Searcher, record: Record) -> Record:
    """The record of a design of the front with its energy, which the search did not count."""
    study, design = searcher.study, searcher.builder.build(searcher.space.point(record.number))
    assert isinstance(design, Design)
    outcome = Evaluator(study.shares, study.search.seed, joint=searcher.joint).run(design)
    assert isinstance(outcome, Outcome)
    return replace(record, values=outcome.values(design, study.shares) | dict(record.values))
