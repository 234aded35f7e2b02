"""Simulation: what happens in every cycle, and the values that come out of it.

The processes of the machine are one file each (`controller`, `load`, `array`, `drain`), joined
by `buffer` and `memory`; `compute` holds what the array does to the values it finds in its
buffers, `pipeline` how long it takes, `machine` the wiring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.simulation.machine import Machine, simulate
    from lightsim.tiled.simulation.result import SimulationResult

__all__ = ["Machine", "SimulationResult", "simulate"]


def __getattr__(name: str) -> Any:
    """The room's names, imported when first asked for: SimPy and NumPy come with them."""
    if name == "SimulationResult":
        from lightsim.tiled.simulation.result import SimulationResult

        return SimulationResult
    if name in __all__:
        from lightsim.tiled.simulation import machine

        return getattr(machine, name)
    raise AttributeError(f"module 'lightsim.tiled.simulation' has no attribute '{name}'")
