"""The result of a simulation: cycles, stalls by cause, activity, traffic, and output values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals

__all__ = ["SimulationResult"]


@dataclass(frozen=True, slots=True, eq=False)
class SimulationResult:
    """The result of a whole run.

    `outputs[layer]` int32[images, channels, height, width] holds every stored layer. `layers` are
    in order of execution, once for each program (for each batch of images).
    """

    cycles: int
    layers: tuple[LayerTiming, ...]
    units: Mapping[str, UnitTotals]
    trace: tuple[Interval, ...]
    outputs: Mapping[str, NDArray[np.int32]]
    memory_counters: Mapping[str, int]
