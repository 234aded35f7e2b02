"""A filter's sums brought to its output: bias, multiplier and shift, and how near they come.

The sum of a filter stands for acc * unit, and its output is (acc + bias) * gain, rounded, with
gain = unit / step. A gain is multiplier / 2**shift here, of 15 bits, and one shift for all filters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.sums.fixed_point import (
    LARGEST_MULTIPLIER,
    LARGEST_SHIFT,
    multipliers,
    shift_for,
)
from lightsim.numerics.sums.requantise import Rounding

__all__ = ["Requantiser", "as_file", "nearest", "reach_of", "thresholds"]

Integers = NDArray[np.int32]
Reals = NDArray[np.float64]
_LARGEST_SUM = (1 << 31) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Requantiser:
    """`bias` int32[filters], `multiplier` int32[filters], `shift`; `differing` is the largest
    share, over the filters, of the sums inside the clamp for which a file gives another output
    (by one), None where nothing was compared."""

    bias: Integers
    multiplier: Integers
    shift: int
    rounding: Rounding = "half_up"
    differing: float | None = None


def nearest(gain: Reals, offset: Reals, reach: Reals, ends: tuple[int, int]) -> Requantiser:
    """The integers whose outputs are gain * acc + offset, as near as they can be.

    `gain` > 0 and `offset` float64[filters], of one output; `reach` is the largest magnitude of
    each filter's sum; `ends` are those of the clamp.
    """
    dead = reach == 0  # where nothing is multiplied, the size of the gain means nothing
    gain = np.where(dead, gain[~dead].max() if not dead.all() else 1.0, gain)
    shift = shift_for(max(float(gain.max()), 2.0**-LARGEST_SHIFT))
    multiplier = multipliers(gain, shift)
    # What no sum can bring back into the clamp needs no larger offset, and what is left of it
    # must fit the accumulator beside the sums: a tiny gain may have to be a little larger.
    beyond = gain * reach + 1
    offset = np.clip(offset, ends[0] - beyond, ends[1] + beyond)
    room = _LARGEST_SUM - reach
    needed = np.ceil(np.abs(offset) * 2.0**shift / room)
    multiplier = np.clip(np.maximum(multiplier, needed), 1, LARGEST_MULTIPLIER)
    bias = np.clip(np.rint(offset * 2.0**shift / multiplier), -room, room)
    return Requantiser(bias.astype(np.int32), multiplier.astype(np.int32), shift)


def as_file(
    gain: Reals, bias: Reals, reach: Reals, ends: tuple[int, int], rounding: Rounding
) -> Requantiser:
    """The integers whose outputs are those of a file: `rounding` of (acc + bias) * gain.

    Where 15 bits of a multiplier do not say a gain to the last sum, the multiplier and the bias
    with the fewest differing sums are taken; and `half_up` in the place of `half_even` where it
    serves better, as it does for biases between whole numbers, which leave no ties.
    """
    wanted = thresholds(gain, bias, ends, rounding)
    found = [_fitted(gain, bias, reach, wanted, (ends, rounding))]
    if rounding == "half_even" and found[0].differing:
        found.append(_fitted(gain, bias, reach, wanted, (ends, "half_up")))
    return min(found, key=lambda one: one.differing or 0.0)


def _fitted(
    gain: Reals,
    bias: Reals,
    reach: Reals,
    wanted: Reals,
    rule: tuple[tuple[int, int], Rounding],
) -> Requantiser:
    """Multipliers and biases whose thresholds are nearest to those wanted."""
    shift = shift_for(max(float(gain.max()), 2.0**-LARGEST_SHIFT))
    low, high = np.maximum(wanted[:, 0], -reach), np.minimum(wanted[:, -1], reach)
    inside = (wanted >= low[:, None]) & (wanted <= high[:, None])
    least = np.full(len(gain), np.inf)
    best_factor, best_bias = np.ones(len(gain)), np.zeros(len(gain))
    for up in (0, 1):
        factor = np.clip(np.floor(gain * 2.0**shift) + up, 1, LARGEST_MULTIPLIER)
        slope = factor / 2.0**shift
        # Where the slope is not the gain, the middle of the sums is where they agree.
        middle = np.floor(bias - (slope - gain) * ((low + high) / 2 + bias) / slope)
        for move in (-1, 0, 1, 2):
            own = _own_thresholds(factor, shift, middle + move, *rule)
            differing = (np.abs(own - wanted) * inside).sum(axis=1)
            better = differing < least
            least = np.where(better, differing, least)
            best_factor = np.where(better, factor, best_factor)
            best_bias = np.where(better, middle + move, best_bias)
    share = least / np.maximum(high - low, 1)
    room = _LARGEST_SUM - reach
    whole = np.clip(best_bias, -room, room).astype(np.int32)
    worst = float(share.max(initial=0.0))
    return Requantiser(whole, best_factor.astype(np.int32), shift, rule[1], worst)


def thresholds(gain: Reals, bias: Reals, ends: tuple[int, int], rounding: Rounding) -> Reals:
    """The least sum with each output above the lowest, float64[filters, outputs - 1].

    An output is `rounding` of (sum + bias) * gain; the product is one in float32 where the bias is
    a whole number and rounding is half to even, as ONNX Runtime's QLinearConv computes it.
    """
    outputs = np.arange(ends[0] + 1, ends[1] + 1, dtype=np.float64)
    exact = (outputs - (0.0 if rounding == "floor" else 0.5)) / gain[:, None] - bias[:, None]
    tie = np.rint(exact)
    at_tie = np.abs(exact - tie) < 1e-7 + 1e-9 * np.abs(exact)
    found: Reals = np.where(at_tie, tie, np.ceil(exact))
    if rounding != "half_even":
        return found
    found += at_tie * (outputs % 2)
    whole = np.abs(bias - np.rint(bias)) < 1e-6 + 1e-6 * np.abs(bias)
    if whole.any():
        rounded = np.rint(bias[whole])[:, None]
        single = gain[whole].astype(np.float32)[:, None]
        found[whole] = _in_float32(found[whole] + rounded, single, outputs) - rounded
    return found


def _in_float32(near: Reals, gain: NDArray[np.float32], outputs: Reals) -> Reals:
    """Thresholds of round(float32(sum) * gain): within a few sums of the exact ones, `near`."""
    answer: Reals = np.full(near.shape, np.inf)
    for step in (-2, -1, 0, 1, 2):
        reached = np.rint((near + step).astype(np.float32) * gain) >= outputs
        first = reached & np.isinf(answer)
        answer[first] = near[first] + step
    missing = np.isinf(answer)
    answer[missing] = near[missing]
    return answer


def reach_of(weights: NDArray[np.int16], largest: int) -> Reals:
    """The largest magnitude of each filter's sum over inputs of up to `largest`."""
    sums = np.abs(weights.reshape(len(weights), -1)).sum(axis=1, dtype=np.int64)
    return np.asarray(sums * float(largest), np.float64)


def _own_thresholds(
    factor: Reals, shift: int, moved: Reals, ends: tuple[int, int], rounding: Rounding
) -> Reals:
    """As `thresholds`, of ((sum + moved) * factor) / 2**shift: all in whole numbers."""
    outputs = np.arange(ends[0] + 1, ends[1] + 1, dtype=np.int64)
    products = outputs << shift
    if shift > 0 and rounding != "floor":
        products = (2 * outputs - 1) << (shift - 1)
        if rounding == "half_even":  # a tie reaches an even output alone
            products += outputs % 2
    whole = factor.astype(np.int64)[:, None]
    least: Reals = np.asarray(-(-products // whole), np.float64)
    return least - moved[:, None]
