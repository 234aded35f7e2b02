"""How many positions a window takes over a padded image."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.layer import Padding
from lightsim.network.tensor import TensorShape
from lightsim.units import ceil_div

__all__ = ["as_padding", "as_pair", "same_padding", "window_positions"]


def as_pair(value: int | list[int]) -> tuple[int, int]:
    """`3` or `[3, 3]` as (height, width)."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def as_padding(
    value: int | str | list[int],
    image: TensorShape,
    kernel: tuple[int, int],
    stride: tuple[int, int],
) -> Padding:
    """The padding of a file's `padding` key: one number, `"same"`, or four edges."""
    if isinstance(value, str):
        top, bottom = same_padding(image.height, kernel[0], stride[0])
        left, right = same_padding(image.width, kernel[1], stride[1])
        return Padding(top, left, bottom, right)
    if isinstance(value, int):
        return Padding(value, value, value, value)
    return Padding(*value)


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Padding before and after a side, so that ceil(size / stride) positions remain.

    An odd amount puts the larger half after the image, as TensorFlow's "SAME" does.
    """
    total = max((ceil_div(size, stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def window_positions(
    image: TensorShape,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: Padding,
    where: str,
) -> tuple[int, int]:
    """Positions down and across; rows and columns left over at the end are not visited.

    Raises `InputError` if the kernel does not fit the padded image even once.
    """
    high = image.height + padding.top + padding.bottom
    wide = image.width + padding.left + padding.right
    if kernel[0] > high or kernel[1] > wide:
        raise InputError(
            where,
            f"kernel {kernel[0]}x{kernel[1]} is larger than the padded input {high}x{wide}",
            f"accepted: a kernel of at most {high}x{wide}, or more padding",
        )
    return (high - kernel[0]) // stride[0] + 1, (wide - kernel[1]) // stride[1] + 1
