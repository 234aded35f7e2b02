"""Optimum: the quickest legal mapping of a pass, with a proof that no mapping is quicker.

`filters` and `positions` list the demands of every choice of tile sizes, `limit` bounds the cycles
of every tiling, and `clock` times one tiling on the timeline. `choose` searches the tilings of one
pass, `network` the tilings of all passes. `passes` adds the bounds of the passes to a bound of the
network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.optimum.choose import Choice, choose_exact
    from lightsim.tiled.optimum.network import exact_tilings
    from lightsim.tiled.optimum.passes import PassTilings, network_limit, pass_tilings

__all__ = [
    "Choice",
    "PassTilings",
    "choose_exact",
    "exact_tilings",
    "network_limit",
    "pass_tilings",
]


def __getattr__(name: str) -> Any:
    """Import the room's names at their first use, because they import Numba. Raises
    `AttributeError` for an unknown name.
    """
    if name in ("Choice", "choose_exact"):
        from lightsim.tiled.optimum import choose

        return getattr(choose, name)
    if name == "exact_tilings":
        from lightsim.tiled.optimum.network import exact_tilings

        return exact_tilings
    if name in ("PassTilings", "network_limit", "pass_tilings"):
        from lightsim.tiled.optimum import passes

        return getattr(passes, name)
    raise AttributeError(f"module 'lightsim.tiled.optimum' has no attribute '{name}'")
