"""The kernel of a convolution or dense layer as the machine moves it over what it reads."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Layer, Padding
from lightsim.network.tensor import TensorShape
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.input_form import InputForm
from lightsim.tiled.mapping.plan.plan import TensorView
from lightsim.tiled.mapping.plan.words import block_channels

__all__ = ["MovingWindow", "place_window"]


@dataclass(frozen=True, slots=True, eq=False)
class MovingWindow:
    """A convolution's weights [out, in / groups, high, wide] and how they move."""

    weights: NDArray[np.int16]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: Padding
    dilation: tuple[int, int] = (1, 1)


def place_window(
    layer: Layer,
    weights: NDArray[np.int16],
    source: TensorView,
    form: InputForm,
    accelerator: Accelerator | None,
) -> tuple[TensorView, MovingWindow]:
    """The source as the machine reads it, and the window that it moves over that.

    `form` is how the network's input is stored; without an accelerator nothing is known of
    memory words and a dense layer is a convolution whose kernel is the whole image.
    """
    if layer.operator == "dense":
        return _dense(layer, weights, source, accelerator)
    if form.unfolded_for == layer:
        # The kernel's columns have become channels: [out, in, high, wide] to
        # [out, wide * in, high, 1].
        high = layer.kernel[0]
        weights = weights.transpose(0, 3, 1, 2).reshape(len(weights), -1, high, 1)
        padding = replace(layer.padding, left=0, right=0)
        dilation = (layer.dilation[0], 1)
        return source, MovingWindow(weights, (high, 1), (layer.stride[0], 1), padding, dilation)
    window = MovingWindow(weights, layer.kernel, layer.stride, layer.padding, layer.dilation)
    return source, window


def _dense(
    layer: Layer,
    weights: NDArray[np.int16],
    source: TensorView,
    accelerator: Accelerator | None,
) -> tuple[TensorView, MovingWindow]:
    """A dense layer, after flatten too: it reads the image as it is stored.

    Where the image's channels fill whole memory words, those words are a vector, and the layer
    is a 1x1 convolution over it, whose input channels can be tiled at will. Else it is a
    convolution whose kernel is the whole image.
    """
    shape, filters = source.shape, len(weights)
    weights = weights.reshape(filters, shape.channels, shape.height, shape.width)
    pixels = shape.height * shape.width
    block = 0
    if accelerator is not None:
        block = block_channels(accelerator.word_bytes, source.element.bits)
    if pixels == 1 or not block or shape.channels % block or source.offset % block:
        kernel = (shape.height, shape.width)
        return source, MovingWindow(weights, kernel, layer.stride, layer.padding)
    words = weights.reshape(filters, shape.channels // block, block, *weights.shape[2:])
    vector = words.transpose(0, 1, 3, 4, 2).reshape(filters, -1, 1, 1)
    view = TensorView(
        source.tensor,
        source.offset * pixels,
        TensorShape(shape.elements, 1, 1),
        source.element,
        as_vector=True,
    )
    return view, MovingWindow(vector, (1, 1), layer.stride, layer.padding)
