"""The least that designs spend on a batch: energy of the counted activity, and memory traffic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.energy.joules import DEFAULT_ENERGY_TABLE, energy, energy_table
from lightsim.hardware.device import IdealMemory, MemoryInterface

__all__ = ["Spending", "joules_of_event", "memory_kind"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spending:
    """The least `joules` and `dram_bytes` that designs spend on a batch, float64[design,
    network] each."""

    joules: Floats
    dram_bytes: Floats

    @classmethod
    def nothing(cls, designs: int, networks: int) -> Spending:
        """Zeros, for a study that does not ask for energy or traffic."""
        none = np.zeros((designs, networks))
        return cls(none, none)

    def moving(
        self, dram_bytes: NDArray[np.int64], memory: MemoryInterface | IdealMemory
    ) -> Spending:
        """The spending of the same designs if each moves at least `dram_bytes` int64[network]
        through a memory."""
        moved = np.maximum(self.dram_bytes, dram_bytes.astype(np.float64))
        price = joules_of_event("dram_byte", memory_kind(memory))
        return Spending(self.joules + (moved - self.dram_bytes) * price, moved)


def memory_kind(memory: MemoryInterface | IdealMemory) -> str:
    """The name of a memory in the energy tables."""
    return "ideal" if isinstance(memory, IdealMemory) else memory.part.kind


def joules_of_event(event: str, kind: str) -> float:
    """Joules of one event of an accelerator with a memory of the kind `kind`."""
    return sum(energy({event: 1}, energy_table(DEFAULT_ENERGY_TABLE), kind).values())
