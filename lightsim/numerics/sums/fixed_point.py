"""A real factor as a multiplier and a shift, which is what requantisation has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LARGEST_MULTIPLIER",
    "LARGEST_SHIFT",
    "fixed_point",
    "multipliers",
    "ratio",
    "shift_for",
]

LARGEST_MULTIPLIER = (1 << 15) - 1
LARGEST_SHIFT = 31


def shift_for(largest: float) -> int:
    """The shift with which `largest` > 0 still has a multiplier: the others are exact to most."""
    return int(np.clip(np.floor(np.log2(LARGEST_MULTIPLIER / largest)), 0, LARGEST_SHIFT))


def multipliers(reals: NDArray[np.float64], shift: int) -> NDArray[np.float64]:
    """The whole numbers 1..32767 nearest to `reals` * 2**shift, of the shape of `reals`."""
    nearest: NDArray[np.float64] = np.clip(np.rint(reals * 2.0**shift), 1, LARGEST_MULTIPLIER)
    return nearest


def fixed_point(reals: NDArray[np.float64]) -> tuple[NDArray[np.int32], int]:
    """Multipliers int32 and one shift for all, as exact as the largest of the reals allows."""
    shift = shift_for(float(reals.max()))
    return multipliers(reals, shift).astype(np.int32), shift


def ratio(real: float) -> tuple[int, int]:
    """(multiplier 1..32767, shift 0..31) with multiplier / 2**shift nearest to `real` > 0.

    A power of two is a shift alone.
    """
    (multiplier,), shift = fixed_point(np.array([real]))
    multiplier = int(multiplier)
    while multiplier % 2 == 0 and shift > 0:
        multiplier, shift = multiplier // 2, shift - 1
    return multiplier, shift
