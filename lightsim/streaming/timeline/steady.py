"""The steady state of a pipeline: how many cycles lie between two images in the long run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline.model import Played, run

__all__ = ["Steady", "least_interval", "steady_state"]

_LONGEST_PERIOD = 6
# Words that pass before a run is given up (some seconds), and images at the least and most.
_MOST_WORDS, _LEAST_IMAGES, _MOST_IMAGES = 300_000_000, 64, 2048


@dataclass(frozen=True, slots=True)
class Steady:
    """Images follow each other at `interval` cycles in the long run.

    Proven in one of two ways. Every step of every engine lies, for as many images as a FIFO can
    hold, exactly as far behind the step of `period` images before it, from image `since` on, so
    everything repeats. Or `since` is None: no engine is faster than `interval`, and where images
    come no sooner than one in so many cycles everything repeats at just that rate; who does not
    hold images back only has every step earlier.
    """

    interval: Fraction
    period: int
    since: int | None


def steady_state(pipeline: Pipeline, most: int | None = None) -> Steady | None:
    """The steady state; None at a deadlock, and where no run of at most `most` images (by default:
    of as many as take some seconds) comes to it.

    The long run does not depend on how it begins. So runs that begin evenly, at once, and with all
    FIFOs full are tried in turn, each for more and more images: after the first FIFOs that are a
    little too deep may take very long to fill, after the last to empty.
    """
    least, held = least_interval(pipeline), _held(pipeline)
    stored = sum(-(-fifo.depth // fifo.words) for fifo in pipeline.fifos if fifo.depth > fifo.words)
    images, spare = held + 2 + stored, _emptying(pipeline)
    full = least * (stored + len(pipeline.fifos) // 4 + 2)
    while images <= _most(pipeline, most):
        for pace, late in ((least, 0), (0, 0), (0, full)):
            played = run(pipeline, images + spare, pace, late)
            if played.deadlock is not None:
                return None
            found = _settled(played, held, spare)
            if found is not None and (pace == 0 or found.interval == least):
                return replace(found, since=found.since if pace == late == 0 else None)
        images *= 2
    return None


def least_interval(pipeline: Pipeline) -> int:
    """The steps of the slowest engine: no image follows another sooner."""
    return max(engine.program.image_steps for engine in pipeline.engines)


def _held(pipeline: Pipeline) -> int:
    """Images that a step may depend on the steps of."""
    return 1 + max(-(-fifo.depth // fifo.words) for fifo in pipeline.fifos)


def _most(pipeline: Pipeline, most: int | None) -> int:
    if most is None:
        words = sum(fifo.words for fifo in pipeline.fifos)
        most = min(max(_MOST_WORDS // words, _LEAST_IMAGES), _MOST_IMAGES)
    return max(most, 8 * _held(pipeline) + 2)


def _settled(played: Played, held: int, spare: int) -> Steady | None:
    """The steady state that the last images of a run have come to, but for so many spared."""
    for period in range(1, _LONGEST_PERIOD + 1):
        if played.images > held + period + spare:
            found = _repeats(played, (held, spare), period)
            if found is not None:
                return found
    return None


def _emptying(pipeline: Pipeline) -> int:
    """How many of a run's last images may lie otherwise than in an endless one.

    Empty steps empty a rigid pipeline behind the last image, so that its last words come early; in
    the next engine they push words of the image before it, and so on.
    """
    if not pipeline.rigid:
        return 0
    each = (-(-e.latency // e.program.image_steps) for e in pipeline.engines if e.outputs)
    return 1 + sum(each)


def _repeats(played: Played, window: tuple[int, int], period: int) -> Steady | None:
    """The steady state if so many images repeat those of `period` images before, so many spared."""
    assert played.marks is not None
    (held, spare), count = window, played.images
    later = slice(count - spare - held, count - spare)
    earlier = slice(later.start - period, later.stop - period)
    if (played.marks[:, later] != played.marks[:, earlier]).any():
        return None
    behind = played.starts[:, later] - played.starts[:, earlier]
    if (behind != behind[0, 0]).any():
        return None
    return Steady(Fraction(int(behind[0, 0]), period), period, later.start - period)
