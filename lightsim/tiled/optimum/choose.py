"""The search for the quickest mapping of one pass, over every legal tiling and loop order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.optimum import layout as at
from lightsim.tiled.optimum.choices.filters import Filters, filter_choices
from lightsim.tiled.optimum.choices.orders import NAMES, ORDER_TABLE
from lightsim.tiled.optimum.choices.positions import Positions, position_choices
from lightsim.tiled.optimum.clock import PassClock
from lightsim.tiled.optimum.limit import collect, least
from lightsim.tiled.optimum.machine import machine_numbers

__all__ = ["Choice", "Search", "choose_exact"]

_ROOM = 1 << 12  # tilings kept that may beat the first guess; if more may, all are bounded again


@dataclass(frozen=True, slots=True)
class Choice:
    """The tiling of a pass, and the proof that comes with it.

    `cycles` are the cycles of the pass alone (see `PassClock`), and no legal tiling takes fewer
    cycles than `bound`. The two are equal unless the search was cut short. The search bounded
    `bounded` tilings and ran `timed` of them on the timeline.
    """

    tiling: Tiling
    cycles: int
    bound: int
    bounded: int
    timed: int


def choose_exact(
    plan: Plan,
    layer: EngineLayer,
    accelerator: Accelerator,
    images: int,
    *,
    sort_filters: bool = True,
    most: int | None = None,
    tolerance: float = 0.0,
) -> Choice:
    """The legal tiling with the fewest cycles of the pass alone.

    Tilings are timed in the order of their bounds. The search ends when no other tiling can be
    better by more than the share `tolerance`, or when `most` tilings have been timed. Raises
    `InputError` when no tile fits.
    """
    filters = filter_choices(layer, accelerator, sort_filters)
    positions = position_choices(layer, accelerator, images)
    search = Search(layer, accelerator, images, filters, positions)
    place = search.most_promising()
    if place is None:
        # The call raises an error that names the buffer that is too small.
        best = choose_tiling(layer, accelerator, images, sort_filters)
    else:
        best = search.tiling(place, sort_filters)
    clock = PassClock(plan, layer, accelerator, images)
    cycles, timed = clock.cycles(best), 1
    goal = cycles * (1 - tolerance)
    for place, limit in zip(*search.below(goal), strict=True):
        if limit >= goal:
            break
        tiling = search.tiling(place, sort_filters)
        if tiling == best:
            continue
        if timed == most:
            return Choice(best, cycles, min(cycles, _whole(limit)), search.looked, timed)
        found = clock.cycles(tiling)
        timed += 1
        if found < cycles:
            best, cycles, goal = tiling, found, found * (1 - tolerance)
    return Choice(best, cycles, _whole(goal), search.looked, timed)


def _whole(limit: float) -> int:
    """The next integer above a bound, less the rounding error: cycles are whole numbers."""
    return int(np.ceil(limit - 1e-6))


class Search:
    """The tilings of a pass in the order of their bounds."""

    def __init__(
        self,
        layer: EngineLayer,
        accelerator: Accelerator,
        images: int,
        filters: Filters,
        positions: Positions,
    ) -> None:
        self._filters, self._positions = filters, positions
        self._machine = machine_numbers(layer, accelerator, images)
        self.looked = 0
        """The number of tilings bounded so far."""

    def below(self, cutoff: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The tilings with a bound below `cutoff`: places int64[tiling, 3] and bounds
        float64[tiling], the least bound first.
        """
        room = _ROOM
        while True:
            places, limits = np.empty((room, at.PLACE_FIELDS), np.int64), np.empty(room)
            count, looked = collect(
                self._filters.table, self._positions.table, self._machine, ORDER_TABLE, cutoff,
                places, limits,
            )  # fmt: skip
            if count <= room:
                break
            room = count
        self.looked = max(self.looked, looked)
        order = np.argsort(limits[:count], kind="stable")
        return places[order], limits[order]

    def most_promising(self) -> NDArray[np.int64] | None:
        """The place int64[3] of the legal tiling with the least bound; None if none is legal."""
        place = np.full(3, -1)
        least(self._filters.table, self._positions.table, self._machine, ORDER_TABLE, place)
        return None if place[0] < 0 else place

    def tiling(self, place: Sequence[int] | NDArray[np.int64], sort_filters: bool) -> Tiling:
        """The tiling at a place (filter choice, position choice, order)."""
        q, p, order = (int(index) for index in place)
        f, s = self._filters, self._positions
        return Tiling(
            int(f.m[q]), int(f.n[q]), int(s.r[p]), int(s.c[p]), int(s.b[p]), NAMES[order],
            sort_filters,
        )  # fmt: skip
