"""Images of a data set as the integers of a network's input."""

from __future__ import annotations

import numpy as np

from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.errors import InputError
from lightsim.network.layer import Network
from lightsim.network.tensor import ElementType

__all__ = ["fitted"]

_MIDDLE = 128


def fitted(own: Labelled, network: Network, found: Examples, pad: int = 0) -> Labelled:
    """Images of the network's size, in the integers of its input; `own` is a part of `found`.

    Bytes become themselves where the input is unsigned, less 128 where it is signed, the sign of
    that where it has one bit; `pad` pixels are added on every side. Raises `InputError` for images
    that are not of the network's size or range, and for more classes than it has outputs.
    """
    element = ElementType(network.input_bits, network.input_signed)
    images = own.images
    if found.is_bytes and element.bits == 1:
        images = np.where(images >= _MIDDLE, np.int16(1), np.int16(-1))
    elif found.is_bytes and element.signed:
        images = images - np.int16(_MIDDLE)
    if pad:
        edges = ((0, 0), (0, 0), (pad, pad), (pad, pad))
        zero = max(element.lowest, 0) if element.bits > 1 and not found.is_bytes else element.lowest
        images = np.pad(images, edges, constant_values=zero)
    shape = network.input_shape
    if images.shape[1:] != (shape.channels, shape.height, shape.width):
        sizes = "x".join(map(str, images.shape[1:]))
        accepted = f"accepted: {shape} (pad = N adds N pixels on every side)"
        raise InputError(
            "[data]", f"images are {sizes}, the input of '{network.name}' is {shape}", accepted
        )
    if images.min() < element.lowest or images.max() > element.highest:
        problem = f"images hold {images.min()} to {images.max()}"
        raise InputError("[data]", problem, f"accepted: {element.lowest} to {element.highest}")
    outputs = network.layers[-1].output_shape.elements
    if outputs < found.classes:
        problem = f"'{network.name}' has {outputs} outputs"
        raise InputError("[data]", problem, f"accepted: at least the {found.classes} classes")
    return Labelled(images, own.labels)
