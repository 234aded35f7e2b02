"""Which kernel forms the products of a layer: one rule for the reference and for the machines."""

from __future__ import annotations

from typing import Literal

from lightsim.quantisation.inference.truncation import truncates
from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["Kernel", "kernel_of"]

Kernel = Literal["exact", "truncating", "signs", "depthwise"]


def kernel_of(layer: QuantisedLayer, accumulation: str, *, alone: bool) -> Kernel:
    """The kernel of a layer with weights; `alone` says that a filter reads one channel at a time.

    `truncating` adds shifted terms one by one, `signs` counts equal bits, `depthwise` and `exact`
    multiply. All but `truncating` give the same sums; they differ in speed.
    """
    if truncates(layer, accumulation):
        return "truncating"
    if alone:
        return "depthwise"
    one_bit = layer.inputs[0].bits == 1
    return "signs" if one_bit and layer.scheme is not None and layer.scheme.is_sign else "exact"
