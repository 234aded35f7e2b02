"""Optimum: the quickest legal mapping of a pass, with a proof that there is none quicker.

`filters` and `positions` say what every choice of tile sizes asks for, `limit` bounds the cycles
of all of them, `clock` times one on the timeline, `choose` searches and `network` does it for
all passes. `passes` adds the limits up to one of a whole network.
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
    """The room's names, imported when first asked for: Numba comes with them."""
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
