"""Bounds: closed forms for the cycles that no mapping of a network on a machine can beat.

`facts` lists the demands of a network, `axes` the built sizes of machines, and `designs` the
numbers of a machine that the bound uses. `cycles` is the bound itself, `activity` the least
activity that energy and traffic are computed from, and `network` the door of the room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.bounds.axes import Axes
    from lightsim.tiled.bounds.network import NetworkBound

__all__ = ["Axes", "NetworkBound"]


def __getattr__(name: str) -> Any:
    """Import the room's names at their first use, because they import Numba. Raises
    `AttributeError` for an unknown name.
    """
    if name == "Axes":
        from lightsim.tiled.bounds.axes import Axes

        return Axes
    if name == "NetworkBound":
        from lightsim.tiled.bounds.network import NetworkBound

        return NetworkBound
    raise AttributeError(f"module 'lightsim.tiled.bounds' has no attribute '{name}'")
