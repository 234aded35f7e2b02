"""Exact conversion between edges of the accelerator clock and edges of the DRAM command clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel
from lightsim.memory.layout import CLOCK_DENOMINATOR, CLOCK_NUMERATOR

__all__ = ["to_clock", "to_cycle"]


@kernel
def to_clock(spec: NDArray[np.int64], cycle: int) -> int:
    """The first DRAM clock edge at or after the start of accelerator cycle `cycle`."""
    return _convert(cycle, spec[CLOCK_NUMERATOR], spec[CLOCK_DENOMINATOR])


@kernel
def to_cycle(spec: NDArray[np.int64], clock: int) -> int:
    """The first accelerator cycle that starts at or after DRAM clock edge `clock`."""
    return _convert(clock, spec[CLOCK_DENOMINATOR], spec[CLOCK_NUMERATOR])


@kernel
def _convert(edge: int, numerator: int, denominator: int) -> int:
    # The division comes first, so that no product exceeds 64 bits in a run of any length.
    whole = edge // denominator
    rest = edge - whole * denominator
    return whole * numerator + (rest * numerator + denominator - 1) // denominator
