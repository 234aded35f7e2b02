"""The accumulator's width: which sums can occur, and what becomes of one that does not fit."""

from __future__ import annotations

from typing import Literal, TypeGuard, TypeVar

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name

__all__ = [
    "Accumulators",
    "Overflow",
    "bits_needed",
    "fit_accumulator",
    "is_int32",
    "worst_sum",
    "worst_truncating_sum",
]

Accumulators = NDArray[np.int32] | NDArray[np.int64]
Overflow = Literal["wrap", "saturate"]
Number = TypeVar("Number", np.int32, np.int64)
Bounds = tuple[NDArray[np.int64], NDArray[np.int64]]


def fit_accumulator(acc: NDArray[Number], bits: int, policy: Overflow) -> NDArray[Number]:
    """What an accumulator of `bits` bits (two's complement) holds of the exact sums `acc`.

    `wrap` keeps the low bits, which is what adding modulo 2**bits gives in any order;
    `saturate` clamps the finished sum. The same array is returned where nothing can change.
    Raises `InputError` for a width outside 2..64 or an unknown policy.
    """
    if not 2 <= bits <= 64:
        raise InputError("accumulator_bits", f"{bits}", "2 to 64")
    if policy not in ("wrap", "saturate"):
        raise unknown_name("overflow", "overflow policy", policy, ("saturate", "wrap"))
    unused = 8 * acc.dtype.itemsize - bits
    if unused <= 0:
        return acc
    if policy == "wrap":
        lifted = np.left_shift(acc, unused)
        return np.right_shift(lifted, unused, out=lifted)
    return np.clip(acc, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def worst_sum(
    weights: NDArray[np.int16], bias: NDArray[np.int32] | None, lowest: int, highest: int
) -> Bounds:
    """The least and the greatest accumulator of each filter: two int64[out], both reached.

    `weights` int16[out, ...]; activations from `lowest` to `highest`, which must enclose what
    padding counts as. Since they enclose zero (or are +-1), a sum over part of the weights
    stays inside too, whatever the order. `bias` int32[out] or None.
    """
    wide = weights.reshape(len(weights), -1).astype(np.int64)
    positive, negative = np.maximum(wide, 0).sum(axis=1), np.minimum(wide, 0).sum(axis=1)
    low = positive * lowest + negative * highest
    high = positive * highest + negative * lowest
    offset = np.zeros(len(wide), np.int64) if bias is None else bias.astype(np.int64)
    return low + offset, high + offset


def worst_truncating_sum(
    sign: NDArray[np.int8],
    exponent: NDArray[np.int8],
    present: NDArray[np.bool_],
    bias: NDArray[np.int32] | None,
    lowest: int,
    highest: int,
) -> Bounds:
    """As `worst_sum`, for terms [terms, out, ...] that each add sign * (x >> exponent)."""
    filters = sign.shape[1]
    low = np.zeros(filters, np.int64) if bias is None else bias.astype(np.int64)
    high = low.copy()
    for m in range(8):
        here = present & (exponent == m)
        axes = tuple(axis for axis in range(sign.ndim) if axis != 1)
        positive, negative = ((here & (sign == s)).sum(axis=axes) for s in (1, -1))
        low += positive * (lowest >> m) - negative * (highest >> m)
        high += positive * (highest >> m) - negative * (lowest >> m)
    return low, high


def is_int32(acc: Accumulators) -> TypeGuard[NDArray[np.int32]]:
    """Whether the accumulators are the narrow ones."""
    return acc.dtype == np.int32


def bits_needed(low: int, high: int) -> int:
    """The narrowest two's complement width that holds every number from `low` to `high`."""
    return 1 + max(
        (~low if low < 0 else low).bit_length(), (~high if high < 0 else high).bit_length()
    )
