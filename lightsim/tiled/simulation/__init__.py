"""Simulation: the events of every cycle, and the values that the machine computes.

Each process of the machine has its own file (`controller`, `load`, `array`, `drain`); `buffer` and
`memory` join the processes. `compute` holds the arithmetic of the array on the contents of its
buffers, `pipeline` the duration of a tile, and `machine` the wiring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.simulation.machine import Machine, simulate
    from lightsim.tiled.simulation.result import SimulationResult

__all__ = ["Machine", "SimulationResult", "simulate"]


def __getattr__(name: str) -> Any:
    """Import the room's names at their first use, because they import SimPy and NumPy. Raises
    `AttributeError` for an unknown name.
    """
    if name == "SimulationResult":
        from lightsim.tiled.simulation.result import SimulationResult

        return SimulationResult
    if name in __all__:
        from lightsim.tiled.simulation import machine

        return getattr(machine, name)
    raise AttributeError(f"module 'lightsim.tiled.simulation' has no attribute '{name}'")
