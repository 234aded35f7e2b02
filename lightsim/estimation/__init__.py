"""What a design costs before it is built: resources, budget, default designs and energy."""

from lightsim.estimation.budget import check_budget
from lightsim.estimation.defaults import default_accelerator, largest_array
from lightsim.estimation.energy import energy, energy_table
from lightsim.estimation.energy_tables import ENERGY_TABLES
from lightsim.estimation.resources import Part, estimate, total

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
