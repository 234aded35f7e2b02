"""Requantisation: an accumulator times a multiplier, shifted right, rounded and clamped.

    output = clamp(round(acc * multiplier / 2**shift), lowest, highest)

Rounding of value / 4 (multiplier 1, shift 2), worked by hand:

    value            -7   -6   -5   -4   -3   -2   -1    0    1    2    3    4    5    6    7
    value / 4     -1.75 -1.5 -1.25  -1 -.75  -.5 -.25    0  .25   .5  .75    1 1.25  1.5 1.75
    floor            -2   -2   -2   -1   -1   -1   -1    0    0    0    0    1    1    1    1
    half_up          -2   -1   -1   -1   -1    0    0    0    0    1    1    1    1    2    2
    half_even        -2   -2   -1   -1   -1    0    0    0    0    0    1    1    1    2    2
    half_away        -2   -2   -1   -1   -1   -1    0    0    0    1    1    1    1    2    2
    toward_zero      -1   -1   -1   -1    0    0    0    0    0    0    0    1    1    1    1
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name
from lightsim.kernels.compiled import compiled
from lightsim.numerics.sums.accumulator import Accumulators, is_int32

__all__ = [
    "ROUNDINGS",
    "Rescaling",
    "Rounding",
    "check_rule",
    "requantise",
    "rounding_rule",
    "scaled_sums",
    "threshold",
]

Rounding = Literal["floor", "half_up", "half_even", "half_away", "toward_zero"]
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)


class Rescaling(NamedTuple):
    """What `requantise` is told beside the sums, in the order of its arguments.

    `multiplier` is int32[channels], or int32[1] for all channels; `shift` is 0..62.
    """

    multiplier: NDArray[np.int32]
    shift: int
    rounding: Rounding
    lowest: int
    highest: int


def requantise(
    acc: Accumulators,
    multiplier: NDArray[np.int32],
    shift: int,
    rounding: Rounding,
    lowest: int,
    highest: int,
) -> NDArray[np.int16]:
    """int16 of the shape of `acc` [batch, channels, ...], by the equation above.

    `multiplier` int32[channels], or int32[1] for all; `shift` 0..62. The product is formed in
    64 bits. Raises `InputError` for a shift out of range, a multiplier of another length, a
    clamp outside int16, or a product that could leave 64 bits.
    """
    _check(acc, multiplier, shift)
    check_rule(shift, rounding, lowest, highest)
    mode = _rounding_number(rounding)
    out = np.empty(acc.shape, np.int16)
    flat = (*acc.shape[:2], math.prod(acc.shape[2:]))
    factors, results = np.broadcast_to(multiplier, acc.shape[1:2]), out.reshape(flat)
    # Neighbouring numbers make the loop fifty times faster: a tile cut out of a larger array
    # is worth its copy.
    if is_int32(acc):
        numbers = np.ascontiguousarray(acc).reshape(flat)
        _requantise_int32(numbers, factors, shift, mode, lowest, highest, results)
    else:
        wide = np.ascontiguousarray(acc).reshape(flat)
        _requantise_int64(wide, factors, shift, mode, lowest, highest, results)
    return out


def rounding_rule(
    shift: int, rounding: Rounding, lowest: int, highest: int
) -> tuple[int, int, int, int, int, int]:
    """(shift, nudge, negative, odd, lowest, highest), such that the requantised product p is

    clamp((p + nudge + (negative if p < 0) + (odd if p >> shift is odd)) >> shift)
    """
    half = (1 << shift) >> 1
    add = {
        "floor": (0, 0, 0),
        "half_up": (half, 0, 0),
        "half_even": (half - 1, 0, 1),
        "half_away": (half, -1, 0),
        "toward_zero": (0, (1 << shift) - 1, 0),
    }
    nudge, negative, odd = add[rounding] if shift > 0 else (0, 0, 0)
    return shift, nudge, negative, odd, lowest, highest


def threshold(acc: Accumulators) -> NDArray[np.int16]:
    """int16 of the shape of `acc`: +1 where acc >= 0, else -1."""
    signs = (acc >= 0).astype(np.int16)
    signs *= 2
    signs -= 1
    return signs


def scaled_sums(
    numbers: NDArray[np.int16], multiplier: int, shift: int, rounding: Rounding
) -> NDArray[np.int64]:
    """int64 round(numbers * multiplier / 2**shift), not clamped, the same shape."""
    factor = np.array([multiplier], np.int32)
    _check(numbers, factor, shift)
    mode = _rounding_number(rounding)
    out = np.empty(numbers.shape, np.int64)
    flat, limit = (1, 1, numbers.size), 1 << 62
    given, results = np.ascontiguousarray(numbers).reshape(flat), out.reshape(flat)
    _scaled(given, factor, shift, mode, -limit, limit, results)
    return out


def check_rule(shift: int, rounding: Rounding, lowest: int, highest: int) -> None:
    """Raises `InputError` for a shift, a rounding or a clamp that `requantise` refuses."""
    if not 0 <= shift <= 62:
        raise InputError("shift", f"{shift}", "0 to 62")
    if not -32768 <= lowest <= highest <= 32767:
        raise InputError("clamp", f"{lowest} to {highest}", "a range inside -32768 to 32767")
    _rounding_number(rounding)


def _rounding_number(rounding: Rounding) -> int:
    if rounding not in ROUNDINGS:
        raise unknown_name("rounding", "rounding", rounding, ROUNDINGS)
    return ROUNDINGS.index(rounding)


def _check(
    acc: Accumulators | NDArray[np.int16], multiplier: NDArray[np.int32], shift: int
) -> None:
    if not 0 <= shift <= 62:
        raise InputError("shift", f"{shift}", "0 to 62")
    if acc.dtype not in (np.int16, np.int32, np.int64) or acc.ndim < 2:
        raise InputError(
            "accumulator", f"{acc.dtype}{list(acc.shape)}", "integers [batch, channels, ...]"
        )
    if multiplier.shape not in ((1,), acc.shape[1:2]):
        raise InputError(
            "multiplier", f"of shape {list(multiplier.shape)}", f"1 or {acc.shape[1]} numbers"
        )
    # An int32 product always fits; the wider accumulators must be looked at.
    if acc.dtype == np.int64 and acc.size:
        largest = max(abs(int(acc.min())), abs(int(acc.max())))
        factor = max(abs(int(number)) for number in (multiplier.min(), multiplier.max()))
        if largest * factor >= 1 << 63:
            raise InputError(
                "accumulator", f"{largest} times multiplier {factor}", "a product below 2**63"
            )


def _requantise(
    acc: Accumulators | NDArray[np.int16],
    multiplier: NDArray[np.int32],
    shift: int,
    mode: int,
    lowest: int,
    highest: int,
    out: NDArray[np.int16] | NDArray[np.int64],
) -> None:
    # Every rounding is floor plus one where the remainder, nudged, passes a mark:
    # half_even nudges odd quotients, half_away nudges numbers that are not negative.
    half = (np.int64(1) << shift) >> 1
    for b in range(acc.shape[0]):
        for c in range(acc.shape[1]):
            factor = np.int64(multiplier[c])
            for i in range(acc.shape[2]):
                product = acc[b, c, i] * factor
                value = product >> shift
                rest = product - (value << shift)
                if shift > 0:
                    if mode == 1:
                        value += rest >= half
                    elif mode == 2:
                        value += rest + (value & 1) > half
                    elif mode == 3:
                        value += rest + (product >= 0) > half
                    elif mode == 4:
                        value += (product < 0) & (rest > 0)
                out[b, c, i] = min(max(value, lowest), highest)


_SIGNATURE = (
    "void(Array({}, 3, 'C', True), Array(int32, 1, 'A', True), int64, int64, int64, int64, "
    "{}[:, :, ::1])"
)
_requantise_int32 = compiled(_SIGNATURE.format("int32", "int16"))(_requantise)
_requantise_int64 = compiled(_SIGNATURE.format("int64", "int16"))(_requantise)
_scaled = compiled(_SIGNATURE.format("int16", "int64"))(_requantise)
