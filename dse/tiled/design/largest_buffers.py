"""The largest buffers that a space and its device allow an array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO
from dse.tiled.design import resource_columns as at
from dse.tiled.design.arrays import Arrays
from dse.tiled.design.buffers import MOST_BYTES, stated_bytes
from dse.tiled.design.costs import BUFFERS
from lightsim.hardware.device import Resources

__all__ = ["most_bytes", "room_bytes"]

Ints = NDArray[np.int64]

# Bytes of half a block RAM and of an UltraRAM. A growing memory never holds more than its blocks;
# an exception are the slices of the output buffer, which may be short enough for LUT RAM.
_HALF_BYTES, _URAM_BYTES = 18 * 1024 // 8, 288 * 1024 // 8
_GROWN_IN_BLOCKS = ("input", "weight", "psum")


def room_bytes(limits: Resources, used: Ints) -> Ints:
    """The bytes of the blocks that `used` int64[..., 5] (block RAM in halves) leaves free within
    the limits."""
    bram = np.maximum(2 * limits.bram36 - used[..., at.BRAM], 0) * _HALF_BYTES
    return np.asarray(bram + limits.uram * _URAM_BYTES, np.int64)


def most_bytes(arrays: Arrays, rows: Ints, room: Ints) -> Ints:
    """The largest buffers of arrays in bytes, int64[row, memory]; automatic buffers grow within
    `room` int64[row] bytes."""
    found = np.zeros((len(rows), len(BUFFERS)), np.int64)
    for place, name in enumerate(BUFFERS):
        allowed = arrays.sizes[name][rows]
        for column, choice in enumerate(arrays.space.axes[f"{name}_bytes"]):
            if choice == AUTO:
                grown = np.full(rows.shape, MOST_BYTES.get(name, MOST_BYTES["output"]))
                if name in _GROWN_IN_BLOCKS:
                    grown = np.minimum(grown, room)
                size = np.maximum(arrays.least[rows, place], grown)
                if name == "residual":
                    size = np.maximum(size, _largest(arrays, "output", rows))
            else:
                size = _stated(arrays, name, choice, rows)
            found[:, place] = np.maximum(found[:, place], np.where(allowed[:, column], size, 0))
    return found


def _largest(arrays: Arrays, name: str, rows: Ints) -> Ints:
    """The largest stated size of a memory, int64[row]; 0 if no size is stated."""
    sizes = [
        _stated(arrays, name, choice, rows)
        for choice in arrays.space.axes[f"{name}_bytes"]
        if choice != AUTO
    ]
    return np.asarray(np.max([np.zeros(rows.shape, np.int64), *sizes], axis=0), np.int64)


def _stated(arrays: Arrays, name: str, choice: int | str, rows: Ints) -> Ints:
    word = arrays.words[rows, BUFFERS.index(name)]
    return stated_bytes(choice, word, arrays.machines.port_bits[rows] // 8, name)
