"""Mapping: how a network is cut into tiles for an accelerator, and where its data lies.

`lowering` turns layers into passes, `choose` finds a tiling by the estimate of `cost`,
`footprint` says whether one is legal, `schedule` lists the tiles in order, `layout` places
everything in memory and `program` joins them for a whole network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.mapping.program import Program, map_workload

__all__ = ["Program", "map_workload"]


def __getattr__(name: str) -> Any:
    """`Program` and `map_workload`, imported when first asked for: NumPy comes with them."""
    if name in __all__:
        from lightsim.mapping import program

        return getattr(program, name)
    raise AttributeError(f"module 'lightsim.mapping' has no attribute '{name}'")
