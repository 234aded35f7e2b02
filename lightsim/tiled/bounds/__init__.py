"""Bounds: closed forms below which no mapping of a network on a machine can come.

`facts` are what a network asks of a machine, `axes` what machines are built of, `designs` what
the bound needs of a machine, `cycles` the bound itself, `activity` what is at least counted for
energy and traffic, and `network` the door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.bounds.axes import Axes
    from lightsim.tiled.bounds.network import NetworkBound

__all__ = ["Axes", "NetworkBound"]


def __getattr__(name: str) -> Any:
    """The room's names, imported when first asked for: Numba comes with them."""
    if name == "Axes":
        from lightsim.tiled.bounds.axes import Axes

        return Axes
    if name == "NetworkBound":
        from lightsim.tiled.bounds.network import NetworkBound

        return NetworkBound
    raise AttributeError(f"module 'lightsim.tiled.bounds' has no attribute '{name}'")
