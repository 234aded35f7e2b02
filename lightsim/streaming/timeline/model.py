"""The timeline of a pipeline: its arrays made, played, and read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline import kernel as at
from lightsim.streaming.timing import Deadlock, Timing

__all__ = ["Played", "run"]

_CHUNK = 1024
_ENDLESS = 1 << 60


@dataclass(frozen=True, slots=True, eq=False)
class Played(Timing):
    """As `Timing`; `marks` int64[engines, images] are equal for two images of an engine whose
    steps all lie equally far behind its first one (but for one pair in 2^64)."""

    marks: NDArray[np.int64] | None = None


def run(pipeline: Pipeline, images: int, pace: int = 0, late: int = 0) -> Played:
    """The timing of `images` images one behind the other.

    What stores outputs begins no sooner than in cycle `late`, when all FIFOs may be full. With
    `pace` images come evenly, none sooner than one in so many cycles: no step `n` of a load happens
    before `n * pace / steps of an image`.
    """
    engines, entries, exits, ports = _engines(pipeline, images)
    for row, engine in zip(engines, pipeline.engines, strict=True):
        row[at.PACE] = pace if engine.kind == "load" else 0
        row[at.AT] = late - 1 if engine.kind == "store" else -1
    fifos, room = _fifos(pipeline)
    count = len(engines)
    pushed_at, freed_at = np.zeros(room, np.int64), np.zeros(room, np.int64)
    starts, ends, marks = (np.zeros((count, images), np.int64) for _ in range(3))
    queue, queued = np.zeros(count + 1, np.int64), np.zeros(count, np.int64)
    ended = at.play(
        engines, entries, exits, ports, fifos, pushed_at, freed_at, starts, ends, marks, queue,
        queued, _CHUNK, _ENDLESS,
    )  # fmt: skip
    return Played(
        starts=starts,
        ends=ends,
        stalls=engines[:, [at.STALLED_IN, at.STALLED_OUT]],
        highest=fifos[:, at.HIGHEST],
        deadlock=_deadlock(pipeline, engines) if ended == 1 else None,
        marks=marks,
    )


def _engines(
    pipeline: Pipeline, images: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every engine's row, and the entries, exits and ports that the rows point to."""
    rows = np.zeros((len(pipeline.engines), at.ENGINE_FIELDS), np.int64)
    entry = leave = port = 0
    for row, engine in zip(rows, pipeline.engines, strict=True):
        work = engine.program
        row[at.STEPS], row[at.REPEATS] = work.steps, work.repeats
        row[at.PERIODS] = work.repeats * images
        row[at.ENTRIES], row[at.LAST_ENTRY] = entry, entry + len(work.entries)
        row[at.EXITS], row[at.LAST_EXIT] = leave, leave + len(work.exits)
        row[at.ENTRY], row[at.EXIT] = entry, leave
        row[at.INPUTS], row[at.IN] = len(engine.inputs), port
        row[at.OUTPUTS], row[at.OUT] = len(engine.outputs), port + len(engine.inputs)
        row[at.LAG] = engine.latency if pipeline.rigid and engine.outputs else 0
        row[at.LATE] = 0 if pipeline.rigid or not engine.outputs else engine.latency
        row[at.LATENCY] = engine.latency
        row[at.AT] = row[at.STEP] = -1
        entry, leave = entry + len(work.entries), leave + len(work.exits)
        port += len(engine.inputs) + len(engine.outputs)
    entries = [engine.program.entries for engine in pipeline.engines]
    exits = [engine.program.exits for engine in pipeline.engines]
    ports = [number for e in pipeline.engines for number in (*e.inputs, *e.outputs)]
    return rows, np.concatenate(entries), np.concatenate(exits), np.array(ports, np.int64)


def _fifos(pipeline: Pipeline) -> tuple[NDArray[np.int64], int]:
    """Every FIFO's row, and how many times all of them keep together."""
    rows = np.zeros((len(pipeline.fifos), at.FIFO_FIELDS), np.int64)
    base = 0
    for row, fifo in zip(rows, pipeline.fifos, strict=True):
        # Words that are in it, and those that came and went since they were counted.
        size = 1 << (2 * fifo.depth + _CHUNK + 8).bit_length()
        row[at.DEPTH], row[at.WRITER], row[at.READER] = fifo.depth, fifo.writer, fifo.reader
        row[at.MASK], row[at.BASE] = size - 1, base
        base += size
    return rows, base


def _deadlock(pipeline: Pipeline, engines: NDArray[np.int64]) -> Deadlock:
    waiting = {}
    for engine, row in zip(pipeline.engines, engines, strict=True):
        if row[at.STATUS] != at.DONE:
            what = "a word of" if row[at.STATUS] == at.NO_WORD else "room in"
            waiting[engine.name] = f"{what} '{pipeline.fifos[row[at.ON]].name}'"
    return Deadlock(int(engines[:, at.AT].max()), waiting)
