"""A transposed convolution as convolutions of stride 1: one for each phase of its stride.

Output row `s * q + a` of a transposed convolution meets the kernel rows that are `a + padding`
modulo the stride s, each over an input row next to the one before it: for every phase (a, b) that
is a convolution of fewer taps. Together they do the multiplications of the transposed one and no
more; `interleave` puts their values in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.network.entries import TransposedEntry
from lightsim.network.layer import Layer, Padding
from lightsim.network.site import Site
from lightsim.network.tensor import TensorShape
from lightsim.network.window import as_pair
from lightsim.units import ceil_div

__all__ = ["phase_weights", "transposed"]


@dataclass(frozen=True, slots=True)
class _Phase:
    """One phase along one axis: its kernel places in the order of the input, and the padding."""

    places: tuple[int, ...]
    before: int
    after: int


def _phases(
    size: int, kernel: int, stride: int, padding: int, longer: int, where: str
) -> tuple[int, list[_Phase]]:
    """The output's size along an axis, and the phases of the stride."""
    out = (size - 1) * stride - 2 * padding + kernel + longer
    accepted = f"accepted: kernel of at least {stride}, padding of less than the kernel"
    if out < 1 or kernel < stride:
        raise InputError(where, f"a kernel of {kernel} under stride {stride} leaves gaps", accepted)
    count = ceil_div(out, stride)
    phases = []
    for a in range(stride):
        later, first = divmod(a + padding, stride)
        places = tuple(reversed(range(first, kernel, stride)))
        before, after = len(places) - 1 - later, count - size + later
        if min(before, after) < 0:
            problem = f"padding {padding} leaves out input of a kernel of {kernel}"
            raise InputError(where, problem, "accepted: less padding")
        phases.append(_Phase(places, before, after))
    return out, phases


def _of_entry(
    entry: TransposedEntry, image: TensorShape, where: str
) -> tuple[tuple[int, int], list[list[_Phase]]]:
    kernel, stride = as_pair(entry.kernel), as_pair(entry.stride)
    padding, longer = as_pair(entry.padding), as_pair(entry.output_padding)
    if longer[0] >= stride[0] or longer[1] >= stride[1]:
        problem = f"output_padding is {list(longer)}"
        raise InputError(where, problem, f"accepted: less than the stride, {list(stride)}")
    sizes = (image.height, image.width)
    found = [_phases(sizes[i], kernel[i], stride[i], padding[i], longer[i], where) for i in (0, 1)]
    return (found[0][0], found[1][0]), [found[0][1], found[1][1]]


def transposed(entry: TransposedEntry, site: Site) -> tuple[Layer, ...]:
    """The convolutions `NAME.0`, `NAME.1`, ... of the phases, and the `interleave` called NAME."""
    image, stride = site.shapes[0], as_pair(entry.stride)
    (high, wide), (down, across) = _of_entry(entry, image, site.where)
    shape = TensorShape(entry.filters, ceil_div(high, stride[0]), ceil_div(wide, stride[1]))
    several = len(down) * len(across) > 1
    layers = []
    for a, row in enumerate(down):
        for b, column in enumerate(across):
            number = a * len(across) + b
            layers.append(
                Layer(
                    name=f"{entry.name}.{number}" if several else entry.name,
                    operator="conv2d",
                    inputs=site.inputs,
                    input_shape=image,
                    output_shape=shape,
                    kernel=(len(row.places), len(column.places)),
                    padding=Padding(row.before, column.before, row.after, column.after),
                    activation=entry.activation,
                    bias=entry.bias,
                    activation_bits=entry.activation_bits,
                    activation_signed=entry.activation_signed,
                )
            )
    if several:
        layers.append(
            Layer(
                name=entry.name,
                operator="interleave",
                inputs=tuple(layer.name for layer in layers),
                input_shape=shape,
                output_shape=TensorShape(entry.filters, high, wide),
                stride=stride,
            )
        )
    return tuple(layers)


def phase_weights(
    weights: NDArray[np.int16], stride: tuple[int, int], padding: tuple[int, int]
) -> list[NDArray[np.int16]]:
    """The weights of the convolutions that a transposed one is read as, in their order.

    `weights` [out, in, kernel height, kernel width] are those of the transposed convolution, whose
    `stride` and `padding` those are.
    """
    found = []
    for a in range(stride[0]):
        rows = np.arange((a + padding[0]) % stride[0], weights.shape[2], stride[0])[::-1]
        for b in range(stride[1]):
            columns = np.arange((b + padding[1]) % stride[1], weights.shape[3], stride[1])[::-1]
            found.append(np.ascontiguousarray(weights[:, :, rows][:, :, :, columns]))
    return found
