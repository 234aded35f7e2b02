"""The note of one event, for a run with tracing; without tracing there is no room for events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined
from lightsim.tiled.timeline.layout import (
    EVENT_AMOUNT,
    EVENT_END,
    EVENT_LAUNCH,
    EVENT_START,
    EVENT_TILE,
    EVENT_UNIT,
    EVENTS,
)

__all__ = ["note"]

Table = NDArray[np.int64]


@inlined
def note(
    machine: Table,
    events: Table,
    unit: int,
    launch: int,
    tile: int,
    start: int,
    end: int,
    amount: int,
) -> None:
    """Note that a unit worked on a tile from cycle `start` to cycle `end`."""
    at = machine[EVENTS]
    if at < len(events) and end > start:
        events[at, EVENT_UNIT] = unit
        events[at, EVENT_LAUNCH] = launch
        events[at, EVENT_TILE] = tile
        events[at, EVENT_START] = start
        events[at, EVENT_END] = end
        events[at, EVENT_AMOUNT] = amount
        machine[EVENTS] = at + 1
