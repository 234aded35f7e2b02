"""The fewest words that a pass moves through the memory, over the tilings that its buffers hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel
from lightsim.tiled.optimum import layout as at
from lightsim.tiled.optimum.limit import FILTERS, INPUT_CHANNELS, TILES, fits, loads_of, sums_fit

__all__ = ["fewest_words"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def fewest_words(filters: Floats, positions: Floats, machine: Floats, orders: Ints) -> float:
    """The fewest words of all legal tilings and loop orders, infinite if none is legal.

    `filters` [FILTER_FIELDS, choice], `positions` [POSITION_FIELDS, choice] and `orders` [order, 3]
    (loops from outermost to innermost) are as in `lightsim.tiled.optimum.limit`.
    """
    best = np.inf
    for q in range(filters.shape[1]):
        for p in range(positions.shape[1]):
            if not fits(filters, q, positions, p, machine):
                continue
            m, n, s = filters[at.M_TILES, q], filters[at.N_TILES, q], positions[at.TILES, p]
            back = filters[at.RESIDUAL_BLOCKS, q] * machine[at.POSITIONS]
            stored = filters[at.OUTPUT_BLOCKS, q] * machine[at.POSITIONS] / machine[at.POOL]
            once = filters[at.INPUT_BLOCKS, q] * positions[at.READ, p]
            if once + back + stored >= best:
                continue
            tied = machine[at.TIED] > 0
            for o in range(len(orders)):
                if not sums_fit(filters, q, positions, p, machine, orders, o):
                    continue
                same = INPUT_CHANNELS if tied else FILTERS
                sweeps = loads_of(filters, q, positions, p, orders, o, same)
                sweeps /= m * s if tied else n * s
                fetched = loads_of(filters, q, positions, p, orders, o, TILES)
                fetched *= machine[at.HAS_WEIGHTS] / (m * n)
                words = once * sweeps + back + stored + filters[at.WEIGHT_WORDS, q] * fetched
                best = min(best, words)
    return best
