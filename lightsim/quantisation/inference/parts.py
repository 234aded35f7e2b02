"""A layer's filters as the kernels take them, packed once: one part, or one for every group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from lightsim.numerics.filters.packed import (
    Filters,
    exact_filters,
    sign_filters,
    truncating_filters,
)
from lightsim.numerics.formats.codec import Terms
from lightsim.numerics.images.window import Pair, undilated
from lightsim.quantisation.inference.accumulators import filter_blocks, terms_of
from lightsim.quantisation.inference.kernels import Kernel
from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Filters and the channels that they see, as slices of the layer's; of a dilated kernel the
    taps that are neighbours, `offset` rows and columns from the first.
    """

    outputs: slice
    channels: slice
    filters: Filters
    offset: Pair = (0, 0)


def parts_of(layer: QuantisedLayer, kernel: Kernel) -> tuple[Part, ...]:
    """The parts of a layer with weights for a kernel, kept in the layer for the next call: none
    for `depthwise`, which takes the weights as they are.

    What is kept is a byte a weight and, under `truncate`, eight.
    """
    if kernel == "depthwise":
        return ()
    found: tuple[Part, ...] | None = layer.packed.get(kernel)
    if found is None:
        made = _truncating(layer) if kernel == "truncating" else _whole(layer, kernel)
        found = layer.packed[kernel] = tuple(made)
    return found


def _whole(layer: QuantisedLayer, kernel: Kernel) -> list[Part]:
    assert layer.weights is not None
    groups, (filters, inner) = layer.layer.groups, layer.weights.shape[:2]
    outer = filters // groups
    packed = sign_filters if kernel == "signs" else exact_filters
    return [
        Part(
            slice(g * outer, (g + 1) * outer),
            slice(g * inner, (g + 1) * inner),
            packed(layer.weights[g * outer : (g + 1) * outer, :, rows, columns]),
            offset,
        )
        for g in range(groups)
        for rows, columns, offset in undilated(layer.layer.kernel, layer.layer.dilation)
    ]


def _truncating(layer: QuantisedLayer) -> list[Part]:
    """A block of filters of one group at a time, so that few terms are unpacked together."""
    assert layer.weights is not None
    filters = len(layer.weights) // layer.layer.groups
    inner, high, wide = layer.weights.shape[1:]
    parts = []
    for block in filter_blocks(layer):
        for group in range(block.start // filters, (block.stop - 1) // filters + 1):
            outputs = slice(
                max(block.start, group * filters), min(block.stop, (group + 1) * filters)
            )
            channels = slice(group * inner, (group + 1) * inner)
            for rows, columns, offset in undilated((high, wide), layer.layer.dilation):
                shape = (
                    outputs.stop - outputs.start,
                    inner,
                    rows.stop - rows.start,
                    columns.stop - columns.start,
                )
                made = truncating_filters(shape, partial(_terms, layer, outputs, rows, columns))
                parts.append(Part(outputs, channels, made, offset))
    return parts


def _terms(layer: QuantisedLayer, outputs: slice, rows: slice, columns: slice) -> Terms:
    sign, exponent, present = terms_of(layer, outputs)
    return (
        np.ascontiguousarray(sign[..., rows, columns]),
        np.ascontiguousarray(exponent[..., rows, columns]),
        np.ascontiguousarray(present[..., rows, columns]),
    )
