"""Folding: a trained stage's scales and batch normalisation become integers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.scheme import Scheme
from workloads.digits.integers import LayerIntegers
from workloads.digits.training import INPUT_SCALE, Chain, Stage

__all__ = ["fold"]

_LARGEST_MULTIPLIER = (1 << 15) - 1
_LARGEST_SHIFT = 31


def fold(chain: Chain, scheme: Scheme, k: dict[str, NDArray[np.int8]]) -> dict[str, LayerIntegers]:
    """The integers of every layer with weights, in the network's order."""
    folded: dict[str, LayerIntegers] = {}
    input_step = INPUT_SCALE
    for name, stage in chain.stages.items():
        one = float(2**scheme.fraction_bits)
        weights = np.rint(stage.rounded().numpy() * one).astype(np.int16)
        unit = stage.scale * input_step / one  # what 1 in the accumulator stands for
        bias, multiplier, shift = _post_processing(stage, unit, k[name])
        folded[name] = LayerIntegers(weights, k[name], bias, multiplier, shift)
        input_step = 1.0 if stage.signs else (stage.step or 1.0)
    return folded


def _post_processing(
    stage: Stage, unit: float, k: NDArray[np.int8]
) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Bias, multiplier and shift such that the output is (acc + bias) * multiplier / 2**shift."""
    filters = len(k)
    ones = np.ones(filters, np.int32)
    if stage.normalise is None:
        bias = stage.bias.detach().numpy().astype(np.float64) / unit
        return _whole(bias), ones, 0
    gain, offset = _affine(stage)
    if stage.signs:
        # gain * acc * unit + offset >= 0 exactly when acc >= -offset / (gain * unit)
        return _whole(-np.ceil(-offset / (gain * unit))), ones, 0
    gain, offset = gain * unit / stage.step, offset / stage.step
    gain[_is_constant(stage)] = gain[~_is_constant(stage)].min()
    shift = int(np.floor(np.log2(_LARGEST_MULTIPLIER / gain.max())))
    shift = min(max(shift, 0), _LARGEST_SHIFT)
    multiplier = np.clip(np.rint(gain * 2.0**shift), 1, _LARGEST_MULTIPLIER)
    return _whole(offset * 2.0**shift / multiplier), multiplier.astype(np.int32), shift


def _affine(stage: Stage) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Batch normalisation as gain * x + offset."""
    normal = stage.normalise
    gamma, beta, mean, variance = (
        tensor.detach().numpy().astype(np.float64)
        for tensor in (normal.weight, normal.bias, normal.running_mean, normal.running_var)
    )
    gain = gamma / np.sqrt(variance + normal.eps)
    return gain, beta - gain * mean


def _is_constant(stage: Stage) -> NDArray[np.bool_]:
    """Filters without a term: their gain multiplies nothing, and its size means nothing."""
    return ~stage.rounded().numpy().any(axis=(1, 2, 3))


def _whole(values: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(values).astype(np.int32)
