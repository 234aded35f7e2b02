"""Activations, sums, joins, and what is done to every channel by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lightsim.importing.lowering.draft import Draft, Reals
from lightsim.importing.lowering.values import View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Node
from lightsim.network.layer import Padding

__all__ = [
    "add",
    "affine",
    "batch_norm",
    "clip",
    "concat",
    "ending",
    "identity",
    "joined",
    "multiply",
    "relu",
    "sign",
    "subtract",
    "summed",
    "total",
]


def relu(walk: Walk, node: Node) -> None:
    """Relu: done by the layer before where nothing else reads that, else by a layer of its own."""
    walk.put(node, _rectified(walk, node, walk.real_view(node), None))


def clip(walk: Walk, node: Node) -> None:
    """Clip from 0 (ReLU6 and its kind), or of codes."""
    view = walk.view(node, 0)
    low = _limit(walk, node, 1, "min", -np.inf)
    high = _limit(walk, node, 2, "max", np.inf)
    if view.grid is not None:
        grid = replace(
            view.grid,
            lowest=int(max(low, view.grid.lowest)),
            highest=int(min(high, view.grid.highest)),
        )
        view.maker.grid = grid
        walk.put(node, replace(view, grid=grid))
        return
    if low == -np.inf and high == np.inf:
        walk.alias(node, view)
        return
    if low != 0 or high <= 0:
        raise node.refuse(
            f"clips to {low:g}..{high:g}: it would need a table of its values",
            "accepted: a clip from 0 upwards",
        )
    walk.put(node, _rectified(walk, node, view, high if np.isfinite(high) else None))


def sign(walk: Walk, node: Node) -> None:
    """Sign; 0 counts as +1 here, and the user is told."""
    walk.warn(f"{node.where}: of a 0 the sign is +1 here, and 0 in the file")
    view = walk.real_view(node)
    draft = view.maker
    if not (_can_activate(view) and isinstance(draft, Draft) and draft.weights is not None):
        view = identity(walk, node, view)
        draft = view.maker
    assert isinstance(draft, Draft)
    draft.activation = "sign"
    walk.put(node, view)


def add(walk: Walk, node: Node) -> None:
    """Add: of two layers, or of a layer and a number for each channel."""
    first, second = walk.value(node, 0), walk.value(node, 1)
    if isinstance(first, View) and isinstance(second, View):
        walk.put(node, summed(walk, node, walk.real_view(node, 0), walk.real_view(node, 1)))
        return
    index = 0 if isinstance(first, View) else 1
    view = walk.real_view(node, index)
    offset = _per_channel(walk, node, view, 1 - index)
    walk.put(node, affine(walk, node, view, np.ones_like(offset), offset))


def subtract(walk: Walk, node: Node) -> None:
    """Sub: of a layer and a number for each channel, in either order."""
    index = 0 if isinstance(walk.value(node, 0), View) else 1
    view = walk.real_view(node, index)
    offset = _per_channel(walk, node, view, 1 - index)
    gain = np.full_like(offset, 1.0 if index == 0 else -1.0)
    walk.put(node, affine(walk, node, view, gain, -offset if index == 0 else offset))


def multiply(walk: Walk, node: Node) -> None:
    """Mul or Div: of a layer and a number for each channel."""
    index = 0 if isinstance(walk.value(node, 0), View) else 1
    view = walk.real_view(node, index)
    gain = _per_channel(walk, node, view, 1 - index)
    if node.operator == "Div":
        if index == 1 or not gain.all():
            raise node.refuse("divides by a layer, or by zero", "accepted: constants but zero")
        gain = 1.0 / gain
    walk.put(node, affine(walk, node, view, gain, np.zeros_like(gain)))


def batch_norm(walk: Walk, node: Node) -> None:
    """BatchNormalization with the means and variances of the file."""
    view = walk.real_view(node)
    if node.whole("training_mode", 0):
        raise node.refuse("training_mode is 1", "accepted: a network exported for inference")
    scale, bias, mean, variance = (walk.reals(node, index).reshape(-1) for index in (1, 2, 3, 4))
    if view.channel_axis() != 1 or {len(one) for one in (scale, bias, mean, variance)} != {
        view.maker.shape.channels
    }:
        raise node.refuse(f"of {len(scale)} channels reads {list(view.shape)}", "as many channels")
    if variance.min() < 0:
        raise node.refuse("has a variance below 0", "accepted: variances of at least 0")
    gain = scale / np.sqrt(variance + node.real("epsilon", 1e-5))
    if not np.isfinite(gain).all():
        raise node.refuse("divides by a standard deviation of 0", "accepted: epsilon above 0")
    walk.put(node, affine(walk, node, view, gain, bias - mean * gain))


def total(walk: Walk, node: Node) -> None:
    """Sum of one or more layers."""
    view = walk.real_view(node, 0)
    for index in range(1, len(node.inputs)):
        suffix = "" if index == len(node.inputs) - 1 else f".{index}"
        view = summed(walk, node, view, walk.real_view(node, index), suffix)
    walk.put(node, view)


def concat(walk: Walk, node: Node) -> None:
    """Concat of channels."""
    views = [walk.real_view(node, index) for index in range(len(node.inputs))]
    walk.put(node, joined(walk, node, views))


def joined(walk: Walk, node: Node, views: list[View]) -> View:
    """The views' channels one after another."""
    axis = node.whole("axis", 1)
    axis = axis + len(views[0].axes) if axis < 0 else axis
    for view in views:
        pixels = view.maker.shape.height * view.maker.shape.width
        flat = len(view.axes) == 2 and pixels == 1
        if view.padding != Padding() or axis != 1 or not (flat or view.is_image(walk.batch)):
            raise node.refuse(
                f"joins tensors of {list(view.shape)} along axis {axis}",
                "accepted: images along their channels",
            )
    if len(views) == 1:
        return views[0]
    draft = walk.layer(node, "concat", views, {})
    count = len(views[0].axes)
    return walk.image(draft, flat=count == 2, lines=count == 3)


def ending(walk: Walk, node: Node) -> None:
    """An operator at the end that leaves the largest output the largest: it is left out."""
    name = node.outputs[0]
    if walk.uses[name] != 1 or name not in walk.graph.outputs:
        raise node.refuse(
            f"{node.operator} in the middle of a network is not modelled",
            "accepted: it at the end, where it is left out",
        )
    walk.warn(f"{node.where} is left out: the outputs are the numbers that it reads")
    walk.alias(node, walk.real_view(node))


def affine(walk: Walk, node: Node, view: View, gain: Reals, offset: Reals) -> View:
    """gain * x + offset of every channel, float64[channels] each: part of the layer before where
    that is one with weights and nothing else reads it, else a depthwise 1x1 convolution."""
    draft = view.maker
    if not (_can_activate(view) and isinstance(draft, Draft) and draft.weights is not None):
        return _depthwise(walk, node, view, gain, offset)
    if draft.codes is not None:
        scale = draft.codes.scale * np.abs(gain)
        values = draft.codes.values * np.sign(gain).astype(np.int32)[:, None, None, None]
        draft.codes = replace(draft.codes, values=values, scale=np.where(scale > 0, scale, 1.0))
    draft.weights = (draft.weights * gain[:, None, None, None]).astype(np.float32)
    if draft.bias is not None or offset.any():
        draft.bias = (0.0 if draft.bias is None else draft.bias * gain) + offset
    return replace(view, alone=True)


def identity(walk: Walk, node: Node, view: View, suffix: str = "") -> View:
    """A layer of its own that computes nothing: a depthwise 1x1 convolution by one."""
    channels = view.maker.shape.channels
    return _depthwise(walk, node, view, np.ones(channels), np.zeros(channels), suffix)


def _depthwise(
    walk: Walk, node: Node, view: View, gain: Reals, offset: Reals, suffix: str = ""
) -> View:
    if view.padding != Padding():
        raise node.refuse("reads a padded image", "accepted: a convolution or pooling after Pad")
    channels, bias = view.maker.shape.channels, offset if offset.any() else None
    keys = {"filters": channels, "kernel": 1, "groups": channels, "bias": bias is not None}
    weights = gain.astype(np.float32).reshape(channels, 1, 1, 1)
    draft = walk.layer(node, "conv2d", [view], keys, weights=weights, bias=bias, suffix=suffix)
    return View(draft, view.axes, alone=True)


def _can_activate(view: View) -> bool:
    """Whether a layer's output may still change: it is not rounded, and only this reads it."""
    draft = view.maker
    return (
        isinstance(draft, Draft) and view.alone and draft.activation == "none"
        and draft.grid is None and draft.cap is None and view.padding == Padding()
    )  # fmt: skip


def _rectified(walk: Walk, node: Node, view: View, cap: float | None) -> View:
    draft = view.maker
    if isinstance(draft, Draft) and draft.grid is not None and not draft.grid.sign:
        if draft.grid.ends[0] >= 0 and cap is None:
            return view
        if view.alone and cap is None:
            draft.grid = replace(draft.grid, lowest=draft.grid.zero)
            return view
    if isinstance(draft, Draft) and draft.activation == "relu" and cap is None:
        return view
    adds = isinstance(draft, Draft) and (
        draft.weights is not None or draft.layer.operator == "add"
    )  # fmt: skip
    if not (adds and _can_activate(view)):
        view = identity(walk, node, view)
        draft = view.maker
    assert isinstance(draft, Draft)
    draft.activation, draft.cap = "relu", cap
    return view


def summed(walk: Walk, node: Node, first: View, second: View, suffix: str = "") -> View:
    """The sum of two views of one shape."""
    if first.axes != second.axes or first.maker.shape != second.maker.shape:
        raise node.refuse(
            f"adds tensors of {list(first.shape)} and {list(second.shape)}",
            "accepted: two images of one shape",
        )
    if Padding() not in (first.padding, second.padding):
        raise node.refuse("adds padded images", "accepted: images without Pad before")
    draft = walk.layer(node, "add", [first, second], {}, suffix=suffix)
    return View(draft, first.axes, alone=True)


def _per_channel(walk: Walk, node: Node, view: View, index: int) -> Reals:
    """A constant as a number for each channel, float64[channels]."""
    if isinstance(walk.value(node, index), View):
        verb = {"Mul": "multiplies", "Div": "divides", "Sub": "subtracts"}.get(
            node.operator, "joins"
        )
        raise node.refuse(
            f"{verb} two tensors that both come from the image, which is not modelled",
            "accepted: a constant number for each channel",
        )
    array = walk.reals(node, index)
    axis, channels = view.channel_axis(), view.maker.shape.channels
    if array.size == 1:
        return np.full(channels, array.reshape(-1)[0])
    shape = (1,) * (len(view.axes) - array.ndim) + array.shape
    wanted = tuple(channels if n == axis else 1 for n in range(len(view.axes)))
    if shape == wanted:
        return array.reshape(-1).copy()
    raise node.refuse(
        f"has a constant of shape {list(array.shape)} beside a tensor of {list(view.shape)}",
        "accepted: one number, or one for each channel",
    )


def _limit(walk: Walk, node: Node, index: int, name: str, default: float) -> float:
    if walk.given(node, index):
        array = np.asarray(walk.constant(node, index).array, np.float64).reshape(-1)
        if array.size != 1 or np.isnan(array[0]):
            raise node.refuse(f"{name} is no single number", "accepted: one number")
        return float(array[0])
    value: Any = node.attributes.get(name, default)
    return float(value)
