"""Which sums a workload's filters can reach, and whether an accumulator holds them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.formats.codec import Terms
from lightsim.numerics.formats.table import codec
from lightsim.numerics.sums.accumulator import bits_needed, worst_sum, worst_truncating_sum
from lightsim.quantisation.inference.truncation import in_truncated_units, truncates
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = ["Accumulation", "accumulator_bits", "check_accumulators", "filter_blocks", "terms_of"]

Accumulation = Literal["exact", "truncate"]

_WIDEST = 32  # bits of any accumulator
_BLOCK_WEIGHTS = 1 << 19  # weights looked at together: the wide temporaries stay small


def check_accumulators(workload: Workload, bits: int, accumulation: Accumulation = "exact") -> None:
    """Raises `InputError` if some image could give a sum that `bits` bits do not hold.

    The error names the layer and filter that need most. `exact` sums are bounded exactly: by
    each filter's extremes over all inputs of the layer's type, padding included. Under
    `truncate` each term is bounded by itself, which is more than a weight with terms of both
    signs can reach.
    """
    worst_bits, worst_layer, worst_filter, worst = 0, "", 0, (0, 0)
    for layer in workload.layers:
        # Most layers are far inside: a bound that costs next to nothing settles them.
        if layer.weights is None or _bits_at_most(layer) <= bits:
            continue
        low, high = _bounds(layer, accumulation)
        for number, pair in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            if (needed := bits_needed(*pair)) > max(bits, worst_bits):
                worst_bits, worst_layer, worst_filter, worst = (
                    needed,
                    layer.layer.name,
                    number,
                    pair,
                )
    if worst_bits > bits:
        wider = f"at least {worst_bits} bits, or " if worst_bits <= _WIDEST else ""
        raise InputError(
            f"layer '{worst_layer}', filter {worst_filter}",
            f"sums from {worst[0]} to {worst[1]} need {worst_bits} bits, the accumulator has "
            f"{bits}",
            f"use {wider}overflow 'wrap' or 'saturate'",
        )


def accumulator_bits(workload: Workload, accumulation: Accumulation = "exact") -> dict[str, int]:
    """The narrowest accumulator that holds every sum, for each layer with weights by name."""
    needed = {}
    for layer in workload.layers:
        if layer.weights is not None:
            low, high = _bounds(layer, accumulation)
            needed[layer.layer.name] = bits_needed(int(low.min()), int(high.max()))
    return needed


def filter_blocks(layer: QuantisedLayer) -> Iterator[slice]:
    """Neighbouring filters of a layer, few enough that their terms take little memory."""
    assert layer.weights is not None
    filters = len(layer.weights)
    step = max(1, _BLOCK_WEIGHTS // layer.weights[0].size)
    for first in range(0, filters, step):
        yield slice(first, min(first + step, filters))


def terms_of(layer: QuantisedLayer, filters: slice) -> Terms:
    """Sign, exponent and presence [terms, filters, in / groups, kh, kw] of some filters."""
    assert layer.scheme is not None and layer.weights is not None and layer.k is not None
    numbers = codec(layer.scheme.name)
    sign, exponent, present = numbers.terms(
        numbers.encode_values(layer.weights[filters], k=layer.k[filters])
    )
    # The codec interleaves the terms of a weight; sums walk over one plane after the other.
    return (
        np.ascontiguousarray(sign),
        np.ascontiguousarray(exponent),
        np.ascontiguousarray(present),
    )


def _bounds(
    layer: QuantisedLayer, accumulation: Accumulation
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if layer.undrawn is not None:
        layer = layer.undrawn.draw()
    if truncates(layer, accumulation):
        layer = in_truncated_units(layer)
    assert layer.weights is not None and layer.bias is not None
    low, high = layer.inputs[0].lowest, layer.inputs[0].highest
    parts = []
    for block in filter_blocks(layer):
        bias = layer.bias[block]
        if truncates(layer, accumulation):
            parts.append(worst_truncating_sum(*terms_of(layer, block), bias, low, high))
        else:
            parts.append(worst_sum(layer.weights[block], bias, low, high))
    lows, highs = zip(*parts, strict=True)
    return np.concatenate(lows), np.concatenate(highs)


def _bits_at_most(layer: QuantisedLayer) -> int:
    """A width that holds every sum, exact or truncating, found without looking at the weights."""
    assert layer.weights is not None and layer.bias is not None and layer.scheme is not None
    if layer.undrawn is not None:
        return bits_needed(-layer.undrawn.reach, layer.undrawn.reach)
    element = layer.inputs[0]
    # A truncated term is at most the input itself, so `largest` is more than enough for it.
    reach = layer.scheme.largest * max(-element.lowest, element.highest) * layer.weights[0].size
    bias = max(abs(int(layer.bias.min())), abs(int(layer.bias.max())))
    return bits_needed(-reach - bias, reach + bias)
