"""Roundings in one pass over memory, compiled by numba; each equals its torch twin bit for bit.

The kernels serve float32 on a processor. The arrays are flat. The torch twins are the expressions
`naive` in `rounding`, which graphics cards and other types use.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled

__all__ = [
    "grid",
    "grid_slope",
    "level",
    "power",
    "sign",
    "sign_slope",
    "total",
    "total_slope",
]

Reals = NDArray[np.float32]
_IN = "Array(float32, 1, 'C', True)"


@compiled(f"void({_IN}, float32, float32, float32, float32[::1])")
def grid(x: Reals, step: float, lowest: float, highest: float, out: Reals) -> None:
    """clamp(floor(x / step + 1/2), lowest, highest) * step."""
    half = np.float32(0.5)
    for i in range(x.size):
        v = np.floor(x[i] / step + half)
        v = lowest if v < lowest else v
        v = highest if v > highest else v
        out[i] = v * step


@compiled(f"void({_IN}, {_IN}, float32, float32, float32, boolean, float32[::1])")
def grid_slope(
    gradient: Reals, x: Reals, step: float, lowest: float, highest: float, rectified: bool,
    out: Reals,
) -> None:  # fmt: skip
    """The gradient if x / step is inside the clamp and, if rectified, x is above 0; else 0."""
    zero = np.float32(0)
    for i in range(x.size):
        v = x[i] / step
        passes = ((x[i] > zero) if rectified else (v >= lowest)) and (v <= highest)
        out[i] = gradient[i] if passes else zero


@compiled(f"void({_IN}, {_IN}, float32, float32, float32, float32[::1])")
def total(a: Reals, b: Reals, step: float, lowest: float, highest: float, out: Reals) -> None:
    """The sum of two parts, each rounded on its own, clamped."""
    half = np.float32(0.5)
    for i in range(a.size):
        v = np.floor(a[i] / step + half) + np.floor(b[i] / step + half)
        v = lowest if v < lowest else v
        v = highest if v > highest else v
        out[i] = v * step


@compiled(f"void({_IN}, {_IN}, {_IN}, float32, float32, float32, boolean, float32[::1])")
def total_slope(
    gradient: Reals, a: Reals, b: Reals, step: float, lowest: float, highest: float,
    rectified: bool, out: Reals,
) -> None:  # fmt: skip
    """The gradient if the rounded sum is inside the clamp and, if rectified, above 0; else 0."""
    half, zero = np.float32(0.5), np.float32(0)
    for i in range(a.size):
        v = np.floor(a[i] / step + half) + np.floor(b[i] / step + half)
        passes = ((v > zero) if rectified else (v >= lowest)) and (v <= highest)
        out[i] = gradient[i] if passes else zero


@compiled(f"void({_IN}, float32[::1])")
def sign(x: Reals, out: Reals) -> None:
    """+1 if x >= 0, else -1."""
    one = np.float32(1)
    for i in range(x.size):
        out[i] = one if x[i] >= np.float32(0) else -one


@compiled(f"void({_IN}, {_IN}, float32[::1])")
def sign_slope(gradient: Reals, x: Reals, out: Reals) -> None:
    """The gradient if |x| <= 1, else 0."""
    zero = np.float32(0)
    for i in range(x.size):
        out[i] = gradient[i] if abs(x[i]) <= np.float32(1) else zero


@compiled(f"void({_IN}, float32, float32, float32[::1])")
def power(r: Reals, least: float, most: float, out: Reals) -> None:
    """sign(r) 2**round(log2 |r|) between least and most; 0 if |r| < least / 2.

    A float has 23 fraction bits; fraction bits from 0x3504F3 on mean a factor of at least
    1.4142135, which rounds up.
    """
    bits, powers = r.view(np.uint32), out.view(np.uint32)
    half, zero = least * np.float32(0.5), np.float32(0)
    for i in range(r.size):
        own = bits[i] & np.uint32(0x7FFFFFFF)
        exponent = own & np.uint32(0x7F800000)
        up = np.uint32(0x00800000) if (own & np.uint32(0x007FFFFF)) >= np.uint32(0x3504F3) else (
            np.uint32(0)
        )  # fmt: skip
        powers[i] = exponent + up
    for i in range(r.size):
        v = out[i]
        v = least if v < least else v
        v = most if v > most else v
        v = v if r[i] >= zero else -v
        out[i] = zero if abs(r[i]) < half else v


@compiled(f"void({_IN}, {_IN}, {_IN}, float32[::1])")
def level(u: Reals, magnitudes: Reals, middles: Reals, out: Reals) -> None:
    """sign(u) times the nearest of the rising `magnitudes`; ties go to the larger magnitude."""
    last = middles.size
    for i in range(u.size):
        size = abs(u[i])
        low, high = 0, last
        while low < high:
            at = (low + high) // 2
            if middles[at] <= size:
                low = at + 1
            else:
                high = at
        out[i] = magnitudes[low] if u[i] >= np.float32(0) else -magnitudes[low]
