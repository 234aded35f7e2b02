"""Mapping: how a network is cut into tiles for an accelerator, and where its data lies.

`plan` says what a pass is and places tensors in memory, `lowering` turns layers into passes,
`filters` sorts them by k into row groups, `tiles` finds a legal tiling by an estimate of its cost
and lists the tiles in order, and `program` joins them for a whole network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.mapping.program import Program, map_workload

__all__ = ["Program", "map_workload"]


def __getattr__(name: str) -> Any:
    """`Program` and `map_workload`, imported when first asked for: NumPy comes with them."""
    if name in __all__:
        from lightsim.tiled.mapping import program

        return getattr(program, name)
    raise AttributeError(f"module 'lightsim.tiled.mapping' has no attribute '{name}'")
