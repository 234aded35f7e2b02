"""A design's cycles by the limits of all its tilings, pass by pass, where those are quickly had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.bounds import Axes, NetworkBound
from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.plan import EngineLayer, Plan
from lightsim.mapping.tiling import grain
from lightsim.optimum.filters import filter_choices
from lightsim.optimum.limit import least
from lightsim.optimum.machine import machine_numbers
from lightsim.optimum.orders import ORDER_TABLE
from lightsim.optimum.passes import PassTilings
from lightsim.optimum.positions import position_choices
from lightsim.units import ceil_div

__all__ = ["CloserBound", "effort_us"]

# Passes whose tilings take longer to write down are bounded without them: dense layers, mostly.
_MOST_US = 12_000.0


@dataclass(frozen=True, slots=True, eq=False)
class CloserBound:
    """Bounds the designs of one array: `tilings[i]` is None for a pass that has too many."""

    bound: NetworkBound
    tilings: tuple[PassTilings | None, ...]
    images: int

    @classmethod
    def of(
        cls, bound: NetworkBound, plan: Plan, accelerator: Accelerator, images: int
    ) -> CloserBound:
        """The tilings of a plan's passes on an array."""
        tilings = tuple(
            PassTilings(
                layer,
                filter_choices(layer, accelerator, True),
                position_choices(layer, accelerator, images),
            )
            if _effort_us(layer, accelerator) <= _MOST_US
            else None
            for layer in plan.layers
        )
        return cls(bound, tilings, images)

    def cycles(self, accelerator: Accelerator) -> int | None:
        """Cycles below which no mapping comes on a design with this array; None if none is legal.

        Of every pass the larger of two bounds: that of `lightsim.bounds`, which knows no tilings,
        and the least limit of all its tilings.
        """
        machines = Axes.of([accelerator], self.images)
        floors: NDArray[np.float64] = self.bound.pass_cycles(machines)[:, 0]
        total = 0
        for number, (one, floor) in enumerate(zip(self.tilings, floors, strict=True)):
            found = 0.0
            if one is not None:
                machine = machine_numbers(one.layer, accelerator, self.images, ahead=number > 0)
                place = np.full(3, -1)
                found = least(one.filters.table, one.positions.table, machine, ORDER_TABLE, place)
                if place[0] < 0:
                    return None
            total += max(int(floor), int(np.ceil(found - 1e-6)))
        return max(total, int(self.bound.cycles(machines)[0]))


def effort_us(plan: Plan, accelerator: Accelerator) -> float:
    """Roughly the microseconds that `CloserBound.of` takes."""
    efforts = (_effort_us(layer, accelerator) for layer in plan.layers)
    return sum(effort for effort in efforts if effort <= _MOST_US)


def _effort_us(layer: EngineLayer, accelerator: Accelerator) -> float:
    """Roughly the microseconds in which the tilings of a pass are written down."""
    step = grain(layer, accelerator)
    sizes = ceil_div(layer.computed.channels, step.m)
    positions = ceil_div(layer.computed.height, step.r) * ceil_div(layer.computed.width, step.c)
    if layer.weights is None:
        return 20.0 * sizes + 0.2 * positions
    groups = sizes * ceil_div(layer.computed.channels, accelerator.array.rows)
    if layer.groups > 1:
        return 60.0 * sizes + 30.0 * groups + 0.2 * positions
    inner = ceil_div(layer.source.shape.channels, step.n)
    return 60.0 * sizes + 0.01 * groups * inner + 0.2 * positions
