"""A transfer's requests, one after another: the next address, its channel and its size."""

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
def first_request(machine: Table, stream: Table, transfer: Table) -> None:
    """Put the transfer's first request into the stream; there is one."""
    stream[LINE], stream[PLANE], stream[IMAGE] = 0, 0, 0
    stream[WHERE] = transfer[BASE]
    stream[LEFT] = transfer[LENGTH]
    stream[ACTIVE] = 1
    _cut(machine, stream)


@njit(cache=True, error_model="numpy")
def next_request(machine: Table, stream: Table, transfer: Table) -> None:
    """Put the next request into the stream, or take ACTIVE from it after the last."""
    if stream[LEFT] == 0:
        stream[LINE] += 1
        if stream[LINE] == transfer[LINES]:
            stream[LINE] = 0
            stream[PLANE] += 1
            if stream[PLANE] == transfer[PLANES]:
                stream[PLANE] = 0
                stream[IMAGE] += 1
                if stream[IMAGE] == transfer[IMAGES]:
                    stream[ACTIVE] = 0
                    return
        stream[WHERE] = (
            transfer[BASE]
            + stream[LINE] * transfer[LINE_STEP]
            + stream[PLANE] * transfer[PLANE_STEP]
            + stream[IMAGE] * transfer[IMAGE_STEP]
        )
        stream[LEFT] = transfer[LENGTH]
    _cut(machine, stream)


@njit(cache=True, error_model="numpy")
def _cut(machine: Table, stream: Table) -> None:
    """Cut a request from the run at the next multiple of the request size, a power of two."""
    where, limit = stream[WHERE], machine[REQUEST]
    nbytes = min(limit - (where & (limit - 1)), stream[LEFT])
    stream[NBYTES] = nbytes
    stream[ADDRESS] = where
    channels = machine[CHANNELS]
    if channels > 1:
        interleave = machine[INTERLEAVE]
        stripe = where // interleave
        stream[ADDRESS] = stripe // channels * interleave + where - stripe * interleave
        stream[CHANNEL] = stripe % channels
    stream[WHERE] = where + nbytes
    stream[LEFT] -= nbytes
