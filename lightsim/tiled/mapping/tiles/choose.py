"""The default mapping: the legal tiling with the least estimated cycles, for every pass."""

from __future__ import annotations

import numpy as np

from lightsim.errors import InputError
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.tiles.candidates import Candidates, enumerate_candidates
from lightsim.tiled.mapping.tiles.cost import order_cost
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.mapping.tiles.tiling import ORDERS, LoopOrder, Tiling, grain

__all__ = ["choose_tiling"]


def choose_tiling(
    layer: EngineLayer,
    accelerator: Accelerator,
    images: int,
    sort_filters: bool = True,
    candidates: Candidates | None = None,
) -> Tiling:
    """The best legal tiling by the estimate of `cost`; ties go to the larger tiles.

    `candidates` are those of the layer on this accelerator with this order of its filters, where
    they are known already: they do not depend on buffers, ports, memory and clock. Raises
    `InputError` when not even the smallest tile fits, saying which buffer is too small.
    """
    if candidates is None:
        candidates = enumerate_candidates(layer, accelerator, images, sort_filters)
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
    return _smallest(layer, accelerator, images, sort_filters) if best is None else best[1]


def _orders(candidates: Candidates) -> tuple[LoopOrder, ...]:
    """The loop orders that differ for this pass: with one n tile, only m against s."""
    if len(candidates.filters.n) == 1:
        return ("msn", "smn")
    return tuple(ORDERS)


def _smallest(
    layer: EngineLayer, accelerator: Accelerator, images: int, sort_filters: bool
) -> Tiling:
    """The smallest tile, which is too small to be a candidate; or which buffer refuses even it."""
    unit, shape = grain(layer, accelerator), layer.computed
    channels = layer.source.shape.channels
    refusal: InputError | None = None
    # With all input channels in a tile there are no partial sums to keep.
    for n in sorted({min(unit.n, channels), channels}):
        tiling = Tiling(
            min(unit.m, shape.channels), n, min(unit.r, shape.height), min(unit.c, shape.width),
            sort_filters=sort_filters,
        )  # fmt: skip
        try:
            check_tiling(layer, accelerator, tiling, images)
        except InputError as error:
            refusal = refusal or error
        else:
            return tiling
    assert refusal is not None
    raise InputError(
        refusal.where,
        f"even the smallest tile does not fit: {refusal.problem}",
        "accepted: a buffer that holds it",
    )
