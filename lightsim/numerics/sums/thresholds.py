"""Multi-threshold requantisation: a number is how many thresholds its sum has reached.

    output = lowest + |{i : acc >= thresholds[i]}|

Whatever function of a sum never falls is a list of thresholds. A multiplier and a shift are one:
its thresholds are the least sums that give lowest + 1, lowest + 2, ... highest (`thresholds_of`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.kernels.compiled import compiled
from lightsim.numerics.sums.accumulator import Accumulators
from lightsim.numerics.sums.requantise import Rescaling, check_rule

__all__ = ["MOST_THRESHOLDS", "check_thresholds", "count_thresholds", "thresholds_of"]

MOST_THRESHOLDS = 255
"""Thresholds of an output of eight bits."""


def count_thresholds(
    acc: Accumulators, thresholds: NDArray[np.int64], lowest: int
) -> NDArray[np.int16]:
    """int16 of the shape of `acc` [batch, channels, ...], by the equation above.

    `thresholds` int64[channels, levels], rising along the levels. Raises `InputError` for
    thresholds of another shape or that fall.
    """
    check_thresholds(thresholds, acc.shape[1])
    check_rule(0, "floor", lowest, lowest + thresholds.shape[1])
    flat = (*acc.shape[:2], math.prod(acc.shape[2:]))
    out = np.empty(acc.shape, np.int16)
    numbers = np.ascontiguousarray(acc, np.int64).reshape(flat)
    _count(numbers, np.ascontiguousarray(thresholds), lowest, out.reshape(flat))
    return out


def check_thresholds(thresholds: NDArray[np.int64], channels: int) -> None:
    """Raises `InputError` unless they are rising int64[channels, 1 to 255 levels]."""
    shape = thresholds.shape
    if len(shape) != 2 or shape[0] != channels or not 1 <= shape[1] <= MOST_THRESHOLDS:
        accepted = f"[{channels}, 1 to {MOST_THRESHOLDS}]"
        raise InputError("thresholds", f"of shape {list(shape)}", accepted)
    falls = np.argwhere(np.diff(thresholds, axis=1) < 0)
    if len(falls):
        channel, level = (int(index) for index in falls[0])
        pair = thresholds[channel, level : level + 2].tolist()
        accepted = "rising thresholds of each channel"
        raise InputError(f"thresholds of channel {channel}", f"{pair[0]}, then {pair[1]}", accepted)


def thresholds_of(rule: Rescaling, bias: NDArray[np.int32] | None = None) -> NDArray[np.int64]:
    """The thresholds int64[channels, highest - lowest] of a multiplier and a shift.

    `count_thresholds` of them equals `requantise` for every sum. With a `bias` int32[channels] they
    are those of sums that have no bias yet.
    """
    check_rule(rule.shift, rule.rounding, rule.lowest, rule.highest)
    if (rule.multiplier < 1).any():
        raise InputError("multiplier", f"{int(rule.multiplier.min())}", "numbers above 0")
    products = [_least_product(v, rule) for v in range(rule.lowest + 1, rule.highest + 1)]
    rows = [[-(-p // int(m)) for p in products] for m in rule.multiplier]
    found = np.array(rows, np.int64).reshape(len(rule.multiplier), len(products))
    if bias is None:
        return found
    return found - bias.astype(np.int64)[:, None]


def _least_product(value: int, rule: Rescaling) -> int:
    """The least product that rounds to `value` or more after the shift."""
    shift, half = rule.shift, (1 << rule.shift) >> 1
    whole = value << shift
    if shift == 0 or rule.rounding == "floor":
        return whole
    match rule.rounding:
        case "half_up":
            return whole - half
        case "half_even":
            return whole - half + value % 2
        case "half_away":
            return whole - half + (value <= 0)
        case _:  # toward zero: what lies above value - 1 is cut to value where it is not positive
            return whole if value > 0 else whole - (1 << shift) + 1


@compiled("void(int64[:, :, ::1], int64[:, ::1], int64, int16[:, :, ::1])")
def _count(
    acc: NDArray[np.int64], thresholds: NDArray[np.int64], lowest: int, out: NDArray[np.int16]
) -> None:
    for b in range(acc.shape[0]):
        for c in range(acc.shape[1]):
            own = thresholds[c]
            for i in range(acc.shape[2]):
                # Halving: `low` thresholds are reached, none from `high` on.
                low, high = 0, own.size
                while low < high:
                    middle = (low + high) >> 1
                    if acc[b, c, i] >= own[middle]:
                        low = middle + 1
                    else:
                        high = middle
                out[b, c, i] = lowest + low
