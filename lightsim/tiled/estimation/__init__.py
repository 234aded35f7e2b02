"""The cost of a design before it is built: resources, budget, default designs and energy."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lightsim.energy.joules import energy, energy_table
from lightsim.energy.tables import ENERGY_TABLES

if TYPE_CHECKING:
    from lightsim.tiled.estimation.budget import check_budget
    from lightsim.tiled.estimation.defaults import default_accelerator, largest_array
    from lightsim.tiled.estimation.resources import Part, estimate, total

__all__ = [
    "ENERGY_TABLES",
    "Part",
    "check_budget",
    "default_accelerator",
    "energy",
    "energy_table",
    "estimate",
    "largest_array",
    "total",
]

_HOMES = {
    "budget": ("check_budget",),
    "defaults": ("default_accelerator", "largest_array"),
    "resources": ("Part", "estimate", "total"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a name at its first use, because the formulas import NumPy. Raises `AttributeError`
    for an unknown name.
    """
    if name not in _HOME:
        raise AttributeError(f"module 'lightsim.tiled.estimation' has no attribute '{name}'")
    return getattr(import_module(f"lightsim.tiled.estimation.{_HOME[name]}"), name)
