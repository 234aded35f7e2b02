"""What is done number by number: the residual addition and the clip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.accumulator import Accumulators
from lightsim.numerics.requantise import Rounding, scaled_sums

__all__ = ["add_requantised", "clip"]


def add_requantised(
    a: NDArray[np.int16],
    b: NDArray[np.int16],
    *,
    multipliers: tuple[int, int],
    shifts: tuple[int, int],
    rounding: Rounding,
    lowest: int,
    highest: int,
) -> NDArray[np.int16]:
    """int16 of the shape of `a` and `b`:

    clamp(round(a * multipliers[0] / 2**shifts[0]) + round(b * multipliers[1] / 2**shifts[1]))

    Each addend is rounded by itself, as two requantisers in front of one adder do it. Raises
    `InputError` for different shapes, a shift out of range, or a clamp outside int16.
    """
    if a.shape != b.shape:
        raise InputError("add", f"{list(a.shape)} and {list(b.shape)}", "the same shape")
    total = scaled_sums(a, multipliers[0], shifts[0], rounding)
    total += scaled_sums(b, multipliers[1], shifts[1], rounding)
    return clip(total, lowest, highest)


def clip(numbers: NDArray[np.int16] | Accumulators, lowest: int, highest: int) -> NDArray[np.int16]:
    """int16 of the same shape, every number brought between `lowest` and `highest`."""
    if not -32768 <= lowest <= highest <= 32767:
        raise InputError("clamp", f"{lowest} to {highest}", "a range inside -32768 to 32767")
    return np.clip(numbers, lowest, highest).astype(np.int16, copy=False)
