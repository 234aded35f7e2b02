"""The FIFOs before additions and concats: deep enough to wait for the other branch."""

from __future__ import annotations

from dataclasses import replace

from lightsim.quantisation.workload import Workload
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.mapping.engine import Fifo
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline.model import run

__all__ = ["with_deep_branches"]

_IMAGES = 3


def with_deep_branches(workload: Workload, design: StreamingAccelerator) -> StreamingAccelerator:
    """The design with depths for the FIFOs of joining branches, those that it names kept.

    They are as deep as they ever are filled when they hold all that could come: so they make
    nothing wait that would not have waited for another FIFO.
    """
    pipeline = lay_out(workload, design)
    branches = _branches(pipeline)
    free = [number for number in branches if pipeline.fifos[number].name not in design.fifos]
    if not free:
        return design
    endless = list(pipeline.fifos)
    for number in free:
        fifo = endless[number]
        endless[number] = replace(fifo, depth=max(fifo.depth, _IMAGES * fifo.words))
    played = run(replace(pipeline, fifos=tuple(endless)), _IMAGES)
    depths = {
        pipeline.fifos[n].name: max(pipeline.fifos[n].depth, int(played.highest[n]) + 1)
        for n in free
    }
    return replace(design, fifos={**depths, **design.fifos})


def _branches(pipeline: Pipeline) -> list[int]:
    """The FIFOs on a way from a fork to a join on which no layer has its own engine."""
    found = []
    for number, fifo in enumerate(pipeline.fifos):
        if pipeline.engines[fifo.reader].kind in ("add", "concat"):
            found += _back(pipeline, number)
    return found


def _back(pipeline: Pipeline, number: int) -> list[int]:
    """A FIFO before a join, and those before its width converters."""
    fifo: Fifo = pipeline.fifos[number]
    writer = pipeline.engines[fifo.writer]
    more = _back(pipeline, writer.inputs[0]) if writer.kind == "width" else []
    return [number, *more]
