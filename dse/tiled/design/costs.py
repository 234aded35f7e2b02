"""The resources of designs, added up from parts that many designs share.

The modules and their costs are those of `estimation.estimate`. The modules of each memory are
counted separately. A design is the sum of its buffers and of everything else, and this sum is
exactly the result of `estimate` for the whole design.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dse.tiled.design import resource_columns as at
from lightsim.hardware.device import Device, Resources
from lightsim.hardware.families import FAMILIES
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.design import amounts
from lightsim.tiled.estimation.modules.bill import Item, bill, memory_items
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.estimation.surroundings import surrounding_parts

__all__ = ["BUFFERS", "Costs", "fits", "together", "whole_blocks"]

Ints = NDArray[np.int64]

BUFFERS = ("input", "weight", "residual", "output", "psum")
"""The buffers that a design may size."""

# The memory to which each named part of the estimate belongs; one module depends on whether the
# machine keeps partial sums.
_OWNERS = {
    "buffer: input": "input",
    "buffer: weight": "weight",
    "buffer: parameters": "weight",
    "buffer: residual": "residual",
    "buffer: output": "output",
    "buffer: partial sums": "psum",
}
_KEEPS_SUMS = "accelerator"


class Costs:
    """The costs of a device's designs, int64[5]: LUT, FF, DSP, halves of block RAM, UltraRAM."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.has_uram = device.resources.uram > 0
        # The estimate counts LUTs of four inputs twice.
        self._luts = 2 if FAMILIES[device.family].lut_inputs == 4 else 1
        self._last: tuple[Accelerator | None, dict[str | None, list[Item]]] = (None, {})

    def without_buffers(self, acc: Accelerator) -> Ints:
        """The resources int64[5] of `acc` without its buffers."""
        around = sum((part.resources for part in surrounding_parts(acc, self._device)), Resources())
        used = np.array(around.values(), np.int64)
        used[at.LUT] *= self._luts
        used[at.BRAM] *= 2
        return np.asarray(used + self._amounts(self._items(acc).get(None, [])), np.int64)

    def buffers(self, acc: Accelerator) -> dict[str, Ints]:
        """The resources int64[5] of every buffer of `BUFFERS`, by name."""
        items = self._items(acc)
        return {name: self._amounts(items.get(name, [])) for name in BUFFERS}

    def memory(self, constants: Mapping[str, int], name: str) -> Ints:
        """The resources int64[5] of the memory `name` of a machine with `constants`
        (`constants_of`)."""
        return self._amounts(list(memory_items(constants, name)))

    def _items(self, acc: Accelerator) -> dict[str | None, list[Item]]:
        """`_by_owner`, remembered for the last accelerator: all questions about an accelerator
        come one after another."""
        if self._last[0] is not acc:
            self._last = acc, _by_owner(acc)
        return self._last[1]

    def _amounts(self, items: list[Item]) -> Ints:
        found = np.array(amounts(items, has_uram=self.has_uram), np.int64)
        found[at.LUT] *= self._luts
        return found


def together(*used: Ints) -> Resources:
    """The sum of parts `used` int64[5] that make up a design."""
    return Resources(*whole_blocks(np.sum(used, axis=0)).tolist())


def whole_blocks(used: Ints) -> Ints:
    """The amounts `used` int64[..., 5] with halves of block RAM rounded up to whole blocks."""
    found = used.copy()
    found[..., at.BRAM] = -(-found[..., at.BRAM] // 2)
    return found


def fits(used: Resources, limits: Resources) -> bool:
    """Whether every resource is within its limit."""
    return all(a <= b for a, b in zip(used.values(), limits.values(), strict=True))


def _by_owner(acc: Accelerator) -> dict[str | None, list[Item]]:
    """The modules of a design by the memory to which they belong; None for all other modules."""
    keepers = iter(BUFFERS)  # the memories whose banks come next, in the order of the bill
    found: dict[str | None, list[Item]] = {}
    for item in bill(constants_of(acc)):
        owner = _OWNERS.get(item.part)
        if item.module == "banks":
            owner = next(keepers)
        elif item.module == _KEEPS_SUMS:
            owner = "psum"
        found.setdefault(owner, []).append(item)
    return found
