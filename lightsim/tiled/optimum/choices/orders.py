"""The loop orders as the room's kernels take them."""

from __future__ import annotations

import numpy as np

from lightsim.tiled.mapping.tiles.tiling import ORDERS, LoopOrder

__all__ = ["NAMES", "ORDER_TABLE"]

NAMES: tuple[LoopOrder, ...] = tuple(ORDERS)
"""The orders by their place in the table."""
ORDER_TABLE = np.array([["mns".index(letter) for letter in name] for name in NAMES])
"""The loop orders int64[order, 3]: loops from outermost to innermost."""
