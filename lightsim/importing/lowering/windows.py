"""Kernels, strides and paddings as ONNX writes them, in the words of network files."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.importing.lowering.values import View
from lightsim.importing.onnx_file.graph import Node
from lightsim.network.entries import LARGEST
from lightsim.network.layer import Padding
from lightsim.network.window import same_padding
from lightsim.units import ceil_div

__all__ = ["WindowKeys", "window_of"]


@dataclass(frozen=True, slots=True)
class WindowKeys:
    """A window over rows and columns; `lines` if the tensor has no rows."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: Padding
    lines: bool
    dilation: tuple[int, int] = (1, 1)

    @property
    def keys(self) -> dict[str, object]:
        """The keys of a network file."""
        pad = self.padding
        return {
            "kernel": list(self.kernel),
            "stride": list(self.stride),
            "padding": [pad.top, pad.left, pad.bottom, pad.right],
        }


def window_of(node: Node, view: View, kernel: tuple[int, ...]) -> WindowKeys:
    """The window of a convolution or pooling over `view`, with the padding that stands around it.

    Raises `InputError` for three dimensions, and for lists of other lengths.
    """
    lines = len(view.axes) == 3
    sides = 1 if lines else 2
    if len(kernel) != sides:
        raise node.refuse(
            f"has a kernel of {len(kernel)} dimensions over a tensor of {list(view.shape)}",
            "accepted: one dimension over lines, two over images",
        )
    strides = _sides(node, "strides", sides)
    dilations = _sides(node, "dilations", sides)
    if min(*kernel, *strides, *dilations) < 1:
        raise node.refuse(
            f"kernel {list(kernel)}, strides {list(strides)}, dilations {list(dilations)}",
            "accepted: at least 1",
        )
    reach = tuple((size - 1) * step + 1 for size, step in zip(kernel, dilations, strict=True))
    padding = _padding(node, view, reach, strides)
    if lines:
        kernel, strides, dilations = (1, *kernel), (1, *strides), (1, *dilations)
    own = view.padding
    whole = Padding(
        own.top + padding.top, own.left + padding.left, own.bottom + padding.bottom,
        own.right + padding.right,
    )  # fmt: skip
    return WindowKeys(
        (kernel[0], kernel[1]), (strides[0], strides[1]), whole, lines,
        (dilations[0], dilations[1]),
    )  # fmt: skip


def _sides(node: Node, name: str, count: int) -> tuple[int, ...]:
    given = node.wholes(name)
    if given is None:
        return (1,) * count
    if len(given) != count:
        raise node.refuse(f"{name} is {list(given)[:8]}", f"accepted: {count} numbers")
    return given


def _padding(node: Node, view: View, kernel: tuple[int, ...], strides: tuple[int, ...]) -> Padding:
    """The node's own padding, its edges at the end widened where sizes are rounded up."""
    sides = view.shape[2:]
    own = view.padding
    around = (own.left + own.right,) if len(sides) == 1 else (
        own.top + own.bottom, own.left + own.right
    )  # fmt: skip
    extents = tuple(size + more for size, more in zip(sides, around, strict=True))
    mode = node.text("auto_pad", "NOTSET")
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        pairs = [same_padding(*three) for three in zip(extents, kernel, strides, strict=True)]
        edges = pairs if mode == "SAME_UPPER" else [(after, before) for before, after in pairs]
    elif mode in ("VALID", "NOTSET", ""):
        pads = (0,) * (2 * len(sides)) if mode == "VALID" else node.wholes("pads")
        pads = pads or (0,) * (2 * len(sides))
        if len(pads) != 2 * len(sides) or not 0 <= min(pads) <= max(pads) <= LARGEST:
            raise node.refuse(
                f"pads is {list(pads)[:8]}",
                f"accepted: {2 * len(sides)} numbers from 0 to {LARGEST}",
            )
        edges = list(zip(pads[: len(sides)], pads[len(sides) :], strict=True))
    else:
        raise node.refuse(f"auto_pad is '{mode[:40]}'", "accepted: NOTSET, VALID, SAME_UPPER, ...")
    if node.whole("ceil_mode", 0):
        edges = [
            (before, after + _left_over(size + before + after, size + before, window, step))
            for size, (before, after), window, step in zip(
                extents, edges, kernel, strides, strict=True
            )
        ]
    if len(edges) == 1:
        edges = [(0, 0), *edges]
    (top, bottom), (left, right) = edges
    return Padding(top, left, bottom, right)


def _left_over(padded: int, inside: int, window: int, step: int) -> int:
    """What must be added at the end so that as many windows fit as rounding up gives.

    The last of them begins inside the image or its padding before it.
    """
    count = ceil_div(max(padded - window, 0), step) + 1
    if (count - 1) * step >= inside:
        count -= 1
    return max((count - 1) * step + window - padded, 0)
