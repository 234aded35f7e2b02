"""What only a streaming machine has to report: its interval, its engines, its FIFOs."""

from __future__ import annotations

from collections.abc import Mapping

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline.steady import Steady
from lightsim.streaming.timing import Timing
from lightsim.template.findings import OwnPart

__all__ = ["own_parts"]

Row = Mapping[str, str | int | float | bool | Mapping[str, int] | None]


def own_parts(pipeline: Pipeline, timing: Timing, steady: Steady | None) -> tuple[OwnPart, ...]:
    """The numbers and tables of a run."""
    slowest = max(pipeline.engines, key=lambda engine: engine.program.image_steps)
    steps = slowest.program.image_steps
    interval: int | float | None = None
    rate: float | None = None
    if steady is not None:
        whole = steady.interval.denominator == 1
        interval = int(steady.interval) if whole else float(steady.interval)
        rate = float(pipeline.design.clock_hz / steady.interval)
    return (
        OwnPart(
            "interval_cycles", "Interval", interval,
            "cycles from an image to the next when the pipeline is full, for ever",
        ),
        OwnPart(
            "steady_images_per_s", "Steady rate", rate, "images a second at that interval"
        ),
        OwnPart(
            "first_image_cycles", "First image", int(timing.done(pipeline)[0]),
            "cycles until it is in memory",
        ),
        OwnPart(
            "bottleneck", "Bottleneck", slowest.name,
            f"takes {steps:,} cycles an image: without waiting the interval would be its own",
        ),
        OwnPart(
            "engines", "Engines", _engines(pipeline, timing),
            "Interval: the cycles an engine takes for an image where nothing makes it wait. "
            "Stalls: cycles of the run in which it waited for a word (input) and for room (fifo).",
        ),
        OwnPart(
            "fifos", "FIFOs", _fifos(pipeline, timing),
            "Depth and highest filling in words, places that are promised to words on their way "
            "included; line buffers of sliding windows are among them.",
        ),
    )  # fmt: skip


def _engines(pipeline: Pipeline, timing: Timing) -> tuple[Row, ...]:
    return tuple(
        {
            "name": engine.name,
            "kind": engine.kind,
            "interval": engine.program.image_steps,
            "pe": engine.pe,
            "simd": engine.simd,
            "latency": engine.latency,
            "stalls": {"input": int(word), "fifo": int(room)},
        }
        for engine, (word, room) in zip(pipeline.engines, timing.stalls, strict=True)
    )


def _fifos(pipeline: Pipeline, timing: Timing) -> tuple[Row, ...]:
    return tuple(
        {
            "name": fifo.name,
            "from": pipeline.engines[fifo.writer].name,
            "to": pipeline.engines[fifo.reader].name,
            "bits": fifo.width,
            "depth": fifo.depth,
            "highest": int(highest),
        }
        for fifo, highest in zip(pipeline.fifos, timing.highest, strict=True)
    )
