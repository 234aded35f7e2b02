"""What designs take of a device, added up from parts that many designs share.

`estimation.estimate` is the one source of every figure. An array with its surroundings is
estimated once and a memory once for each of its shapes; a design is their sum, to the unit what
`estimate` gives for the whole of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from lightsim.estimation import estimate, total
from lightsim.estimation.storage import Memory, memories
from lightsim.hardware.accelerator import Accelerator, BufferName
from lightsim.hardware.device import Device, Resources
from lightsim.numerics.scheme import SCHEMES

__all__ = ["MEMORIES", "Costs", "fits"]

# The memories that a design may size, by the names that `estimation.storage` gives them.
MEMORIES: Mapping[BufferName | str, str] = {
    "input": "input",
    "weight": "weight",
    "residual": "residual",
    "output": "output",
    "psum": "partial sums",
}
_BUFFER = "buffer: "


class Costs:
    """The costs of a device's designs."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def without_memories(self, acc: Accelerator) -> Resources:
        """Everything of `acc` but the memories of `MEMORIES`."""
        sized = {f"{_BUFFER}{name}" for name in MEMORIES.values()}
        return total(part for part in estimate(acc, self._device) if part.name not in sized)

    def memories(self, acc: Accelerator) -> dict[str, Resources]:
        """Each memory of `MEMORIES` by its own name there."""
        shapes = {memory.name: memory for memory in memories(acc, SCHEMES[acc.scheme])}
        return {name: self.memory(shapes[title]) for name, title in MEMORIES.items()}

    def memory(self, shape: Memory) -> Resources:
        """One memory."""
        return _memory(shape, self._device.resources.uram > 0, _halves_luts(self._device))


def fits(used: Resources, limits: Resources) -> bool:
    """Whether nothing is used beyond its limit."""
    return all(a <= b for a, b in zip(used.values(), limits.values(), strict=True))


@lru_cache(maxsize=1 << 16)
def _memory(shape: Memory, has_uram: bool, doubled: bool) -> Resources:
    found = shape.resources(has_uram)
    return found + Resources(lut=found.lut) if doubled else found


def _halves_luts(device: Device) -> bool:
    """Whether the device's LUTs have four inputs, so that the estimate counts them twice."""
    return device.family in ("ECP5", "iCE40")
