"""The steady state of a pipeline: how many cycles lie between two images when all is filled."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline.model import Played, run

__all__ = ["Steady", "steady_state"]

_FIRST, _MOST, _LONGEST_PERIOD = 4, 256, 6


@dataclass(frozen=True, slots=True)
class Steady:
    """From image `since` on, images follow each other at `interval` cycles, for ever.

    Proven: every step of every engine lies, for as many images as a FIFO can hold, exactly as far
    behind the step of `period` images before it.
    """

    interval: Fraction
    period: int
    since: int


def steady_state(pipeline: Pipeline, most: int = _MOST) -> Steady | None:
    """The steady state, None where a run of `most` images does not come to one.

    Raises nothing at a deadlock: there is no steady state then.
    """
    held = 1 + max(-(-fifo.depth // fifo.words) for fifo in pipeline.fifos)
    images = max(_FIRST, held + 2)
    while images <= max(most, held + 2):
        played = run(pipeline, images)
        if played.deadlock is not None:
            return None
        for period in range(1, _LONGEST_PERIOD + 1):
            if images > held + period and (found := _repeats(played, held, period)) is not None:
                return found
        images *= 2
    return None


def _repeats(played: Played, held: int, period: int) -> Steady | None:
    """The steady state if the last `held` images repeat those of `period` images before."""
    assert played.marks is not None
    later, earlier = slice(-held, None), slice(-held - period, -period)
    if (played.marks[:, later] != played.marks[:, earlier]).any():
        return None
    behind = played.starts[:, later] - played.starts[:, earlier]
    if (behind != behind[0, 0]).any():
        return None
    return Steady(Fraction(int(behind[0, 0]), period), period, played.images - held - period)
