"""Pipelines with other depths of their FIFOs, and depths that lose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline.model import run
from lightsim.streaming.timeline.steady import least_interval

__all__ = ["enough", "free_to_choose", "with_depths"]

_IMAGES = 6


def free_to_choose(pipeline: Pipeline) -> list[str]:
    """The names of the FIFOs whose depth is a choice: all but line buffers."""
    return [fifo.name for fifo in pipeline.fifos if not fifo.lines]


def with_depths(pipeline: Pipeline, depths: Mapping[str, int]) -> Pipeline:
    """The same pipeline with some depths changed, in its design too."""
    fifos = tuple(replace(f, depth=depths.get(f.name, f.depth)) for f in pipeline.fifos)
    design = replace(pipeline.design, fifos={**pipeline.design.fifos, **depths})
    return replace(pipeline, fifos=fifos, design=design)


def enough(pipeline: Pipeline) -> dict[str, int]:
    """Depths at which a pipeline is as fast as with endless FIFOs.

    Images come evenly, a word after another, at the rate of the slowest engine, into endless FIFOs:
    what those hold at most, and one word more, is depth enough for that run to be the same, so the
    rate is kept; and who does not hold words back only has every step earlier.
    """
    names = free_to_choose(pipeline)
    endless = {f.name: max(f.depth, _IMAGES * f.words) for f in pipeline.fifos if f.name in names}
    rate = least_interval(pipeline)
    played = run(with_depths(pipeline, endless), _IMAGES, rate)
    return {
        fifo.name: max(2, int(played.highest[number]) + 1)
        for number, fifo in enumerate(pipeline.fifos)
        if fifo.name in names
    }
