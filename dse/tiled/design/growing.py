"""Buffers that grow until the device is full, for every design of a family at once.

The result is the same as of `dse.tiled.design.buffers.sized` for one accelerator. The costs of each
buffer at each of its sizes are in tables, so a design takes some microseconds instead of a
millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO
from dse.tiled.design.arrays import Arrays
from dse.tiled.design.buffer_costs import ArrayBuffers, BufferCosts
from dse.tiled.design.builder import Builder
from dse.tiled.design.costs import BUFFERS
from dse.tiled.design.resource_columns import RESOURCES

__all__ = ["Growing", "Grown"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_STEPS = 24  # the most sizes of a memory: from 1 byte to 1 MiB there are 21
_TOGETHER = 256  # arrays whose tables are kept at a time


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """The designs of families: `sizes` int64[family, variant, memory] in bytes a bank, resources
    `used` int64[family, variant, 5], and whether a design `fits` the limits, bool[family,
    variant]."""

    sizes: Ints
    used: Ints
    fits: Bools


class Growing:
    """The buffers of the designs of a space, one set for each variant of a family."""

    def __init__(self, arrays: Arrays, builder: Builder) -> None:
        self._arrays, self._builder = arrays, builder
        self._costs = BufferCosts(builder.costs)
        space = arrays.space
        places = space.places(np.arange(space.variants, dtype=np.int64), space.variant_axes)
        self._places = places
        self._choice = np.stack([places[f"{name}_bytes"] for name in BUFFERS], axis=1)
        outputs = len(space.axes["output_bytes"])
        # An automatic residual buffer follows the output buffer: each pair of choices has a row.
        residual, output = BUFFERS.index("residual"), BUFFERS.index("output")
        self._choice[:, residual] = self._choice[:, residual] * outputs + self._choice[:, output]
        zeros = np.zeros(space.variants, np.int64)
        banks = [places.get(f"{name}_banks", zeros) for name in BUFFERS]
        self._banks = np.stack(banks, axis=1)
        self._grows = np.stack(
            [
                np.array([c == AUTO for c in space.axes[f"{name}_bytes"]])[places[f"{name}_bytes"]]
                for name in BUFFERS
            ],
            axis=1,
        )
        self._limits = np.array(builder.limits.values(), np.int64)
        self._table = lru_cache(maxsize=_TOGETHER)(self._of_row)

    def of(self, families: Ints) -> Grown:
        """The designs of families that all have the same array."""
        row = int(self._arrays.number(families[:1])[0])
        return self._grown(row, self._arrays.family_resources(families))

    def least(self, families: Ints) -> tuple[Ints, Bools]:
        """The least resources int64[family, 5] of the designs of every family, and whether a
        design of the family fits, bool[family]."""
        rows = self._arrays.number(families)
        used = np.zeros((len(families), RESOURCES), np.int64)
        some = np.zeros(len(families), np.bool_)
        order = np.argsort(rows, kind="stable")
        begins = np.flatnonzero(np.diff(rows[order], prepend=-1))
        for part in np.split(order, begins[1:]):
            row = int(rows[part[0]])
            grown = self._grown(row, self._arrays.family_resources(families[part]))
            fits = grown.fits & self.allowed(row)
            most = np.where(fits[:, :, None], grown.used, np.iinfo(np.int64).max)
            used[part], some[part] = most.min(axis=1), fits.any(axis=1)
        return used, some

    def allowed(self, row: int) -> Bools:
        """Which variants, bool[variant], have stated sizes with which the array can be built and
        may run the networks."""
        found = np.ones(len(self._choice), np.bool_)
        for name, allowed in self._arrays.sizes.items():
            found &= allowed[row][self._places[f"{name}_bytes"]]
        return found

    def _grown(self, row: int, rest: Ints) -> Grown:
        # Numba takes a third of a second to load.
        from dse.tiled.design.growing_kernel import grow

        costs, sizes, steps = self._table(row)
        shape = len(rest), len(self._choice), RESOURCES
        found = Grown(
            np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape[:2], np.bool_)
        )
        grow(
            costs, sizes, steps, self._choice, self._banks, self._grows, rest, self._limits,
            np.zeros(RESOURCES, np.int64), found.sizes, found.used, found.fits,
        )  # fmt: skip
        return found

    def _of_row(self, row: int) -> tuple[Ints, Ints, Ints]:
        """The costs int64[memory, choice, banks, step, 5], the sizes int64[memory, choice, step]
        and the number of sizes int64[memory, choice] of an array's buffers."""
        axes = self._arrays.space.axes
        acc = self._builder.least(self._arrays.point(row))
        choices = int(self._choice.max()) + 1
        banks = int(self._banks.max()) + 1
        costs = np.zeros((5, choices, banks, _STEPS, RESOURCES), np.int64)
        sizes = np.zeros((5, choices, _STEPS), np.int64)
        steps = np.zeros((5, choices), np.int64)
        table = ArrayBuffers(self._arrays.space, self._costs, acc)
        for m, name in enumerate(BUFFERS):
            for at, nbytes in enumerate(table.chains(name)):
                sizes[m, at, : len(nbytes)], steps[m, at] = nbytes, len(nbytes)
                for b, count in enumerate(axes.get(f"{name}_banks", (1,))):
                    rows = [table.cost(name, size, int(count)) for size in nbytes]
                    costs[m, at, b, : len(nbytes)] = rows
        return costs, sizes, steps
