"""Which PE and SIMD a layer may have, and how much of it they leave to be done in turn."""

from __future__ import annotations

from math import gcd

from lightsim.errors import InputError
from lightsim.network.layer import Layer
from lightsim.network.tensor import TensorShape
from lightsim.streaming.description.accelerator import Folding

__all__ = ["check_folding", "is_depthwise", "legal_pe", "legal_simd"]

_MOST_LISTED = 24


def is_depthwise(layer: Layer) -> bool:
    """Whether every filter reads one channel of several."""
    return layer.has_weights and layer.groups > 1 and layer.channels_of_group == 1


def legal_pe(layer: Layer) -> tuple[int, ...]:
    """The filters, or channels, that an engine may do side by side, rising."""
    if layer.operator == "concat":
        raise ValueError("a concat's parts are not known here")
    filters = layer.output_shape.channels
    if is_depthwise(layer):
        each = layer.filters_of_group
        return tuple(n for n in _divisors(filters) if n % each == 0 or each % n == 0)
    if layer.has_weights:
        return _divisors(layer.filters_of_group)
    return _divisors(layer.input_shape.channels if layer.operator == "reorganise" else filters)


def legal_simd(layer: Layer, image: TensorShape) -> tuple[int, ...]:
    """The inputs of a filter that an engine may take side by side, rising.

    `image` is the shape in which the input flows, which a flatten leaves as it is.
    """
    high, wide = layer.kernel
    window = tuple(sorted({1, wide, high * wide}))
    if layer.operator == "dense":
        channels, pixels = image.channels, image.height * image.width
        return tuple(sorted({*_divisors(channels), *(channels * n for n in _divisors(pixels))}))
    if is_depthwise(layer) or layer.operator in ("max_pool", "average_pool"):
        return window
    if layer.operator == "conv2d":
        own = layer.channels_of_group
        return tuple(sorted({*_divisors(own), *(own * taps for taps in window)}))
    return (1,)


def check_folding(layer: Layer, image: TensorShape, folding: Folding) -> None:
    """Raises `InputError` for a factor that does not divide the layer, listing those that do."""
    if layer.operator == "concat":
        return
    for key, value, legal in (
        ("pe", folding.pe, legal_pe(layer)),
        ("simd", folding.simd, legal_simd(layer, image)),
    ):
        if value not in legal:
            raise InputError(f"layer '{layer.name}'", f"{key} is {value}", _accepted(legal, value))


def _accepted(legal: tuple[int, ...], value: int) -> str:
    if len(legal) <= _MOST_LISTED:
        return f"accepted: {', '.join(map(str, legal))}"
    near = sorted(sorted(legal, key=lambda one: (abs(one - value), one))[:_MOST_LISTED])
    return f"accepted: {', '.join(map(str, near))} (of {len(legal)}, those nearest)"


def _divisors(number: int) -> tuple[int, ...]:
    return tuple(n for n in range(1, number + 1) if gcd(n, number) == n)
