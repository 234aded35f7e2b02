"""What a simulation found: cycles, stalls by cause, activity, traffic, and the output values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals

__all__ = ["SimulationResult"]


@dataclass(frozen=True, slots=True, eq=False)
class SimulationResult:
    """A whole run: `outputs[layer]` int32[images, channels, height, width] of every layer kept.

    `layers` are in order of execution, once per program run (per batch of images).
    """

    cycles: int
    layers: tuple[LayerTiming, ...]
    units: Mapping[str, UnitTotals]
    trace: tuple[Interval, ...]
    outputs: Mapping[str, NDArray[np.int32]]
    memory_counters: Mapping[str, int]
