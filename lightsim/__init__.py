"""Cycle-accurate, bit-exact simulation of FPGA accelerators for power-of-two networks.

The names below are imported when they are first asked for, so that `import lightsim` is
quick: the rooms behind them load NumPy, SimPy and a compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.api import explore, from_torch, run, train
    from lightsim.errors import BudgetError, InputError, LightSimError
    from lightsim.flow.accelerators import dump_accelerator, load_accelerator
    from lightsim.flow.run import Experiment
    from lightsim.hardware.catalogue import BOARDS, board
    from lightsim.network.zoo import load_network, zoo_names
    from lightsim.numerics.formats.scheme import SCHEMES, scheme
    from lightsim.quantisation.inference.infer import infer
    from lightsim.quantisation.select import quantise
    from lightsim.reports.directory import write_directory
    from lightsim.reports.report import RunReport
    from lightsim.tiled.description.accelerator import Accelerator, Array, LaneGroup
    from lightsim.tiled.estimation.budget import check_budget
    from lightsim.tiled.estimation.defaults import default_accelerator
    from lightsim.tiled.estimation.resources import estimate
    from lightsim.tiled.mapping.program import map_workload
    from lightsim.tiled.mapping.tiles.tiling import Tiling
    from lightsim.tiled.simulation.machine import simulate

__all__ = [
    "BOARDS",
    "SCHEMES",
    "Accelerator",
    "Array",
    "BudgetError",
    "Experiment",
    "InputError",
    "LaneGroup",
    "LightSimError",
    "RunReport",
    "Tiling",
    "board",
    "check_budget",
    "default_accelerator",
    "dump_accelerator",
    "estimate",
    "explore",
    "from_torch",
    "infer",
    "load_accelerator",
    "load_network",
    "map_workload",
    "quantise",
    "run",
    "scheme",
    "simulate",
    "train",
    "write_directory",
    "zoo_names",
]

_HOMES = {
    "lightsim.api": ("explore", "from_torch", "run", "train"),
    "lightsim.errors": ("BudgetError", "InputError", "LightSimError"),
    "lightsim.tiled.estimation.budget": ("check_budget",),
    "lightsim.tiled.estimation.defaults": ("default_accelerator",),
    "lightsim.tiled.estimation.resources": ("estimate",),
    "lightsim.flow.run": ("Experiment",),
    "lightsim.tiled.description.accelerator": ("Accelerator", "Array", "LaneGroup"),
    "lightsim.hardware.catalogue": ("BOARDS", "board"),
    "lightsim.flow.accelerators": ("dump_accelerator", "load_accelerator"),
    "lightsim.tiled.mapping.program": ("map_workload",),
    "lightsim.tiled.mapping.tiles.tiling": ("Tiling",),
    "lightsim.network.zoo": ("load_network", "zoo_names"),
    "lightsim.numerics.formats.scheme": ("SCHEMES", "scheme"),
    "lightsim.quantisation.inference.infer": ("infer",),
    "lightsim.quantisation.select": ("quantise",),
    "lightsim.reports.directory": ("write_directory",),
    "lightsim.reports.report": ("RunReport",),
    "lightsim.tiled.simulation.machine": ("simulate",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """A public name, imported from its room and kept."""
    if name not in _HOME:
        raise AttributeError(f"module 'lightsim' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
