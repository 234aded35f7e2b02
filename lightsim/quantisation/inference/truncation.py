"""A layer's integers in the units of truncating accumulation."""

from __future__ import annotations

from dataclasses import replace

from lightsim.errors import InputError
from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["in_truncated_units", "truncates"]


def truncates(layer: QuantisedLayer, accumulation: str) -> bool:
    """Whether `accumulation` makes the layer drop bits of its shifted terms.

    The terms of `binary` are not shifted, so nothing can be dropped.
    """
    scheme = layer.scheme
    return accumulation == "truncate" and scheme is not None and scheme.fraction_bits > 0


def in_truncated_units(layer: QuantisedLayer) -> QuantisedLayer:
    """`layer` with the bias and shift that belong to sums of `x >> exponent`.

    Such a sum has the unit of x, which is 2**fraction_bits units of an exact sum: the bias
    becomes floor(bias / 2**fraction_bits + 1/2) and the shift is fraction_bits less. A raw
    output is in the larger unit too. Raises `InputError` for a scheme that is multiplied and
    for a shift below fraction_bits.
    """
    scheme = layer.scheme
    if scheme is None or layer.bias is None:
        return layer
    if not scheme.is_shift_add:
        raise InputError(
            f"layer '{layer.layer.name}'",
            f"accumulation 'truncate' under scheme '{scheme.name}', whose products are not shifts",
            "use accumulation 'exact'",
        )
    bits = scheme.fraction_bits
    if bits == 0:
        return layer
    bias = (layer.bias + (1 << (bits - 1))) >> bits
    if layer.thresholds is not None:
        raise InputError(
            f"layer '{layer.layer.name}'",
            "accumulation 'truncate' with thresholds, which are of exact sums",
            "use accumulation 'exact'",
        )
    if not layer.output.is_requantised:
        return replace(layer, bias=bias)
    if layer.shift < bits:
        raise InputError(
            f"layer '{layer.layer.name}'",
            f"shift {layer.shift} is too small for accumulation 'truncate'",
            f"use a shift of at least {bits}, or accumulation 'exact'",
        )
    return replace(layer, bias=bias, shift=layer.shift - bits)
