"""Depthwise convolution: every channel has one filter of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.kernels.compiled import compiled
from lightsim.numerics.images.planes import Planes, split
from lightsim.numerics.images.window import Pair, Window
from lightsim.numerics.sums.accumulator import Accumulators, is_int32
from lightsim.numerics.sums.requantise import Rescaling, check_rule, rounding_rule

__all__ = ["convolve_depthwise", "convolve_depthwise_requantised"]

_PLANE_NUMBERS = 1 << 17  # numbers of the planes made at a time: 256 KB


def convolve_depthwise(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    out: Accumulators,
    stride: Pair = (1, 1),
    origin: Pair = (0, 0),
    pad_value: int = 0,
) -> None:
    """Adds into `out` [batch, channels, rows, columns]:

    out[b, n, r, c] += sum over ky, kx of
        x[b, n, r * stride[0] + ky + origin[0], c * stride[1] + kx + origin[1]]
        * weights[n, ky, kx]

    modulo 2**32 for int32, exact for int64; `weights` int16[channels, kh, kw]. Raises
    `InputError` for shapes that do not join.
    """
    _check_shapes(x, weights, out)
    kernel = (weights.shape[1], weights.shape[2])
    window = Window(kernel, stride, origin, out.shape[2], out.shape[3])
    if out.size == 0 or weights.size == 0:
        return
    planes = Planes(window)
    image = split(x, planes, pad_value).reshape(len(x), x.shape[1], planes.channel)
    taps = planes.taps.reshape(-1)
    shape = (*out.shape[:2], planes.outputs)
    sums: Accumulators
    if is_int32(out):
        sums = np.zeros(shape, np.int32)
        _depthwise_int32(image, weights, taps, planes.run, sums)
    else:
        sums = np.zeros(shape, np.int64)
        _depthwise_int64(image, weights, taps, planes.run, sums)
    out += sums.reshape(*out.shape[:3], planes.wide)[..., : window.columns]


def convolve_depthwise_requantised(
    x: NDArray[np.int16],
    weights: NDArray[np.int16],
    bias: NDArray[np.int32],
    rescaling: Rescaling,
    window: Window,
    pad_value: int = 0,
) -> NDArray[np.int16]:
    """int16[batch, channels, rows, columns]: `requantise` of `bias` int32[channels] plus the
    convolution, in one pass.

    The sums are added in an int32 accumulator, modulo 2**32. Raises `InputError` for shapes that
    do not join and for a shift, a rounding or a clamp that `requantise` refuses.
    """
    out = np.empty((*x.shape[:2], window.rows, window.columns), np.int16)
    _check_shapes(x, weights, out)
    check_rule(*rescaling[1:])
    if out.size == 0:
        return out
    from lightsim.numerics.dot_products.emitted_channels import ROOM, depthwise_lines

    planes = Planes(window)
    factors = np.ascontiguousarray(np.broadcast_to(rescaling.multiplier, x.shape[1:2]), np.int32)
    rule = rounding_rule(*rescaling[1:])
    shape, flat = (window.rows, window.columns, planes.wide), out.reshape(-1)
    filters = np.ascontiguousarray(weights).reshape(len(weights), -1)
    taps, every = planes.taps.reshape(-1), np.ascontiguousarray(x).reshape(1, -1, *x.shape[2:])
    # Few enough channels at a time that their planes stay in the cache.
    step = max(1, _PLANE_NUMBERS // planes.channel)
    for first in range(0, every.shape[1], step):
        image = split(every[:, first : first + step], planes, pad_value, ROOM)
        span = first, min(first + step, every.shape[1])
        depthwise_lines(
            image, planes.channel, filters, taps, bias, factors, rule, span, shape, flat
        )
    return out


def _check_shapes(
    x: NDArray[np.int16], weights: NDArray[np.int16], out: Accumulators | NDArray[np.int16]
) -> None:
    if weights.ndim != 3 or not len(weights) == x.shape[1] == out.shape[1] or len(x) != len(out):
        raise InputError(
            "convolve_depthwise",
            f"x {list(x.shape)}, weights {list(weights.shape)}, out {list(out.shape)}",
            "the same channels in all, the same batch in x and out",
        )


def _depthwise(
    image: NDArray[np.int16],
    weights: NDArray[np.int16],
    taps: NDArray[np.int64],
    run: int,
    sums: Accumulators,
) -> None:
    for b in range(sums.shape[0]):
        for n in range(sums.shape[1]):
            to = sums[b, n, :run]
            for ky in range(weights.shape[1]):
                for kx in range(weights.shape[2]):
                    factor = weights[n, ky, kx]
                    begin = taps[ky * weights.shape[2] + kx]
                    seen = image[b, n, begin : begin + run]
                    for p in range(run):
                        to[p] += np.int64(factor) * np.int64(seen[p])


_SIGNATURE = "void(int16[:, :, ::1], Array(int16, 3, 'A', True), int64[::1], int64, {}[:, :, ::1])"
_depthwise_int32 = compiled(_SIGNATURE.format("int32"))(_depthwise)
_depthwise_int64 = compiled(_SIGNATURE.format("int64"))(_depthwise)
