"""Pooling over windows, over the whole image, and means over rows and columns."""

from __future__ import annotations

from lightsim.importing.lowering.axes import COLUMNS, ROWS
from lightsim.importing.lowering.values import View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.lowering.windows import WindowKeys, window_of
from lightsim.importing.onnx_file.graph import Node
from lightsim.network.layer import Padding

__all__ = ["average_pool", "averaged", "global_average", "global_max", "max_pool", "reduce_mean"]


def max_pool(walk: Walk, node: Node) -> None:
    """MaxPool; sizes that are rounded up become padding, which never wins."""
    view = walk.need_image(node, walk.view(node, 0))
    if len(node.outputs) > 1 and node.outputs[1] and walk.uses[node.outputs[1]]:
        raise node.refuse("has a second output, the indices, that is read", "the maxima alone")
    if view.padding != Padding() and not _is_above_zero(view):
        raise node.refuse("pools over zeros that Pad has added", "accepted: pads of its own")
    window = window_of(node, view, node.wholes("kernel_shape") or ())
    _refuse_dilation(node, window)
    draft = walk.layer(node, "max_pool", [view], window.keys)
    walk.put(node, _as(walk.image(draft, lines=window.lines), view))


def average_pool(walk: Walk, node: Node) -> None:
    """AveragePool, padding counted as zeros."""
    walk.put(node, averaged(walk, node, walk.real_view(node)))


def averaged(walk: Walk, node: Node, view: View) -> View:
    """The means of `view` over the node's windows."""
    walk.need_image(node, view)
    window = window_of(node, view, node.wholes("kernel_shape") or ())
    counted = bool(node.whole("count_include_pad", 0)) or view.padding != Padding()
    if window.padding != Padding() and not counted:
        raise node.refuse(
            "count_include_pad is 0 beside padding: padding counts in an average here",
            "accepted: count_include_pad 1, or no padding",
        )
    if node.whole("ceil_mode", 0) and window.padding != view.padding:
        raise node.refuse("ceil_mode is 1", "accepted: 0, or windows that fill the image")
    _refuse_dilation(node, window)
    draft = walk.layer(node, "average_pool", [view], window.keys)
    return walk.image(draft, lines=window.lines)


def global_average(walk: Walk, node: Node) -> None:
    """GlobalAveragePool."""
    view = walk.need_image(node, walk.real_view(node))
    draft = walk.layer(node, "global_pool", [view], {})
    walk.put(node, walk.image(draft, lines=len(view.axes) == 3))


def global_max(walk: Walk, node: Node) -> None:
    """GlobalMaxPool: a maximum over a window as large as the image."""
    view = walk.need_image(node, walk.view(node, 0))
    shape = view.maker.shape
    draft = walk.layer(node, "max_pool", [view], {"kernel": [shape.height, shape.width]})
    walk.put(node, _as(walk.image(draft, lines=len(view.axes) == 3), view))


def reduce_mean(walk: Walk, node: Node) -> None:
    """ReduceMean over rows and columns: global pooling."""
    view = walk.real_view(node)
    given = walk.wholes(node, 1) if walk.given(node, 1) else node.wholes("axes")
    count = len(view.axes)
    chosen = {axis % count for axis in given} if given else set(range(count))
    met = {atom.dimension for axis in chosen for atom in view.axes[axis]}
    rest = {atom.dimension for n in set(range(count)) - chosen for atom in view.axes[n]}
    if met - {ROWS, COLUMNS} or rest & {ROWS, COLUMNS} or view.padding != Padding():
        raise node.refuse(
            f"takes the mean of {list(view.shape)} over axes {sorted(chosen)}",
            "accepted: the mean over all rows and columns",
        )
    draft = walk.layer(node, "global_pool", [view], {})
    keep = node.whole("keepdims", 1)
    axes = [() if n in chosen else axis for n, axis in enumerate(view.axes)]
    if not keep:
        axes = [axis for n, axis in enumerate(view.axes) if n not in chosen]
    walk.put(node, walk.image(draft).with_axes(tuple(axes)))


def _as(image: View, view: View) -> View:
    """A view of codes where the pooled tensor held codes: a maximum of codes is one of them."""
    if view.grid is None:
        return image
    image.maker.grid = view.grid
    return View(image.maker, image.axes, image.alone, image.padding, view.grid)


def _refuse_dilation(node: Node, window: WindowKeys) -> None:
    if window.dilation != (1, 1):
        raise node.refuse(
            f"dilations is {list(window.dilation)}: only convolutions are dilated",
            "accepted: dilations of 1",
        )


def _is_above_zero(view: View) -> bool:
    return getattr(view.maker, "activation", "none") == "relu"
