"""The rows of the table of transfers: a transfer is one run, or a box of activations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined
from lightsim.tiled.timeline.layout import (
    ADDRESS_AT,
    BASE,
    BYTES_AT,
    IMAGE_STEP,
    IMAGES,
    LENGTH,
    LINE_STEP,
    LINES,
    PLANE_STEP,
    PLANES,
    TILE,
    TRANSFERS_FROM,
    VIEW_BASE,
    VIEW_BLOCK,
    VIEW_BLOCKS,
    VIEW_COLUMNS,
    VIEW_FIELDS,
    VIEW_FIRST,
    VIEW_ROWS,
    VIEWS,
)

__all__ = ["fill_box", "fill_line", "next_transfer"]

Table = NDArray[np.int64]


@inlined
def next_transfer(at: Table, stream: int) -> int:
    """The number of a stream's next transfer."""
    at[TRANSFERS_FROM + stream] += 1
    return int(at[TRANSFERS_FROM + stream]) - 1


@inlined
def fill_line(tile: Table, index: int, row: Table) -> None:
    """Write a transfer of one run to `row`; `tile` holds the address and the bytes of the run."""
    row[TILE] = index
    row[BASE] = tile[ADDRESS_AT]
    row[LENGTH] = tile[BYTES_AT]
    row[LINES], row[PLANES], row[IMAGES] = 1, 1, 1
    row[LINE_STEP], row[PLANE_STEP], row[IMAGE_STEP] = 0, 0, 0


@inlined
def fill_box(
    p: Table,
    view: int,
    word: int,
    index: int,
    images: tuple[int, int],
    channels: tuple[int, int],
    rows: tuple[int, int],
    columns: tuple[int, int],
    row: Table,
) -> None:
    """Write the transfer of a box of activations to `row`; whole rows and blocks join to runs."""
    at = VIEWS + VIEW_FIELDS * view
    block = p[at + VIEW_BLOCK]
    first = (p[at + VIEW_FIRST] + channels[0]) // block
    blocks = -(-(p[at + VIEW_FIRST] + channels[1]) // block) - first
    line = p[at + VIEW_COLUMNS] * word
    plane = p[at + VIEW_ROWS] * line
    lines, length = rows[1] - rows[0], (columns[1] - columns[0]) * word
    if length == line:
        length, lines = lines * line, 1
    if length == plane:
        length, blocks = blocks * plane, 1
    if lines == 0 or length == 0:
        lines, length = 0, 0
    row[TILE] = index
    row[BASE] = (
        p[at + VIEW_BASE]
        + (images[0] * p[at + VIEW_BLOCKS] + first) * plane
        + rows[0] * line
        + columns[0] * word
    )
    row[LENGTH] = length
    row[LINES] = lines
    row[LINE_STEP] = line
    row[PLANES] = blocks
    row[PLANE_STEP] = plane
    row[IMAGES] = images[1] - images[0]
    row[IMAGE_STEP] = p[at + VIEW_BLOCKS] * plane
