"""A transfer's requests, one after another: the next address, its channel and its size.

In this room `machine` is the state and `s` where the stream in question stands in it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lightsim.timeline.layout import (
    ACTIVE,
    ADDRESS,
    BASE,
    CHANNEL,
    CHANNELS,
    IMAGE,
    IMAGE_STEP,
    IMAGES,
    IN_HAND,
    INTERLEAVE,
    LEFT,
    LENGTH,
    LINE,
    LINE_STEP,
    LINES,
    NBYTES,
    PLANE,
    PLANE_STEP,
    PLANES,
    REQUEST,
    WHERE,
)

__all__ = ["first_request", "next_request"]

Table = NDArray[np.int64]


@njit(cache=True, error_model="numpy")
def first_request(machine: Table, s: int, transfers: Table, number: int) -> None:
    """Put the first request of the transfer in hand into its stream; there is one."""
    at = machine[s + IN_HAND]
    machine[s + LINE], machine[s + PLANE], machine[s + IMAGE] = 0, 0, 0
    machine[s + WHERE] = transfers[number, at, BASE]
    machine[s + LEFT] = transfers[number, at, LENGTH]
    machine[s + ACTIVE] = 1
    _cut(machine, s)


@njit(cache=True, error_model="numpy")
def next_request(machine: Table, s: int, transfers: Table, number: int) -> None:
    """Put the next request into the stream, or take ACTIVE from it after the last."""
    if machine[s + LEFT] == 0:
        at = machine[s + IN_HAND]
        line = machine[s + LINE] + 1
        if line == transfers[number, at, LINES]:
            line = 0
            plane = machine[s + PLANE] + 1
            if plane == transfers[number, at, PLANES]:
                plane = 0
                machine[s + IMAGE] += 1
                if machine[s + IMAGE] == transfers[number, at, IMAGES]:
                    machine[s + ACTIVE] = 0
                    return
            machine[s + PLANE] = plane
        machine[s + LINE] = line
        machine[s + WHERE] = (
            transfers[number, at, BASE]
            + line * transfers[number, at, LINE_STEP]
            + machine[s + PLANE] * transfers[number, at, PLANE_STEP]
            + machine[s + IMAGE] * transfers[number, at, IMAGE_STEP]
        )
        machine[s + LEFT] = transfers[number, at, LENGTH]
    _cut(machine, s)


@njit(cache=True, error_model="numpy")
def _cut(machine: Table, s: int) -> None:
    """Cut a request from the run at the next multiple of the request size, a power of two."""
    where, limit = machine[s + WHERE], machine[REQUEST]
    nbytes = min(limit - (where & (limit - 1)), machine[s + LEFT])
    machine[s + NBYTES] = nbytes
    machine[s + ADDRESS] = where
    channels = machine[CHANNELS]
    if channels > 1:
        interleave = machine[INTERLEAVE]
        stripe = where // interleave
        machine[s + ADDRESS] = stripe // channels * interleave + where - stripe * interleave
        machine[s + CHANNEL] = stripe % channels
    machine[s + WHERE] = where + nbytes
    machine[s + LEFT] -= nbytes
