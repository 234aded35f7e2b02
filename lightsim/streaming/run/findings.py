"""What was found of a run on the streaming machine, as reports want it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from lightsim.streaming.mapping.engine import Engine
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.run.activity import events_of
from lightsim.streaming.run.layers import layer_reports
from lightsim.streaming.run.own import own_parts
from lightsim.streaming.timeline.steady import steady_state
from lightsim.streaming.timing import Timing
from lightsim.template.findings import Findings, TraceEvent, UnitReport
from lightsim.template.task import Task

__all__ = ["findings"]

_RESOURCE_NOTE = (
    "Resources are estimates: lanes by open synthesis of single lanes (Yosys 0.70), memories by "
    "the shapes of their blocks, the rest counted on paper; every part names its source."
)
_MEMORY_NOTE = (
    "Images and outputs move at one word of the port a cycle: the board's memory is not waited for."
)


def findings(
    task: Task, timing: Timing, outputs: Mapping[str, NDArray[np.int32]] | None
) -> Findings:
    """What a model's `timing` says of a task, and the `outputs` of one that moves the data."""
    pipeline: Pipeline = task.mapped.pipeline
    done = timing.done(pipeline)
    steady = steady_state(pipeline)
    notes = [_MEMORY_NOTE]
    if steady is None:
        notes.append("Images came to no steady interval in the images that were looked at.")
    products = [e.pe * e.simd for e in pipeline.engines if e.kind == "matrix"]
    port = pipeline.design.port_bits / 8
    return Findings(
        cycles=int(done.max()),
        first_cycles=int(done[len(task.batches[0]) - 1]),
        layers=layer_reports(pipeline, timing),
        units=tuple(
            _unit(engine, timing, number, int(done.max()))
            for number, engine in enumerate(pipeline.engines)
        ),
        trace=_trace(pipeline, timing) if task.tracing else (),
        events=events_of(pipeline, timing.images),
        memory_kind=pipeline.design.memory,
        peak_ops_per_cycle=2.0 * sum(products),
        peak_bytes_per_cycle=2 * port,
        port_bytes_per_cycle=port,
        mapping={name: asdict(folding) for name, folding in pipeline.design.layers.items()},
        outputs=outputs,
        notes=tuple(notes),
        resource_note=_RESOURCE_NOTE,
        own=own_parts(pipeline, timing, steady),
    )


def _unit(engine: Engine, timing: Timing, number: int, cycles: int) -> UnitReport:
    word, room = map(int, timing.stalls[number])
    busy = engine.program.image_steps * timing.images
    stalls = {"input": word, "fifo": room}
    return UnitReport(engine.name, busy, stalls, cycles - busy - word - room)


def _trace(pipeline: Pipeline, timing: Timing) -> tuple[TraceEvent, ...]:
    """Every image in every engine, from its first step to the first of the next, or to its end."""
    events = []
    for number, engine in enumerate(pipeline.engines):
        starts, ends = timing.starts[number], timing.ends[number]
        for image in range(timing.images):
            end = int(ends[image])
            if image + 1 < timing.images:
                end = min(end, int(starts[image + 1]))
            what = f"image {image}"
            events.append(TraceEvent(engine.name, what, int(starts[image]), end, {"image": image}))
    return tuple(events)
