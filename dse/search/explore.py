"""`explore`: a study searched, with its limit, its gap and its front."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Literal

from dse.accuracy.given import CallableAccuracy
from dse.evaluation.processes import Crew
from dse.free_k.problem import FreeK, free_k_of
from dse.limits.shortfall import unreachable
from dse.machine.design import Design
from dse.machine.doors import Machine
from dse.machine.outcome import Outcome
from dse.search.exact_mapping import mapped_exactly
from dse.search.front import front_of
from dse.search.pool import Pool
from dse.search.result import Exploration
from dse.search.schemes import SchemeFound, found_by_scheme
from dse.search.searcher import Progress, Searcher
from dse.search.waves import enumerated, sampled
from dse.space.points import Space, check_size
from dse.storage.lost import LostError
from dse.storage.opening import Begin, open_store
from dse.storage.record import Record
from dse.storage.records import Form
from dse.study.grounds import grounds
from dse.study.samplers import ENUMERATE, make_sampler, sampler_for
from dse.study.study import Study
from dse.study.writing import absolute, study_text
from lightsim.errors import InputError

__all__ = ["explore"]

# The most families that a space may have: bounding one takes about a microsecond.
_MOST_FAMILIES = 1_000_000_000
# Up to this size every design of a space is looked at in the order of the bounds, without a
# sampler.
_MOST_ENUMERATED = 1 << 40


def explore(
    study: Study,
    *,
    storage: str | None = None,
    resume: bool | Literal["if there"] = False,
    overwrite: bool = False,
    progress: Progress | None = None,
    accuracy: CallableAccuracy | None = None,
    opened: Callable[[], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> Exploration:
    """Search a study and return its front, every trial, and the bounds that no design can beat.

    `storage` says where the trials are kept: None (in memory), a journal file or a database URL.
    If the storage holds trials of the study already, `resume` goes on with these trials and
    `overwrite` deletes them; without either the study is refused. The study is locked for this
    process until the search ends.

    `opened` is called once the study is locked, before the search begins. `progress` is called
    with a `Step` after every wave. `note` is called with a line about trials that are dropped or
    a lock that is waited for; without it such lines go to the log. `accuracy` is a function of
    the user's that judges allocations where k is free; with several workers it must be picklable.

    Ctrl-C ends the search: the result holds the trials so far and says `interrupted`. Raises
    `InputError` for a study that cannot be accepted, `BudgetError` if no design of the space can
    keep the budgets, `OutputError` if trials can no longer be kept.
    """
    space, machine = study.space, Machine.of(study.template)
    check_size(space, space.family_axes, _MOST_FAMILIES)
    machine.builder(study.board, study.resource_limits(), {}).check(space)
    sampler = sampler_for(study.search.sampler, space.size, study.search.trials, _MOST_ENUMERATED)
    joints: list[FreeK | None] = []

    def form() -> Form:
        joints.append(free_k_of(study, accuracy))
        return _form(study, space, joints[0])

    with open_store(
        storage,
        study.name,
        study_text(absolute(study), searching=False),
        grounds(absolute(study)),
        form,
        None if sampler == ENUMERATE else make_sampler(sampler, study.search.seed),
        _begin(resume, overwrite),
        note,
    ) as store:
        if opened is not None:
            opened()
        (free_k,) = joints
        crew = Crew(
            machine, study.shares, study.search.seed, study.search.workers,
            with_energy=study.asks_for_energy, free_k=free_k,
        )  # fmt: skip
        with crew:
            return _searched(Searcher(study, space, store, crew, progress, free_k), sampler)


def _begin(resume: bool | Literal["if there"], overwrite: bool) -> Begin:
    if resume and overwrite:
        raise InputError("overwrite", "with resume=True", "accepted: one of them")
    if overwrite:
        return "overwrite"
    if resume == "if there":
        return "resume if there"
    return "resume" if resume else "new"


def _form(study: Study, space: Space, free_k: FreeK | None) -> Form:
    """What every trial of the study looks like."""
    filters = {} if free_k is None else {name: k.size for name, k in free_k.most_terms.items()}
    objectives = {o.measure.key: o.sign for o in study.objectives}
    return Form(space, tuple(share.network for share in study.shares), objectives, filters)


def _searched(searcher: Searcher, sampler: str) -> Exploration:
    """The whole search. An interrupt ends the search early: the result holds the trials so far."""
    store = searcher.store
    interrupted = True
    pool: Pool | None = None
    try:
        searcher.records = store.records()
        with suppress(KeyboardInterrupt):
            store.end_open_trials()
            pool = searcher.pool(searcher.space)
            searcher.step(pool)
            _check_any(searcher, pool)
            _search(searcher, pool, sampler)
            _check_any(searcher, pool)
            interrupted = False
        if interrupted:  # the storage may hold a trial that the searcher has not noted yet
            searcher.records = store.records()
    except LostError as lost:
        raise lost.told(len(searcher.records)) from None
    return _result(searcher, pool, sampler, interrupted)


def _check_any(searcher: Searcher, pool: Pool) -> None:
    """Raise the reason if no design was run and no design is open either."""
    if searcher.records or pool.limit() is not None:
        return
    reason = pool.bounds.nothing_left()
    if reason is not None:
        raise reason
    raise unreachable(searcher.study, pool.bounds, searcher.scores.by_scheme)


def _search(searcher: Searcher, pool: Pool, sampler: str) -> None:
    """Run waves until every design is closed, or the trials (or seconds) of the study are used
    up."""
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
        spent = time.monotonic() >= ends if proving else len(searcher.records) >= search.trials
        if spent or next(waves, True) is True:
            return


def _result(searcher: Searcher, pool: Pool | None, sampler: str, interrupted: bool) -> Exploration:
    study = searcher.study
    if pool is not None:
        searcher.close_all(pool)
    usual = study.search.mapping == "usual"
    if pool is not None and not usual:
        mapped = mapped_exactly(searcher, pool)
        front, limits, complete, left = mapped.front, mapped.limits, mapped.records, mapped.left
    else:
        front = front_of(searcher.records, study.objectives)
        limits = () if pool is None else searcher.limits(pool)
        complete, left = searcher.records, []
    limit, gap = (limits[0].value, limits[0].gap) if limits else (None, None)
    schemes = () if pool is None else found_by_scheme(searcher, pool, limit, complete, left)
    if not study.asks_for_energy:
        known = {record.number: _with_energy(searcher, record) for record in front}
        front = [known[record.number] for record in front]
        schemes = tuple(_told(searcher, row, known) for row in schemes)
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
        left_out={} if pool is None else pool.left_out.by_count(),
        schemes=schemes,
        limit_of_any_k=None if pool is None else searcher.limit_of_any_k(pool),
    )


def _told(searcher: Searcher, row: SchemeFound, known: Mapping[int, Record]) -> SchemeFound:
    """A scheme's row with the energy of its best design."""
    if row.best is None:
        return row
    best = known.get(row.best.number)
    return replace(row, best=_with_energy(searcher, row.best) if best is None else best)


def _with_energy(searcher: Searcher, record: Record) -> Record:
    """The record of a design with its energy: the design is run again, because the search did not
    count energy."""
    study, design = searcher.study, searcher.builder.build(searcher.space.point(record.number))
    assert isinstance(design, Design)
    evaluator = searcher.machine.evaluator(study.shares, study.search.seed, free_k=searcher.free_k)
    outcome = evaluator.run(design)
    assert isinstance(outcome, Outcome)
    return replace(record, values=outcome.values(design, study.shares) | dict(record.values))
