"""From edges of the accelerator clock to edges of the DRAM command clock and back, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel
from lightsim.memory.layout import CLOCK_DENOMINATOR, CLOCK_NUMERATOR

__all__ = ["to_clock", "to_cycle"]


@kernel
def to_clock(spec: NDArray[np.int64], cycle: int) -> int:
    """The first DRAM clock edge that is not before the start of accelerator cycle `cycle`."""
    return _convert(cycle, spec[CLOCK_NUMERATOR], spec[CLOCK_DENOMINATOR])


@kernel
def to_cycle(spec: NDArray[np.int64], clock: int) -> int:
    """The first accelerator cycle that does not start before DRAM clock edge `clock`."""
    return _convert(clock, spec[CLOCK_DENOMINATOR], spec[CLOCK_NUMERATOR])


@kernel
def _convert(edge: int, numerator: int, denominator: int) -> int:
    # Divided first, so that no product passes 64 bits however long the run.
    whole = edge // denominator
    rest = edge - whole * denominator
    return whole * numerator + (rest * numerator + denominator - 1) // denominator
