"""What is done number by number: the residual addition and the clip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.kernels.compiled import compiled
from lightsim.numerics.sums.accumulator import Accumulators
from lightsim.numerics.sums.requantise import Rounding, check_rule, rounding_rule, scaled_sums

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
    rules = [rounding_rule(shift, rounding, lowest, highest) for shift in shifts]
    if all(rule[2] == rule[3] == 0 for rule in rules) and _in_words(multipliers, shifts):
        check_rule(0, rounding, lowest, highest)
        out = np.empty(a.shape, np.int16)
        flat = np.ascontiguousarray(a).reshape(-1), np.ascontiguousarray(b).reshape(-1)
        nudges = rules[0][1], rules[1][1]
        _add(*flat, multipliers, shifts, nudges, (lowest, highest), out.reshape(-1))
        return out
    total = scaled_sums(a, multipliers[0], shifts[0], rounding)
    total += scaled_sums(b, multipliers[1], shifts[1], rounding)
    return clip(total, lowest, highest)


def _in_words(multipliers: tuple[int, int], shifts: tuple[int, int]) -> bool:
    """Whether a product, nudged by half of 2**shift, and the two together are 32-bit numbers."""
    if not all(0 <= factor <= 32767 for factor in multipliers):
        return False
    # A product is at most 2**30, half of 2**shift 2**29: their sum, halved at least, below 2**30.
    return all(1 <= shift <= 30 for shift in shifts)


@compiled(
    "void(Array(int16, 1, 'C', True), Array(int16, 1, 'C', True), UniTuple(int64, 2), "
    "UniTuple(int64, 2), UniTuple(int64, 2), UniTuple(int64, 2), int16[::1])"
)
def _add(
    a: NDArray[np.int16],
    b: NDArray[np.int16],
    multipliers: tuple[int, int],
    shifts: tuple[int, int],
    nudges: tuple[int, int],
    clamp: tuple[int, int],
    out: NDArray[np.int16],
) -> None:
    """In 32 bits, which hold everything here, and without signs where an index is meant."""
    by_a, by_b = np.int32(multipliers[0]), np.int32(multipliers[1])
    shift_a, shift_b = np.int32(shifts[0]), np.int32(shifts[1])
    nudge_a, nudge_b = np.int32(nudges[0]), np.int32(nudges[1])
    lowest, highest = np.int32(clamp[0]), np.int32(clamp[1])
    for i in range(np.uint64(out.size)):
        left = np.int32(np.int32(np.int32(a[i]) * by_a) + nudge_a)
        right = np.int32(np.int32(np.int32(b[i]) * by_b) + nudge_b)
        total = np.int32(np.int32(left >> shift_a) + np.int32(right >> shift_b))
        out[i] = min(max(total, lowest), highest)


def clip(numbers: NDArray[np.int16] | Accumulators, lowest: int, highest: int) -> NDArray[np.int16]:
    """int16 of the same shape, every number brought between `lowest` and `highest`."""
    if not -32768 <= lowest <= highest <= 32767:
        raise InputError("clamp", f"{lowest} to {highest}", "a range inside -32768 to 32767")
    return np.clip(numbers, lowest, highest).astype(np.int16, copy=False)
