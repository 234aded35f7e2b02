"""The default mapping: the legal tiling with the least estimated cycles, for every pass."""

from __future__ import annotations

import numpy as np

from lightsim.errors import InputError
from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.candidates import Candidates, enumerate_candidates
from lightsim.mapping.cost import order_cost
from lightsim.mapping.footprint import check_tiling
from lightsim.mapping.lowering import EngineLayer
from lightsim.mapping.tiling import ORDERS, LoopOrder, Tiling, grain

__all__ = ["choose_tiling"]


def choose_tiling(
    layer: EngineLayer, accelerator: Accelerator, images: int, sort_filters: bool = True
) -> Tiling:
    """The best legal tiling by the estimate of `cost`; ties go to the larger tiles.

    Raises `InputError` when not even the smallest tile fits, saying which buffer is too small.
    """
    candidates = enumerate_candidates(layer, accelerator, images)
    best: tuple[float, Tiling] | None = None
    for order in _orders(candidates):
        cycles, legal = order_cost(candidates, order)
        cycles, legal = np.broadcast_arrays(cycles, legal)
        masked = np.where(legal, cycles, np.inf)
        # The axes grow with the tiles: the last of equal minima is the one with the largest.
        flat = masked.ravel()[::-1]
        at = flat.size - 1 - int(np.argmin(flat))
        cost = float(masked.ravel()[at])
        if np.isfinite(cost) and (best is None or cost < best[0]):
            i, j, k = np.unravel_index(at, masked.shape)
            b, r, c = candidates.positions.choices[int(k)]
            m, n = candidates.filters.m[int(i)], candidates.filters.n[int(j)]
            best = (cost, Tiling(m, n, r, c, b, order, sort_filters))
    if best is None:
        raise _nothing_fits(layer, accelerator, images)
    return best[1]


def _orders(candidates: Candidates) -> tuple[LoopOrder, ...]:
    """The loop orders that differ for this pass: with one n tile, only m against s."""
    if len(candidates.filters.n) == 1:
        return ("msn", "smn")
    return tuple(ORDERS)


def _nothing_fits(layer: EngineLayer, accelerator: Accelerator, images: int) -> InputError:
    """Say which buffer refuses even the smallest tile."""
    unit = grain(layer, accelerator)
    shape = layer.computed
    smallest = Tiling(
        min(unit.m, shape.channels),
        min(unit.n, layer.source.shape.channels),
        min(unit.r, shape.height),
        min(unit.c, shape.width),
    )
    try:
        check_tiling(layer, accelerator, smallest, images)
    except InputError as error:
        return InputError(
            error.where, f"even the smallest tile does not fit: {error.problem}", "enlarge it"
        )
    return InputError(layer.name, "no tiling is legal", "enlarge the buffers")
