"""Depthwise convolution of one channel after another, sixty-four pixels of sums in registers.

A loop over the taps of a window reads and writes every sum once a tap, and what a compiled loop
does for the ends of short lines takes longer than the rest: written in LLVM's language, sums stay
in registers, are requantised there and are written under a mask. LLVM can do it for any processor.

This file imports numba: it is itself imported by the first depthwise convolution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.vectors.code import (
    masked_load,
    masked_store,
    requantised,
    requantised_high,
    splat,
    start,
    vector_at,
)

__all__ = ["ROOM", "depthwise_lines"]

_INT16, _INT32, _INT64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_LANES, _VECTORS = 16, 4
ROOM = _LANES * _VECTORS  # numbers behind an image that may be read
_NUMBERS, _SUMS = ir.VectorType(_INT16, _LANES), ir.VectorType(_INT32, _LANES)

cgutils: Any = untyped_cgutils


def _emit_run(
    typing: Any, high: Any, image: Any, at: Any, taps: Any, weights: Any, first_weight: Any,
    bias: Any, by: Any, rule: Any, out: Any, to: Any,
) -> Any:  # fmt: skip
    """Emit out[to + p] = the requantised sum over t of weights[first_weight + t]
    * image[at + taps[t] + p], begun at `bias`, for 64 p.

    With `high`, `by` and `rule` are those of `requantised_high`: (.., nudge, .., lowest, highest).
    """
    arguments = (high, image, at, taps, weights, first_weight, bias, by, rule, out, to)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        image, taps, weights, out = (
            start(context, builder, signature, arguments, n) for n in (1, 3, 4, 9)
        )
        _, _, at, bias, by, to = (arguments[n] for n in (0, 1, 2, 6, 7, 10))
        length = context.make_array(signature.args[3])(context, builder, arguments[3])
        count = cgutils.unpack_tuple(builder, length.shape, 1)[0]
        totals = [cgutils.alloca_once(builder, _SUMS) for _ in range(_VECTORS)]
        for total in totals:
            builder.store(splat(builder, bias, _LANES), total)
        with cgutils.for_range_slice(builder, _INT64(0), count, _INT64(1), _INT64) as (t, _):
            weight = builder.load(builder.gep(weights, [builder.add(arguments[5], t)]))
            weight = splat(builder, builder.sext(weight, _INT32), _LANES)
            begin = builder.add(at, builder.load(builder.gep(taps, [t])))
            for v, total in enumerate(totals):
                place = builder.gep(image, [builder.add(begin, _INT64(v * _LANES))])
                pixels = builder.sext(vector_at(builder, place, _NUMBERS), _SUMS)
                sum_ = builder.add(builder.load(total), builder.mul(pixels, weight))
                builder.store(sum_, total)
        rule = cgutils.unpack_tuple(builder, arguments[8], 6)
        for v, total in enumerate(totals):
            place = builder.gep(out, [builder.add(to, _INT64(v * _LANES))])
            if signature.args[0].literal_value:
                least, most = (builder.trunc(end, _INT32) for end in rule[4:])
                found = requantised_high(builder, builder.load(total), by, rule[1], least, most)
            else:
                found = requantised(builder, builder.load(total), by, rule)
            vector_at(builder, place, _NUMBERS, found)
        return context.get_dummy_value()

    return types.void(*arguments), generate


_run: Any = intrinsic(prefer_literal=True)(_emit_run)


def _emit_copy(typing: Any, given: Any, at: Any, out: Any, to: Any, count: Any) -> Any:
    """Emit out[to + i] = given[at + i] for i below `count`."""
    arguments = (given, at, out, to, count)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given, out = (start(context, builder, signature, arguments, n) for n in (0, 2))
        lanes = ir.Constant(_SUMS, list(range(_LANES)))
        _, at, _, to, count = arguments
        span = _INT64(0), count, _INT64(_LANES)
        with cgutils.for_range_slice(builder, *span, _INT64) as (i, _):
            left = splat(builder, builder.trunc(builder.sub(count, i), _INT32), _LANES)
            mask = builder.icmp_signed("<", lanes, left)
            line = masked_load(builder, _NUMBERS, builder.gep(given, [builder.add(at, i)]), mask)
            masked_store(builder, line, builder.gep(out, [builder.add(to, i)]), mask)
        return context.get_dummy_value()

    return types.void(*arguments), generate


_copy: Any = intrinsic(_emit_copy)


@compiled(
    "void(Array(int16, 1, 'C', True), int64, Array(int16, 2, 'C', True), int64[::1], "
    "Array(int32, 1, 'A', True), Array(int32, 1, 'C', True), UniTuple(int64, 6), "
    "UniTuple(int64, 2), UniTuple(int64, 3), int16[::1])"
)
def depthwise_lines(
    image: NDArray[np.int16],
    channel: int,
    weights: NDArray[np.int16],
    taps: NDArray[np.int64],
    bias: NDArray[np.int32],
    multiplier: NDArray[np.int32],
    rule: Any,
    span: tuple[int, int],
    shape: tuple[int, int, int],
    out: NDArray[np.int16],
) -> None:
    """Requantised sums of channels for the run that `planes.Planes` describes.

    They are channels span[0] to span[1] - 1 of all those of all images. `image` is flat, `channel`
    numbers a channel and `ROOM` behind; `weights` [channels, taps]; `shape` is (rows, columns,
    wide), `out` flat [images, channels, rows, columns].
    """
    rows, columns, wide = shape
    channels, run = weights.shape[0], (rows - 1) * wide + columns
    narrow = np.empty(run + _LANES * _VECTORS, np.int16)
    shift, nudge, negative, odd, lowest, highest = rule
    up = 32 - shift
    high = negative == 0 and odd == 0 and 0 <= up <= 31
    for n in range(channels if high else 0):
        high = high and 0 <= multiplier[n] <= 0x7FFFFFFF >> up
    up = up if high else 0
    rule = (shift, nudge << up, negative, odd, lowest, highest)
    flat = weights.reshape(weights.size)
    for job in range(span[0], span[1]):
        n, at = job % channels, (job - span[0]) * channel
        first, by = bias[n], np.int32(multiplier[n] << up)
        for p in range(0, run, _LANES * _VECTORS):
            if high:
                _run(True, image, at + p, taps, flat, n * taps.size, first, by, rule, narrow, p)
            else:
                _run(False, image, at + p, taps, flat, n * taps.size, first, by, rule, narrow, p)
        if columns == wide:
            _copy(narrow, 0, out, job * run, run)
            continue
        for r in range(rows):
            _copy(narrow, r * wide, out, (job * rows + r) * columns, columns)
