"""Poolings: their rules for shapes."""

from __future__ import annotations

from dataclasses import replace

from lightsim.errors import InputError
from lightsim.network.entries import PoolEntry, RowPoolEntry, SingleEntry
from lightsim.network.layer import Layer, Padding
from lightsim.network.one_row import as_image_pooling, check_one_row
from lightsim.network.site import Site
from lightsim.network.tensor import TensorShape
from lightsim.network.window import as_padding, as_pair, window_positions
from lightsim.units import ceil_div

__all__ = ["global_max_pool", "global_pool", "pool", "row_pool"]


def pool(entry: PoolEntry, site: Site) -> Layer:
    """A window that moves over the padded image."""
    image = site.shapes[0]
    kernel = as_pair(entry.kernel)
    stride = kernel if entry.stride is None else as_pair(entry.stride)
    padding = as_padding(entry.padding, image, kernel, stride)
    if entry.ceil_mode:
        padding = _up_to_the_end(entry, image, kernel, stride, padding, site.where)
    _refuse_windows_of_padding(kernel, padding, site.where)
    high, wide = window_positions(image, kernel, stride, padding, site.where)
    return Layer(
        name=entry.name,
        operator="max_pool" if entry.operator == "max_pool" else "average_pool",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(image.channels, high, wide),
        kernel=kernel,
        stride=stride,
        padding=padding,
    )


def _up_to_the_end(
    entry: PoolEntry,
    image: TensorShape,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: Padding,
    where: str,
) -> Padding:
    """Padding after the image, so that windows begin as long as they begin before its end."""
    before, after = (padding.top, padding.left), [padding.bottom, padding.right]
    for axis, size in enumerate((image.height, image.width)):
        step, framed = stride[axis], size + before[axis] + after[axis]
        wanted = max(ceil_div(framed - kernel[axis], step), 0)
        allowed = (size + before[axis] - 1) // step
        after[axis] += max(min(wanted, allowed) * step + kernel[axis] - framed, 0)
    longer = replace(padding, bottom=after[0], right=after[1])
    if entry.operator == "average_pool" and longer != padding:
        raise InputError(
            where,
            "ceil_mode lets windows of an average hang over the end, which would count as zeros",
            "accepted: false, or max_pool",
        )
    return longer


def _refuse_windows_of_padding(kernel: tuple[int, int], padding: Padding, where: str) -> None:
    """A maximum over padding alone has no value, so no edge may be as wide as the kernel."""
    high, wide = max(padding.top, padding.bottom), max(padding.left, padding.right)
    if high >= kernel[0] or wide >= kernel[1]:
        raise InputError(
            where,
            f"padding {padding} leaves windows of padding alone under a kernel of "
            f"{kernel[0]}x{kernel[1]}",
            f"accepted: at most {kernel[0] - 1} above and below, {kernel[1] - 1} left and right",
        )


def global_pool(entry: SingleEntry, site: Site) -> Layer:
    """The mean of each channel."""
    image = site.shapes[0]
    return Layer(
        name=entry.name,
        operator="global_pool",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(image.channels, 1, 1),
        kernel=(image.height, image.width),
    )


def row_pool(entry: RowPoolEntry, site: Site) -> Layer:
    """A window that moves along an image of one row."""
    check_one_row(entry, site.shapes[0], site.where)
    return pool(as_image_pooling(entry), site)


def global_max_pool(entry: SingleEntry, site: Site) -> Layer:
    """The largest value of each channel: a window of the whole image, which moves nowhere."""
    image = site.shapes[0]
    return Layer(
        name=entry.name,
        operator="max_pool",
        inputs=site.inputs,
        input_shape=image,
        output_shape=TensorShape(image.channels, 1, 1),
        kernel=(image.height, image.width),
    )
