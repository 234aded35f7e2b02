"""Zero points of other frameworks folded into a layer's integers, where that is exact.

An activation q with a zero point z stands for step * (q - z). LightSim's have none: 0 stands for
0. Of a layer that reads such activations the sum of w * (q - z) is that of w * q with another
bias; of one that writes them, q = round(...) + z is a count of thresholds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.sums.requantise import Rescaling
from lightsim.numerics.sums.thresholds import thresholds_of
from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["with_input_zero_point", "with_output_zero_point"]

_INT32 = np.iinfo(np.int32)


def with_input_zero_point(layer: QuantisedLayer, zero_point: int) -> QuantisedLayer:
    """A layer that computes of q what `layer` computes of q - `zero_point`, sum for sum.

    Raises `InputError` where it cannot be had: the layer has no weights, or pads (padding is with
    0, which then stands for another number), or a bias leaves its 32 bits.
    """
    if zero_point == 0:
        return layer
    where = f"layer '{layer.layer.name}'"
    if layer.weights is None or layer.bias is None:
        problem = f"reads activations with zero point {zero_point} and has no weights to fold it in"
        raise InputError(where, problem, "accepted: zero point 0")
    pad = layer.layer.padding
    if pad.top or pad.left or pad.bottom or pad.right:
        problem = f"pads activations with zero point {zero_point}, and padding here is with 0"
        raise InputError(where, problem, "accepted: zero point 0, or no padding")
    taken = zero_point * layer.weights.astype(np.int64).reshape(len(layer.weights), -1).sum(axis=1)
    bias: NDArray[np.int64] = layer.bias.astype(np.int64) - taken
    if bias.min() < _INT32.min or bias.max() > _INT32.max:
        problem = f"zero point {zero_point} makes a bias of more than 32 bits"
        raise InputError(where, problem, "accepted: a smaller zero point")
    return replace(layer, bias=bias.astype(np.int32))


def with_output_zero_point(layer: QuantisedLayer, zero_point: int) -> QuantisedLayer:
    """A layer that gives clamp(v + `zero_point`) for each v that `layer` would give unclamped.

    The clamp is that of the layer, which is that of what it gives. Raises `InputError` for a layer
    without weights, and for one whose sums are not requantised.
    """
    if zero_point == 0:
        return layer
    if layer.weights is None or not layer.output.is_requantised or layer.thresholds is not None:
        problem = f"gives activations with zero point {zero_point} and scales no sums"
        raise InputError(f"layer '{layer.layer.name}'", problem, "accepted: zero point 0")
    lowest, highest = layer.lowest - zero_point, layer.highest - zero_point
    multiplier = np.broadcast_to(layer.multiplier, (len(layer.weights),))
    rule = Rescaling(multiplier, layer.shift, layer.rounding, lowest, highest)
    return replace(layer, thresholds=thresholds_of(rule), multiplier=np.ones(1, np.int32), shift=0)
