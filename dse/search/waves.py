"""Which designs are run next: in the order of their bounds, or where a sampler looks.

Designs are run in waves. A wave has the same size with any number of processes, and the sampler is
told the trials of a wave in order. So the same seed gives the same trials on one process or many.
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

# After so many places in turn without an open design a sampler is taken to have seen the space.
_MOST_EMPTY = 64


def enumerated(searcher: Searcher, pool: Pool) -> Iterator[None]:
    """Run open designs in the order of their bounds; the objectives take turns.

    When k is free, accuracy is known only after a run. If there are several objectives then, the
    choices of k take turns instead: each time the most promising design for the first objective
    is run. A scheme without a complete design gets a run in every wave, after the wave's first
    design, so that every scheme can be compared.
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
    """Run designs where Optuna's sampler looks.

    A trial of the sampler sets the axes of `sampled_axes`. Among the open designs with the trial's
    choices the design with the best bound is run.
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
    """The most promising open design of the next choice of k that has an open design."""
    for place in range(ks):
        found = searcher.next_design(pool, 0, {"k": (turn + place) % ks})
        if found is not None:
            return found
    return None


def sampled_axes(searcher: Searcher) -> tuple[str, ...]:
    """The axes that a sampler sets: the family axes with several choices, without the `solved`
    axes unless all are solved."""
    space, axes = searcher.space, axes_of(searcher.study.template)
    free = tuple(name for name in space.family_axes if len(space.axes[name]) > 1)
    outer = tuple(name for name in free if not axes[name].solved)
    return outer or free


def _told(searcher: Searcher, trials: list[Trial]) -> Callable[[Record], None]:
    """A function that ends the trials of a wave, one trial with each record, in order."""
    left = iter(trials)
    return lambda record: searcher.store.tell(next(left), record)
