"""The requests of a transfer, one after another: address, channel and size of the next request.

In this room `machine` is the state, and `s` is the place of the stream in the state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined
from lightsim.tiled.timeline.layout import (
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
    LINE_WHERE,
    LINES,
    NBYTES,
    PLANE,
    PLANE_STEP,
    PLANES,
    REQUEST,
    ROW,
    TRANSFER_FIELDS,
    WHERE,
)

__all__ = ["cut", "first_run", "next_run"]

Table = NDArray[np.int64]


@inlined
def first_run(machine: Table, s: int, transfers: Table, number: int) -> None:
    """Put the first run of the transfer in hand into its stream; every transfer has a run."""
    at = machine[s + IN_HAND]
    for field in range(TRANSFER_FIELDS):
        machine[s + ROW + field] = transfers[number, at, field]
    machine[s + LINE], machine[s + PLANE], machine[s + IMAGE] = 0, 0, 0
    machine[s + WHERE] = machine[s + LINE_WHERE] = machine[s + ROW + BASE]
    machine[s + LEFT] = machine[s + ROW + LENGTH]


@inlined
def next_run(machine: Table, s: int) -> bool:
    """Put the transfer's next run into its stream; False if the transfer has no more runs."""
    line, plane, image = machine[s + LINE] + 1, machine[s + PLANE], machine[s + IMAGE]
    if line == machine[s + ROW + LINES]:
        line = 0
        plane += 1
        if plane == machine[s + ROW + PLANES]:
            plane = 0
            image += 1
        machine[s + PLANE], machine[s + IMAGE] = plane, image
    machine[s + LINE] = line
    where = (
        machine[s + ROW + BASE]
        + line * machine[s + ROW + LINE_STEP]
        + plane * machine[s + ROW + PLANE_STEP]
        + image * machine[s + ROW + IMAGE_STEP]
    )
    machine[s + WHERE] = machine[s + LINE_WHERE] = where
    machine[s + LEFT] = machine[s + ROW + LENGTH]
    return bool(image < machine[s + ROW + IMAGES])


@inlined
def cut(machine: Table, s: int) -> None:
    """Cut a request from the run, up to the next multiple of the request size, a power of two."""
    where, limit = machine[s + WHERE], machine[REQUEST]
    machine[s + NBYTES] = min(limit - (where & (limit - 1)), machine[s + LEFT])
    machine[s + ADDRESS] = where
    channels = machine[CHANNELS]
    if channels > 1:
        interleave = machine[INTERLEAVE]
        stripe = where // interleave
        machine[s + ADDRESS] = stripe // channels * interleave + where - stripe * interleave
        machine[s + CHANNEL] = stripe % channels
