"""How the host stores the network's input in memory, before the accelerator starts.

Everything after the input is written by the machine itself, channel block by channel block. The
input comes from outside and may be given the form that feeds the array best: a *vector* where
only dense layers read it, or *unfolded* where one convolution with few input channels does. An
unfolded image holds, as channels of output column x, the pixels that the kernel's columns meet
there, so a row of kernel taps is summed over array columns that would have had nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType, TensorShape
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.units import ceil_div

__all__ = ["InputForm", "choose_form"]

# An unfolded input may take this many times the memory words of the plain one.
_MOST_GROWTH = 4


@dataclass(frozen=True, slots=True)
class InputForm:
    """The stored shape of the input, and the convolution it is unfolded for, if any."""

    shape: TensorShape
    unfolded_for: Layer | None = None
    pad_value: int = 0

    def arrange(self, images: NDArray[np.int16]) -> NDArray[np.int16]:
        """Images int16[count, channels, height, width] as they are stored.

        Unfolded: stored[i, kx * channels + c, y, x]
        = images[i, c, y, x * stride + kx * dilation - padding].
        """
        layer = self.unfolded_for
        if layer is None:
            shape = self.shape
            return images.reshape(len(images), shape.channels, shape.height, shape.width)
        count, channels, height, width = images.shape
        wide, stride, left = layer.kernel[1], layer.stride[1], layer.padding.left
        stored = np.full(
            (count, wide, channels, height, self.shape.width), self.pad_value, np.int16
        )
        for kx in range(wide):
            at = np.arange(self.shape.width) * stride + kx * layer.dilation[1] - left
            inside = (at >= 0) & (at < width)
            stored[:, kx, :, :, inside] = images[:, :, :, at[inside]].transpose(3, 0, 1, 2)
        return stored.reshape(count, wide * channels, height, self.shape.width)


def choose_form(
    network: Network, users: Mapping[str, Sequence[str]], accelerator: Accelerator | None
) -> InputForm:
    """The form in which a network's input is stored; without an accelerator, never unfolded."""
    shape = network.input_shape
    if _only_dense(network, users):
        return InputForm(TensorShape(shape.elements, 1, 1))
    readers = users.get("input", [])
    if accelerator is not None and len(readers) == 1:
        layer = network.layer(readers[0])
        if layer.operator == "conv2d" and layer.groups == 1 and _pays(network, layer, accelerator):
            stored = TensorShape(
                shape.channels * layer.kernel[1], shape.height, layer.output_shape.width
            )
            element = ElementType(network.input_bits, network.input_signed)
            return InputForm(stored, layer, element.outside)
    return InputForm(shape)


def _only_dense(network: Network, users: Mapping[str, Sequence[str]]) -> bool:
    """Whether only dense layers read the input, directly or flattened."""
    readers = list(users.get("input", []))
    while readers:
        name = readers.pop()
        operator = network.layer(name).operator
        if operator == "flatten":
            readers += users.get(name, [])
        elif operator != "dense":
            return False
    return True


def _pays(network: Network, layer: Layer, accelerator: Accelerator) -> bool:
    """Whether unfolding saves array steps without multiplying the memory words too often."""
    channels, wide = network.input_shape.channels, layer.kernel[1]
    columns = accelerator.array.columns
    block = block_channels(accelerator.word_bytes, network.input_bits)
    plain = ceil_div(channels, block) * network.input_shape.width
    unfolded = ceil_div(channels * wide, block) * layer.output_shape.width
    fewer = ceil_div(channels * wide, columns) < wide * ceil_div(channels, columns)
    return fewer and unfolded <= _MOST_GROWTH * plain
