"""A design's cycles from the bounds of its tilings, pass by pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan
from lightsim.tiled.mapping.tiles.tiling import grain
from lightsim.tiled.optimum.choices.filters import few_filters, filter_choices
from lightsim.tiled.optimum.choices.orders import ORDER_TABLE
from lightsim.tiled.optimum.choices.positions import position_choices
from lightsim.tiled.optimum.limit import least
from lightsim.tiled.optimum.machine import machine_numbers
from lightsim.tiled.optimum.passes import PassTilings
from lightsim.units import ceil_div

__all__ = ["TilingsBound", "effort_us"]

# Passes whose tilings take longer to list are bounded over some tilings only: mostly dense layers.
_MOST_US = 12_000.0


@dataclass(frozen=True, slots=True, eq=False)
class TilingsBound:
    """Bounds the designs of one array by the tilings of its passes.

    `whole[i]` says that pass i has all its tilings here, not only the tilings that the default
    mapping tries.
    """

    bound: NetworkBound
    tilings: tuple[PassTilings, ...]
    whole: tuple[bool, ...]
    images: int

    @classmethod
    def of(
        cls, bound: NetworkBound, plan: Plan, accelerator: Accelerator, images: int
    ) -> TilingsBound:
        """The tilings of the passes of a plan on an array."""
        whole = tuple(_effort_us(layer, accelerator) <= _MOST_US for layer in plan.layers)
        tilings = tuple(
            PassTilings(
                layer,
                (filter_choices if every else few_filters)(layer, accelerator, True),
                position_choices(layer, accelerator, images),
            )
            for layer, every in zip(plan.layers, whole, strict=True)
        )
        return cls(bound, tilings, whole, images)

    def limit(self, accelerator: Accelerator) -> int:
        """Cycles that no mapping on a design with this array can beat.

        Each pass counts with the larger of two bounds: the bound of `tiled.bounds`, which knows no
        tilings, and, where all tilings are known, the least bound of the tilings.
        """
        machines = Axes.of([accelerator], self.images)
        rows = self._passes(accelerator, machines)
        total = sum(max(floor, found) if every else floor for floor, found, every in rows)
        return max(total, int(self.bound.cycles(machines)[0]))

    def expected(self, accelerator: Accelerator) -> int:
        """As `limit`, but passes with only some tilings known count too: an estimate, no bound."""
        machines = Axes.of([accelerator], self.images)
        total = sum(max(floor, found) for floor, found, _ in self._passes(accelerator, machines))
        return max(total, int(self.bound.cycles(machines)[0]))

    def _passes(self, accelerator: Accelerator, machines: Axes) -> Iterator[tuple[int, int, bool]]:
        """For every pass: its bound, the least bound of its tilings (0 if no tiling is legal), and
        whether all tilings are known.
        """
        floors: NDArray[np.float64] = self.bound.pass_cycles(machines)[:, 0]
        for number, (one, floor, every) in enumerate(
            zip(self.tilings, floors, self.whole, strict=True)
        ):
            machine = machine_numbers(one.layer, accelerator, self.images, ahead=number > 0)
            place = np.full(3, -1)
            found = least(one.filters.table, one.positions.table, machine, ORDER_TABLE, place)
            yield int(floor), 0 if place[0] < 0 else int(np.ceil(found - 1e-6)), every


def effort_us(plan: Plan, accelerator: Accelerator) -> float:
    """The approximate time that `TilingsBound.of` takes, in microseconds."""
    found = 0.0
    for layer in plan.layers:
        whole = _effort_us(layer, accelerator)
        few = 120.0 * ceil_div(layer.computed.channels, grain(layer, accelerator).m)
        found += whole if whole <= _MOST_US else _MOST_US + few
    return found


def _effort_us(layer: EngineLayer, accelerator: Accelerator) -> float:
    """The approximate time to list the tilings of a pass, in microseconds."""
    step = grain(layer, accelerator)
    sizes = ceil_div(layer.computed.channels, step.m)
    positions = ceil_div(layer.computed.height, step.r) * ceil_div(layer.computed.width, step.c)
    if layer.weights is None:
        return 20.0 * sizes + 0.2 * positions
    groups = sizes * ceil_div(layer.computed.channels, accelerator.array.rows)
    if layer.groups > 1:
        return 60.0 * sizes + 30.0 * groups + 0.2 * positions
    inner = ceil_div(layer.source.shape.channels, step.n)
    return 40.0 * sizes * (1 + log(sizes)) + 0.01 * groups * inner + 0.2 * positions
