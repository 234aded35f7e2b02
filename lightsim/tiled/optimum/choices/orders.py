"""The loop orders in the form that the room's kernels use."""

from __future__ import annotations

import numpy as np

from lightsim.tiled.mapping.tiles.tiling import ORDERS, LoopOrder

__all__ = ["NAMES", "ORDER_TABLE"]

NAMES: tuple[LoopOrder, ...] = tuple(ORDERS)
"""The name of every loop order, in the order of `ORDER_TABLE`."""
ORDER_TABLE = np.array([["mns".index(letter) for letter in name] for name in NAMES])
"""The loop orders int64[order, 3]: loops from outermost to innermost."""
