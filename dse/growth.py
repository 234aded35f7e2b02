"""The least that a memory takes while it grows: a larger one may need fewer LUTs, or fewer blocks.

A memory of few words is made of LUTs and becomes block RAM when it grows, and block RAM becomes
UltraRAM, so what a memory takes at its smallest is no bound of what it takes.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from dse.memories import BufferPlan, doubled
from dse.resources import Costs
from lightsim.hardware.accelerator import Accelerator

__all__ = ["Growth"]

Ints = NDArray[np.int64]

# Where a device has no UltraRAM, the memories whose slices may be short enough for LUT RAM.
_SLICED = ("residual", "output")


class Growth:
    """The least costs of growing memories; equal memories are asked about once."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._known: dict[Hashable, Ints] = {}

    def least(self, acc: Accelerator, plan: BufferPlan, name: str) -> Ints:
        """int64[5]: of every resource the least that memory `name` of `acc` takes at its size and
        at all sizes it may grow to."""
        key = (name, self._costs.key(acc, name))
        found = self._known.get(key)
        if found is None:
            found = self._costs.memories(acc)[name]
            if name in _SLICED or self._costs.has_uram:
                found = self._grown(acc, plan, name, found)
            self._known[key] = found
        return found

    def _grown(self, acc: Accelerator, plan: BufferPlan, name: str, found: Ints) -> Ints:
        grown = "output" if name == "residual" else name
        larger = doubled(acc, grown, plan)
        while larger is not None:
            found = np.minimum(found, self._costs.memories(larger)[name])
            larger = doubled(larger, grown, plan)
        return found
