"""What both models of the streaming machine find: images, stalls, occupancies, a deadlock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.streaming.mapping.pipeline import Pipeline

__all__ = ["Deadlock", "Timing", "check_alive"]


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Nothing moves after cycle `cycle`: `waiting` names for every engine that is not done what
    it waits for, `word of FIFO` or `room in FIFO`."""

    cycle: int
    waiting: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """A run of `images` images.

    `starts` and `ends` int64[engines, images]: the cycle of an image's first step in an engine,
    and the cycle after its last word was given (an engine that stores: was in memory).
    `stalls` int64[engines, 2]: cycles between its first and its last step in which an engine
    waited for a word, and for room. `highest` int64[fifos]: most words that a FIFO had taken
    room for, at the beginning of any cycle.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    stalls: NDArray[np.int64]
    highest: NDArray[np.int64]
    deadlock: Deadlock | None = None

    @property
    def images(self) -> int:
        """The number of images."""
        return int(self.ends.shape[1])

    def done(self, pipeline: Pipeline) -> NDArray[np.int64]:
        """When each image was whole in memory, all its outputs, int64[images]."""
        ends: NDArray[np.int64] = self.ends[list(pipeline.stored)].max(axis=0)
        return ends


def check_alive(timing: Timing, pipeline: Pipeline) -> None:
    """Raises `InputError` for a run that came to a deadlock, naming who waits for what."""
    stuck = timing.deadlock
    if stuck is None:
        return
    told = [f"'{name}' for {what}" for name, what in stuck.waiting.items()]
    shown = ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")
    full = {what.split("'")[1] for what in stuck.waiting.values() if what.startswith("room")}
    # Who reads a full FIFO and waits for a word waits for one that comes by another way.
    deeper = [
        f"'{fifo.name}' (now {fifo.depth})"
        for fifo in pipeline.fifos
        if fifo.name in full
        and stuck.waiting.get(pipeline.engines[fifo.reader].name, "").startswith("a word")
    ]
    raise InputError(
        pipeline.design.name,
        f"deadlock after cycle {stuck.cycle}: {shown} wait",
        f"accepted: a deeper FIFO, of {', '.join(deeper[:4])}" if deeper else None,
    )
