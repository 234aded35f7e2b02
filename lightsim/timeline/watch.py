"""The note of one event, for those who want every interval; nobody watches without room for it."""

from __future__ import annotations

from numba import njit

from lightsim.timeline.layout import (
    EVENT_AMOUNT,
    EVENT_END,
    EVENT_LAUNCH,
    EVENT_START,
    EVENT_TILE,
    EVENT_UNIT,
    EVENTS,
)
from lightsim.timeline.state import State

__all__ = ["note"]


@njit(cache=True, error_model="numpy")
def note(
    state: State, unit: int, launch: int, tile: int, start: int, end: int, amount: int
) -> None:
    """Note that a unit worked on a tile from `start` to `end`."""
    at = state.control[EVENTS]
    if at < len(state.events) and end > start:
        row = state.events[at]
        row[EVENT_UNIT] = unit
        row[EVENT_LAUNCH] = launch
        row[EVENT_TILE] = tile
        row[EVENT_START] = start
        row[EVENT_END] = end
        row[EVENT_AMOUNT] = amount
        state.control[EVENTS] = at + 1
