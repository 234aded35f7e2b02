"""A pass that does not fit the buffers of one design is checked against every array of the space.

A pass that fits no memory of the space would cost a search all its time if designs were tried one
by one. So the needs of its smallest tiles are calculated once for every array, and the arrays and
buffer sizes that cannot hold them are left out of the space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO
from dse.tiled.design.arrays import Arrays
from dse.tiled.design.buffers import stated_bytes
from dse.tiled.design.builder import Builder
from dse.tiled.design.costs import BUFFERS
from dse.tiled.design.largest_buffers import most_bytes, room_bytes
from dse.tiled.limits.smallest import Need, Smallest
from lightsim.errors import InputError

__all__ = ["leave_out"]

Ints = NDArray[np.int64]


def leave_out(
    arrays: Arrays, builder: Builder, smallest: Smallest, network: str, place: int
) -> None:
    """Leave out the arrays, and the stated sizes of buffers, with which no design can run the pass
    at `place` of `network`."""
    rows = np.flatnonzero(~arrays.dead)
    ports = arrays.more_ports.min(axis=(0, 1))
    held = most_bytes(arrays, rows, room_bytes(builder.limits, arrays.resources[rows] + ports))
    refused: list[tuple[int, InputError]] = []
    for row, most in zip(rows.tolist(), held, strict=True):
        need = smallest.need(network, place, builder.least(arrays.point(row)))
        if need.fits(most):
            _leave_out_sizes(arrays, row, need)
        else:
            refused.append((row, need.error(most)))
    for row, error in refused:
        arrays.leave_out(row, error)


def _leave_out_sizes(arrays: Arrays, row: int, need: Need) -> None:
    """Leave out the stated sizes of each memory that hold neither of the two smallest tiles."""
    for column, name in enumerate(BUFFERS):
        least = int(need.nbytes[:, column].min())
        for at, choice in enumerate(arrays.space.axes[f"{name}_bytes"]):
            if choice == AUTO or not arrays.sizes[name][row, at]:
                continue
            word, port = arrays.words[row, column], int(arrays.machines.port_bits[row]) // 8
            size = int(stated_bytes(choice, np.array(word), port, name))
            if size < least:
                held = np.full(len(BUFFERS), np.iinfo(np.int64).max)
                held[column] = size
                arrays.leave_out_size(row, name, at, need.error(held))
