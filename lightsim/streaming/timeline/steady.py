"""The steady state of a pipeline: how many cycles lie between two images in the long run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.mapping.program import Program
from lightsim.streaming.timeline.model import Played, run

__all__ = ["Steady", "least_interval", "paced", "settled", "steady_state"]

_LONGEST_PERIOD = 6
# Words that are looked at before a run is given up (some seconds), and images at the least and most.
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
    """The steady state, None where a run of `most` images (by default: as many as take some
    seconds) does not come to one, nor one of as many images as fill the deepest FIFO eight times,
    or comes to a deadlock.
    """
    least = least_interval(pipeline)
    found = settled(paced(pipeline, least), most)
    if found is not None and found.interval == least:
        return replace(found, since=None)
    return settled(pipeline, most)


def least_interval(pipeline: Pipeline) -> int:
    """The steps of the slowest engine: no image follows another sooner."""
    return max(engine.program.image_steps for engine in pipeline.engines)


def paced(pipeline: Pipeline, cycles: int) -> Pipeline:
    """The pipeline with a source that begins an image no sooner than so many cycles after another.

    Raises `ValueError` for fewer cycles than an image takes to load.
    """
    number, load = next((n, e) for n, e in enumerate(pipeline.engines) if e.kind == "load")
    work = load.program
    if cycles < work.image_steps:
        raise ValueError(f"an image takes {work.image_steps} cycles to load")
    first = np.arange(work.repeats, dtype=np.int64)[:, None] * work.steps
    slowly = Program(cycles, 1, work.entries, (first + work.exits[None]).ravel())
    engines = list(pipeline.engines)
    engines[number] = replace(load, program=slowly)
    return replace(pipeline, engines=tuple(engines))


def settled(pipeline: Pipeline, most: int | None = None) -> Steady | None:
    """When and at what interval a run comes to repeat itself; None as of `steady_state`."""
    held = 1 + max(-(-fifo.depth // fifo.words) for fifo in pipeline.fifos)
    spare = _emptying(pipeline)
    if most is None:
        words = sum(fifo.words for fifo in pipeline.fifos)
        most = min(max(_MOST_WORDS // words, _LEAST_IMAGES), _MOST_IMAGES)
    images = held + 2 + spare
    while images <= max(most, 8 * held + 2) + spare:
        played = run(pipeline, images)
        if played.deadlock is not None:
            return None
        for period in range(1, _LONGEST_PERIOD + 1):
            found = None
            if images > held + period + spare:
                found = _repeats(played, (held, spare), period)
            if found is not None:
                return found
        images *= 2
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
