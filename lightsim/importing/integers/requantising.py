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


def as_file(gain: Reals, bias: Reals, reach: Reals, ends: tuple[int, int]) -> Requantiser:
    """The integers whose outputs are those of a file: round((acc + bias) * gain), in float32 and
    half to even, as ONNX Runtime's QLinearConv computes them.

    Where 15 bits of a multiplier do not say a gain to the last sum, the multiplier and the bias
    with the fewest differing sums are taken.
    """
    shift = shift_for(max(float(gain.max()), 2.0**-LARGEST_SHIFT))
    exact = gain.astype(np.float32)
    wanted = thresholds(exact, ends)
    least = np.full(len(gain), np.inf)
    best_m, best_d = np.ones(len(gain)), np.zeros(len(gain))
    low = np.clip(wanted[:, 0], -reach - np.abs(bias), None)
    high = np.clip(wanted[:, -1], None, reach + np.abs(bias))
    for up in (0, 1):
        factor = np.clip(np.floor(gain * 2.0**shift) + up, 1, LARGEST_MULTIPLIER)
        slope = factor / 2.0**shift
        middle = np.rint(-(slope - gain) * (low + high) / 2 / slope)
        for move in (-1, 0, 1):
            moved = middle + move
            own = _own_thresholds(factor, shift, moved, ends)
            inside = (wanted >= low[:, None]) & (wanted <= high[:, None])
            differing = (np.abs(own - wanted) * inside).sum(axis=1)
            better = differing < least
            least = np.where(better, differing, least)
            best_m, best_d = np.where(better, factor, best_m), np.where(better, moved, best_d)
    share = least / np.maximum(high - low, 1)
    whole = np.clip(bias + best_d, -_LARGEST_SUM + reach, _LARGEST_SUM - reach)
    return Requantiser(
        whole.astype(np.int32), best_m.astype(np.int32), shift, float(share.max(initial=0.0))
    )


def thresholds(gain: NDArray[np.float32], ends: tuple[int, int]) -> Reals:
    """The least sum with each output above the lowest, float64[filters, outputs - 1].

    An output is round(float32(sum) * gain), half to even.
    """
    outputs = np.arange(ends[0] + 1, ends[1] + 1, dtype=np.float64)
    found = np.ceil((outputs - 0.5) / gain.astype(np.float64)[:, None])
    # Near a boundary the float32 product decides, which may be off by a little.
    answer: Reals = np.full(found.shape, np.inf)
    for step in (-2, -1, 0, 1):
        near = found + step
        reached = np.rint(near.astype(np.float32) * gain[:, None]) >= outputs
        first = reached & np.isinf(answer)
        answer[first] = near[first]
    missing = np.isinf(answer)
    answer[missing] = found[missing] + 2
    return answer


def reach_of(weights: NDArray[np.int16], largest: int) -> Reals:
    """The largest magnitude of each filter's sum over inputs of up to `largest`."""
    sums = np.abs(weights.reshape(len(weights), -1)).sum(axis=1, dtype=np.int64)
    return np.asarray(sums * float(largest), np.float64)


def _own_thresholds(factor: Reals, shift: int, moved: Reals, ends: tuple[int, int]) -> Reals:
    """As `thresholds`, of half_even(((sum + moved) * factor) / 2**shift): all in whole numbers."""
    outputs = np.arange(ends[0] + 1, ends[1] + 1, dtype=np.int64)
    products = outputs
    if shift > 0:  # half to even: a tie reaches an even output alone
        products = ((2 * outputs - 1) << (shift - 1)) + outputs % 2
    whole = factor.astype(np.int64)[:, None]
    least: Reals = np.asarray(-(-products // whole), np.float64)
    return least - moved[:, None]
