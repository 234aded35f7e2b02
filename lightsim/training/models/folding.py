"""Folding: scales, steps and batch normalisation of a trained layer become integers.

A filter's sum `acc` over integers stands for acc * unit, unit = weight scale * input step, and
batch normalisation makes gain * acc * unit + offset of it. With a negative gain the filter's
weights and gain are turned over together, which every format of weights allows; then

    one bit out     acc + bias >= 0        bias = -ceil(-offset / (gain * unit))
    numbers out     ((acc + bias) * multiplier) >> shift, rounded
                    multiplier / 2**shift = gain * unit / step, bias = offset / (gain * unit)
    raw             acc + bias             bias = offset / unit
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lightsim.network.layer import Layer
from lightsim.network.tensor import ElementType
from lightsim.numerics.sums.fixed_point import (
    LARGEST_MULTIPLIER,
    LARGEST_SHIFT,
    multipliers,
    ratio,
    shift_for,
)  # fmt: skip
from lightsim.quantisation.elements import lowest_output
from lightsim.quantisation.workload import QuantisedLayer
from lightsim.training.models.nodes import Weighted

__all__ = ["Steps", "fold_sum", "fold_unweighted", "fold_weighted", "ratio"]

_LARGEST_SUM = (1 << 31) - 1

Reals = NDArray[np.float64]
Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Steps:
    """The real numbers that integer 1 stands for in inputs and output, and their types."""

    inputs: tuple[float, ...]
    output: float
    input_types: tuple[ElementType, ...]
    output_type: ElementType


def fold_weighted(node: Weighted, steps: Steps) -> QuantisedLayer:
    """The integers of a convolution or dense layer, from its trained weights and steps."""
    scheme = node.weights.scheme
    weights = node.weights.values(node.weight)
    scale = node.weights.scale.detach().cpu().numpy().astype(np.float64).reshape(-1)
    unit = np.broadcast_to(scale * steps.inputs[0] / 2.0**scheme.fraction_bits, len(weights))
    gain, offset = _affine(node)
    weights[gain < 0] *= -1
    gain = np.abs(gain) * unit
    reach = _reach(weights, steps.input_types[0])
    multiplier, shift = np.ones(len(weights), np.int32), 0
    match steps.output_type.bits:
        case 1:
            bias = _threshold(gain, offset, reach)
        case 32:
            room = _LARGEST_SUM - reach
            bias = np.clip(np.rint(offset / unit), -room, room).astype(np.int32)
        case _:
            gain, offset = gain / steps.output, offset / steps.output
            # Where all weights are zero, the size of the gain has no effect.
            dead = reach == 0
            gain = np.where(dead, gain[~dead].min() if not dead.all() else 1.0, gain)
            bias, multiplier, shift = _requantised(gain, offset, reach, steps.output_type)
    return QuantisedLayer(
        node.layer,
        steps.input_types,
        steps.output_type,
        lowest_output(node.layer, steps.output_type),
        steps.output_type.highest,
        scheme,
        weights,
        node.weights.k(node.weight),
        bias,
        multiplier,
        shift,
    )


def fold_sum(layer: Layer, steps: Steps) -> QuantisedLayer:
    """The integers of a residual addition: each part has its own multiplier and shift."""
    parts = [ratio(step / steps.output) for step in steps.inputs]
    return QuantisedLayer(
        layer,
        steps.input_types,
        steps.output_type,
        lowest_output(layer, steps.output_type),
        steps.output_type.highest,
        multiplier=np.array([parts[0][0]], np.int32),
        shift=parts[0][1],
        residual_multiplier=parts[1][0],
        residual_shift=parts[1][1],
    )


def fold_unweighted(layer: Layer, steps: Steps) -> QuantisedLayer:
    """The integers of any other layer; a mean over a window is a sum times a fraction."""
    multiplier, shift = 1, 0
    if layer.operator in ("average_pool", "global_pool"):
        window = layer.kernel[0] * layer.kernel[1]
        multiplier, shift = ratio(steps.inputs[0] / (steps.output * window))
    return QuantisedLayer(
        layer,
        steps.input_types,
        steps.output_type,
        lowest_output(layer, steps.output_type),
        steps.output_type.highest,
        multiplier=np.array([multiplier], np.int32),
        shift=shift,
    )


def _affine(node: Weighted) -> tuple[Reals, Reals]:
    """The batch normalisation or the bias as (gain, offset) of gain * x + offset."""
    normal = node.normalise
    if normal is None:
        filters = len(node.weight)
        return np.ones(filters), np.zeros(filters) if node.bias is None else _reals(node.bias)
    assert normal.running_mean is not None and normal.running_var is not None
    gain = _reals(normal.weight) / np.sqrt(_reals(normal.running_var) + normal.eps)
    return gain, _reals(normal.bias) - gain * _reals(normal.running_mean)


def _threshold(gain: Reals, offset: Reals, reach: NDArray[np.int64]) -> Integers:
    """The bias such that gain * acc + offset >= 0 exactly if acc + bias >= 0.

    No sum exceeds +-reach, so the bias is clamped to +-(reach + 1).
    """
    always = np.where(offset >= 0, np.inf, -np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        bias = np.where(gain > 0, -np.ceil(-offset / gain), always)
    return np.clip(bias, -(reach + 1), reach + 1).astype(np.int32)


def _requantised(
    gain: Reals, offset: Reals, reach: NDArray[np.int64], output: ElementType
) -> tuple[Integers, Integers, int]:
    """The bias, multiplier and shift for which the output is gain * acc + offset."""
    shift = shift_for(max(float(gain.max()), 2.0**-LARGEST_SHIFT))
    multiplier = multipliers(gain, shift)
    # An offset that no sum can bring back into the clamp is reduced. The reduced offset and the
    # sums must fit the accumulator, so a tiny gain may be enlarged a little.
    beyond = gain * reach + 1
    offset = np.clip(offset, output.lowest - beyond, output.highest + beyond)
    room = (_LARGEST_SUM - reach).astype(np.float64)
    needed = np.ceil(np.abs(offset) * 2.0**shift / room)
    multiplier = np.clip(np.maximum(multiplier, needed), 1, LARGEST_MULTIPLIER)
    bias = np.clip(np.rint(offset * 2.0**shift / multiplier), -room, room)
    return bias.astype(np.int32), multiplier.astype(np.int32), shift


def _reach(weights: NDArray[np.int16], inputs: ElementType) -> NDArray[np.int64]:
    """The largest magnitude of the sum of each filter."""
    largest = max(-inputs.lowest, inputs.highest)
    sums: NDArray[np.int64] = np.abs(weights.astype(np.int64)).sum(axis=(1, 2, 3))
    return sums * largest


def _reals(tensor: Tensor) -> Reals:
    return np.asarray(tensor.detach().cpu().numpy(), np.float64)
