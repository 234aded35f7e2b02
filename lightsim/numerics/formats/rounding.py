"""Rounding of real numbers to a table of representable values: nearest or stochastic."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name

__all__ = ["RealRounding", "round_to_table", "scaled"]

RealRounding = Literal["nearest", "stochastic"]


def scaled(real: NDArray[np.float64], fraction_bits: int) -> NDArray[np.float64]:
    """`real * 2**fraction_bits`, exact but for numbers beyond +-2^20, which no format tells apart.

    Raises `InputError` where a number is NaN or infinite.
    """
    numbers = np.asarray(real, dtype=np.float64)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        where = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise InputError(f"weights{list(where)}", f"is {numbers[where]}", "a finite number")
    return np.ldexp(np.clip(numbers, -(2.0**20), 2.0**20), fraction_bits)


def round_to_table(
    numbers: NDArray[np.float64],
    table: NDArray[np.int16],
    rounding: RealRounding,
    rng: np.random.Generator | None,
) -> NDArray[np.int16]:
    """Each number's representative in `table` (ascending, distinct), the same shape.

    `nearest`: the nearest value; a tie goes to the larger magnitude, and between -v and +v to
    +v. `stochastic`: the neighbour above with probability (number - low) / (up - low), so that
    the mean is the number itself (LightNN, GLSVLSI 2017, section 3); needs `rng`. Numbers
    beyond the ends of the table become its ends.
    """
    if rounding == "nearest":
        return table[_nearest_index(numbers, table)]
    if rounding == "stochastic":
        if rng is None:
            raise InputError("rounding", "'stochastic' without a generator", "pass rng=")
        return _stochastic(numbers, table, rng)
    raise unknown_name("rounding", "rounding", str(rounding), ("nearest", "stochastic"))


def _nearest_index(numbers: NDArray[np.float64], table: NDArray[np.int16]) -> NDArray[np.intp]:
    # Comparing with midpoints is exact, comparing two float distances is not.
    wide = table.astype(np.float64)
    middles = (wide[1:] + wide[:-1]) / 2
    upwards = np.searchsorted(middles, numbers, side="right")
    downwards = np.searchsorted(middles, numbers, side="left")
    return np.where(numbers >= 0, upwards, downwards)


def _stochastic(
    numbers: NDArray[np.float64], table: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.int16]:
    inside = np.clip(numbers, table[0], table[-1])
    above = np.minimum(np.searchsorted(table, inside, side="left"), len(table) - 1)
    below = np.where(table[above] > inside, above - 1, above)
    low, up = table[below].astype(np.float64), table[above].astype(np.float64)
    gap = np.where(up > low, up - low, 1.0)
    return np.where(rng.random(inside.shape) < (inside - low) / gap, table[above], table[below])
