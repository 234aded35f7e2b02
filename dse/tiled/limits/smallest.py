"""The bytes that the smallest tiles of a network's passes need, and whether buffers hold them.

A tile of more filters, channels or positions never needs less of a memory. A pass has two smallest
tiles: one with the fewest input channels, and one with all input channels, which keeps no partial
sums. If neither fits, the pass has no legal tiling.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import PARAMETER_SLOTS
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.program import plan_workload
from lightsim.units import ceil_div

__all__ = ["Need", "Smallest", "held_bytes"]

Ints = NDArray[np.int64]
_HOLDS = {
    "input": "activations", "weight": "weights", "residual": "residuals", "output": "outputs",
    "psum": "partial sums",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """The needs of the pass `name`: `nbytes` int64[tile, memory] of its two smallest tiles (input,
    weight, residual, output, partial sums), and `slots` of filter parameters."""

    name: str
    nbytes: Ints
    slots: int

    def fits(self, held: Ints) -> bool:
        """Whether buffers of `held` int64[memory] bytes hold one of the two tiles."""
        return self.slots <= PARAMETER_SLOTS and bool((self.nbytes <= held).all(axis=1).any())

    def error(self, held: Ints) -> InputError:
        """The refusal of a machine whose buffers, of `held` int64[memory] bytes, hold neither
        tile."""
        if self.slots > PARAMETER_SLOTS:
            problem = "even the smallest tile has too many filters"
            told = f"it needs {self.slots} slots of parameters, there are {PARAMETER_SLOTS}"
            return InputError(self.name, problem, told)
        at = int(np.argmax(self.nbytes[0] > held))
        name = tuple(_HOLDS)[at]
        problem = f"even the smallest tile does not fit buffer '{name}'"
        need, most = int(self.nbytes[0, at]), int(held[at])
        told = f"it needs {need} B of {_HOLDS[name]}, the buffer holds {most} B"
        return InputError(self.name, problem, told)


@dataclass(eq=False)
class Smallest:
    """The smallest tiles of `workloads[network][scheme]` on arrays."""

    workloads: Mapping[str, Mapping[str, Workload]]
    _layers: dict[Hashable, tuple[EngineLayer, ...]] = field(default_factory=dict)
    _tiles: dict[Hashable, tuple[str, Ints, Ints, int]] = field(default_factory=dict)

    def refused(self, acc: Accelerator) -> tuple[str, int] | None:
        """The network and the place of the first pass that has no tile in a machine's buffers;
        None if every pass has one."""
        held = held_bytes(acc)
        for network in self.workloads:
            for place in range(len(self._passes(network, acc))):
                if not self.need(network, place, acc).fits(held):
                    return network, place
        return None

    def need(self, network: str, place: int, acc: Accelerator) -> Need:
        """The needs of the pass at `place` of a network on the array of a machine."""
        array = acc.array
        key = (network, place, acc.scheme, array.groups, array.columns, acc.port_bits)
        if key not in self._tiles:
            self._tiles[key] = _tiles(self._passes(network, acc)[place], acc)
        name, nbytes, groups, computed = self._tiles[key]
        words = groups * ceil_div(computed, array.pixels)
        sums = -(-words * array.rows * array.pixels * acc.accumulator.bits // 8)
        sums[-1] = 0  # a tile of all input channels keeps no partial sums
        slots = int(groups.max()) * array.rows
        return Need(name, np.column_stack((nbytes, sums)), slots)

    def _passes(self, network: str, acc: Accelerator) -> tuple[EngineLayer, ...]:
        key = network, acc.scheme, acc.array.columns, acc.port_bits, acc.accumulator
        if key not in self._layers:
            plan = plan_workload(self.workloads[network][acc.scheme], acc)
            self._layers[key] = plan.layers
        return self._layers[key]


def held_bytes(acc: Accelerator) -> Ints:
    """Bytes of the input, weight, residual and output banks and of the partial sums, int64[5]."""
    buffers = (acc.input, acc.weight, acc.residual, acc.output)
    return np.array([*(buffer.bytes_per_bank for buffer in buffers), acc.psum_bytes], np.int64)


def _tiles(layer: EngineLayer, acc: Accelerator) -> tuple[str, Ints, Ints, int]:
    # The import loads numba.
    from lightsim.tiled.optimum.passes import smallest_tiles

    return layer.name, *smallest_tiles(layer, acc)
