"""Which designs are run next: in the order of their bounds, or where a sampler looks.

Designs are run in waves of a fixed size, whatever the number of processes, and a wave's trials
are told in order: the same seed gives the same trials on one process or on many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dse.machine.design import Design
from dse.search.pool import Pool
from dse.search.schemes import without_best
from dse.search.searcher import WAVE, Searcher
from dse.space.axes import axes_of
from dse.storage.record import Record

if TYPE_CHECKING:
    from optuna.trial import Trial

__all__ = ["enumerated", "sampled", "sampled_axes"]

# A sampler that finds nothing open where it looks so often in turn has seen it all.
_MOST_EMPTY = 64


def enumerated(searcher: Searcher, pool: Pool) -> Iterator[None]:
    """Run open designs, each time the most promising for one objective after another.

    Of an accuracy that k is chosen by nothing is known early: where it is an objective, the
    choices of k take turns instead, each with the most promising design for the first one.
    Schemes of which no design is complete have one run in every wave after its first, so that each
    can be compared.
    """
    objectives = len(searcher.study.objectives)
    ks = len(searcher.space.axes.get("k", ())) or 1 if objectives > 1 else 1
    turn = len(searcher.records)
    while True:
        wave: list[tuple[int, Design]] = []
        size, waiting = searcher.wave_size(), without_best(searcher)
        while len(wave) < size:
            place, found = turn % WAVE - 1, None
            if 0 <= place < len(waiting):
                found = searcher.next_design(pool, within={"scheme": waiting[place]})
            if found is None and ks == 1:
                found = searcher.next_design(pool, turn % objectives)
            elif found is None:
                found = _in_turn(searcher, pool, turn, ks)
            if found is None:
                break
            wave.append(found)
            turn += 1
        if not wave:
            return
        searcher.run_wave(pool, wave)
        yield


def sampled(searcher: Searcher, pool: Pool) -> Iterator[None]:
    """Run designs where Optuna's sampler looks: the most promising of its part of the space.

    A trial sets the axes of `sampled_axes`; of all designs with its choices the one with the best
    bound that is still open is run.
    """
    names = sampled_axes(searcher)
    objectives = len(searcher.study.objectives)
    empty, turn = 0, len(searcher.records)
    while empty < _MOST_EMPTY:
        size = searcher.wave_size()
        wave: list[tuple[int, Design]] = []
        trials: list[Trial] = []
        while len(wave) < size and empty < _MOST_EMPTY:
            trial, point = searcher.store.ask(names)
            within = {name: searcher.space.axes[name].index(c) for name, c in point.items()}
            found = searcher.next_design(pool, turn % objectives, within)
            if found is None:
                searcher.store.tell(trial, None)
                empty += 1
                continue
            empty = 0
            turn += 1
            wave.append(found)
            trials.append(trial)
        if not wave:
            return
        searcher.run_wave(pool, wave, _told(searcher, trials))
        yield


def _in_turn(searcher: Searcher, pool: Pool, turn: int, ks: int) -> tuple[int, Design] | None:
    """The most promising design for the next choice of k that has one."""
    for place in range(ks):
        found = searcher.next_design(pool, 0, {"k": (turn + place) % ks})
        if found is not None:
            return found
    return None


def sampled_axes(searcher: Searcher) -> tuple[str, ...]:
    """The axes that a sampler sets: those of the families that are not solved, if there are any."""
    space, axes = searcher.space, axes_of(searcher.study.template)
    free = tuple(name for name in space.family_axes if len(space.axes[name]) > 1)
    outer = tuple(name for name in free if not axes[name].solved)
    return outer or free


def _told(searcher: Searcher, trials: list[Trial]) -> Callable[[Record], None]:
    """Ends the trials of a wave, one with each record, in order."""
    left = iter(trials)
    return lambda record: searcher.store.tell(next(left), record)
