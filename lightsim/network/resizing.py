"""Images made larger, and products of two: their rules for shapes."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.entries import InterleaveEntry, MultiplyEntry, UpsampleEntry
from lightsim.network.layer import Layer
from lightsim.network.site import Site
from lightsim.network.tensor import TensorShape
from lightsim.network.window import as_pair

__all__ = ["interleave", "multiply", "upsample"]


def upsample(entry: UpsampleEntry, site: Site) -> Layer:
    """Output row r and column c are input row r / scale and column c / scale, rounded down."""
    scale = as_pair(entry.scale)
    return _spread(entry.name, site.inputs[0], site.shapes[0], scale)


def _spread(name: str, source: str, image: TensorShape, scale: tuple[int, int]) -> Layer:
    return Layer(
        name=name,
        operator="upsample",
        inputs=(source,),
        input_shape=image,
        output_shape=TensorShape(image.channels, image.height * scale[0], image.width * scale[1]),
        stride=scale,
    )


def interleave(entry: InterleaveEntry, site: Site) -> Layer:
    """Output row y * stride + dy, column x * stride + dx come from row y, column x of input
    dy * stride + dx.
    """
    stride, crop, first = as_pair(entry.stride), as_pair(entry.crop), site.shapes[0]
    if len(site.inputs) != stride[0] * stride[1]:
        raise InputError(
            site.where,
            f"has {len(site.inputs)} inputs for blocks of {stride[0]}x{stride[1]}",
            f"accepted: {stride[0] * stride[1]} inputs",
        )
    if any(shape != first for shape in site.shapes) or len(set(site.inputs)) < len(site.inputs):
        raise InputError(
            site.where, "has inputs that are not alike", "accepted: inputs of one shape, each once"
        )
    if crop[0] >= stride[0] or crop[1] >= stride[1]:
        problem = f"crop is {list(crop)}"
        raise InputError(site.where, problem, f"accepted: less than the stride, {list(stride)}")
    high, wide = first.height * stride[0] - crop[0], first.width * stride[1] - crop[1]
    return Layer(
        name=entry.name,
        operator="interleave",
        inputs=site.inputs,
        input_shape=first,
        output_shape=TensorShape(first.channels, high, wide),
        stride=stride,
    )


def multiply(entry: MultiplyEntry, site: Site) -> tuple[Layer, ...]:
    """The product of two tensors of one shape; a vector of one pixel is upsampled before."""
    image, other = site.shapes
    layers, inputs = [], site.inputs
    if other != image:
        if other != TensorShape(image.channels, 1, 1):
            raise InputError(
                site.where,
                f"multiplies '{inputs[0]}' of {image} by '{inputs[1]}' of {other}",
                f"accepted: a second input of {image}, or of {image.channels}x1x1",
            )
        scale = (image.height, image.width)
        layers.append(_spread(f"{entry.name}.vector", inputs[1], other, scale))
        inputs = (inputs[0], layers[0].name)
    product = Layer(
        name=entry.name,
        operator="multiply",
        inputs=inputs,
        input_shape=image,
        output_shape=image,
        activation_bits=entry.activation_bits,
        activation_signed=entry.activation_signed,
    )
    return (*layers, product)
