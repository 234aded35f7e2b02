"""The resources of a single buffer at each size that it may have.

A larger memory may take less of a resource: a memory of few words is made of LUTs and becomes
block RAM when it grows, and block RAM becomes UltraRAM. So the resources of a growing memory at its
smallest size are no lower bound of its resources at other sizes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO, Choice
from dse.space.points import Space
from dse.tiled.design.buffers import MOST_BYTES, stated_bytes, word_bits
from dse.tiled.design.costs import BUFFERS, Costs
from dse.tiled.design.resource_columns import RESOURCES
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.modules.constants import constants_of, memory_depth

__all__ = ["ArrayBuffers", "BufferCosts"]

Ints = NDArray[np.int64]

# The constants that the modules of a memory are built with, beside its depth and its banks.
_OF = {
    "input": ("PORT_BITS", "COLUMNS", "PIXELS", "INPUT_MEMORIES", "ONE_BIT_INPUTS", "FIELDS",
              "ACTIVATION_BITS"),
    "weight": ("PORT_BITS", "WORD_BITS", "NARROW_BITS", "WEIGHT_MEMORIES", "ROWS"),
    "residual": ("PORT_BITS", "LANES"),
    "output": ("PORT_BITS", "LANES", "ONE_BIT_INPUTS", "FIELDS"),
    "psum": (
        "PORT_BITS", "COLUMNS", "PIXELS", "ROWS", "LATENCY", "SUM_BITS", "LANES", "ELEMENTWISE",
    ),
}  # fmt: skip
# The buffers that may take fewer LUTs when they grow on a device without UltraRAM.
_SLICED = ("residual", "output")


class BufferCosts:
    """Costs of the buffers of a device; equal buffers are worked out once."""

    def __init__(self, costs: Costs) -> None:
        self.has_uram = costs.has_uram
        self._costs = costs
        self._known: dict[Hashable, Ints] = {}

    def of(self, constants: Mapping[str, int], name: str, nbytes: int, banks: int) -> Ints:
        """The resources int64[5] of a memory of `nbytes` bytes a bank on a machine with
        `constants`."""
        depth, upper = memory_depth(constants, name, nbytes), name.upper()
        key = (name, depth, banks, *(constants[one] for one in _OF[name]))
        found = self._known.get(key)
        if found is None:
            changed = {f"{upper}_DEPTH": depth, f"{upper}_BANKS": banks}
            found = self._costs.memory({**constants, **changed}, name)
            if len(self._known) > 1 << 17:
                self._known.clear()
            self._known[key] = found
        return found


class ArrayBuffers:
    """The buffers of one array in a space."""

    def __init__(self, space: Space, costs: BufferCosts, acc: Accelerator) -> None:
        self._space, self._costs, self._acc = space, costs, acc
        self._constants = constants_of(acc)

    def cost(self, name: str, nbytes: int, banks: int) -> Ints:
        """The resources int64[5] of the memory `name` with `nbytes` bytes a bank."""
        return self._costs.of(self._constants, name, nbytes, banks)

    def chains(self, name: str) -> list[list[int]]:
        """For each choice of a memory's axis the sizes that the memory may have, smallest first.

        A stated choice has one size. An automatic residual buffer follows the output buffer, so
        the residual buffer has a list for each pair of its own choice and the output's choice.
        """
        choices = self._space.axes[f"{name}_bytes"]
        if name != "residual":
            return [self._chain(name, choice) for choice in choices]
        outputs = self._space.axes["output_bytes"]
        return [
            self._chain("output", output) if choice == AUTO else self._chain(name, choice)
            for choice in choices
            for output in outputs
        ]

    def least(self) -> Ints:
        """A lower bound int64[5] on the resources of all buffers together in any design."""
        found = np.zeros(RESOURCES, np.int64)
        for name in BUFFERS:
            shrinks = name in _SLICED or self._costs.has_uram
            sizes = {
                size for chain in self.chains(name) for size in (chain if shrinks else chain[:1])
            }
            banks = [int(count) for count in self._space.axes.get(f"{name}_banks", (1,))]
            rows = [self.cost(name, size, count) for size in sizes for count in banks]
            found += np.min(rows, axis=0)
        return found

    def _chain(self, name: str, choice: Choice) -> list[int]:
        acc = self._acc
        if choice != AUTO:
            word = np.array(word_bits(acc, name), np.int64)
            return [int(stated_bytes(choice, word, acc.word_bytes, name))]
        found = [acc.psum_bytes if name == "psum" else getattr(acc, name).bytes_per_bank]
        while 2 * found[-1] <= MOST_BYTES[name]:
            found.append(2 * found[-1])
        return found
