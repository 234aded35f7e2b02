"""Convolutions and matrix products with constant weights."""

from __future__ import annotations

import numpy as np

from lightsim.importing.lowering.axes import CHANNELS, Atom, positions
from lightsim.importing.lowering.draft import Reals, WeightCodes, Weights
from lightsim.importing.lowering.values import Codes, View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.lowering.windows import window_of
from lightsim.importing.onnx_file.graph import Node

__all__ = ["convolve", "convolved", "gemm", "matmul", "multiplied"]


def convolve(walk: Walk, node: Node) -> None:
    """Conv: weights [out, in / groups, *kernel], and a bias [out] that may be left out."""
    weights, codes = walk.weights(node, 1)
    bias = walk.reals(node, 2) if walk.given(node, 2) else None
    view = walk.real_view(node, 0)
    walk.put(node, convolved(walk, node, view, weights, codes, bias))


def convolved(
    walk: Walk,
    node: Node,
    view: View,
    weights: Weights,
    codes: Codes | None,
    bias: Reals | None,
) -> View:
    """The output of a convolution over `view`."""
    walk.need_image(node, view)
    if weights.ndim != len(view.axes):
        raise node.refuse(
            f"has weights of shape {list(weights.shape)} over a tensor of {list(view.shape)}",
            "accepted: weights [out, in / groups, kernel ...]",
        )
    if (given := node.wholes("kernel_shape")) is not None and given != weights.shape[2:]:
        raise node.refuse(
            f"kernel_shape is {list(given)[:8]}, and its weights are {list(weights.shape)}",
            "accepted: the same kernel",
        )
    window, groups = window_of(node, view, weights.shape[2:]), node.whole("group", 1)
    channels = view.maker.shape.channels
    if groups < 1 or weights.shape[1] * groups != channels:
        raise node.refuse(
            f"weights of shape {list(weights.shape)} in {groups} groups read "
            f"{weights.shape[1] * groups} channels of {channels}",
            "accepted: as many channels as the image has",
        )
    filters = len(weights)
    keys = {
        "filters": filters, **window.keys, "groups": groups, "bias": bias is not None,
        "dilation": list(window.dilation),
    }  # fmt: skip
    if window.lines:
        weights = weights[:, :, None, :]
    draft = walk.layer(
        node, "conv2d", [view], keys, weights=weights, bias=_bias(node, bias, filters)
    )
    draft.codes = _filters_of(node, codes, 0, weights.shape)
    return walk.image(draft, lines=window.lines)


def gemm(walk: Walk, node: Node) -> None:
    """Gemm: image times weights, and a bias."""
    if node.whole("transA", 0):
        raise node.refuse("transA is 1", "accepted: 0, as the image's rows are not its batch")
    weights, codes = walk.weights(node, 1)
    bias = walk.reals(node, 2) if walk.given(node, 2) else None
    alpha, beta = node.real("alpha", 1.0), node.real("beta", 1.0)
    if alpha != 1:
        weights, codes = weights * np.float32(alpha), None
    if bias is not None and beta != 1:
        bias = bias * beta
    view = walk.real_view(node, 0)
    walk.put(
        node, multiplied(walk, node, view, (weights, codes), bias, bool(node.whole("transB", 0)))
    )


def matmul(walk: Walk, node: Node) -> None:
    """MatMul of an image and weights [in, out]: a dense layer, or a 1x1 convolution."""
    view = walk.real_view(node, 0)
    walk.put(node, multiplied(walk, node, view, walk.weights(node, 1), None, transposed=False))


def multiplied(
    walk: Walk,
    node: Node,
    view: View,
    given: tuple[Weights, Codes | None],
    bias: Reals | None,
    transposed: bool,
) -> View:
    """`view` times weights [in, out], or [out, in] if they are `transposed`."""
    weights, codes = given
    while weights.ndim > 2 and weights.shape[0] == 1 and codes is None:
        weights = weights[0]
    if weights.ndim != 2:
        raise node.refuse(f"has weights of shape {list(weights.shape)}", "accepted: [in, out]")
    if not transposed:
        weights = weights.T
    filters, inputs = weights.shape
    if not view.axes or view.shape[-1] != inputs:
        raise node.refuse(
            f"multiplies {list(view.shape)} by weights of {inputs} inputs and {filters} outputs",
            f"accepted: {view.shape[-1] if view.axes else 0} inputs",
        )
    axis = 0 if transposed else 1
    bias = _bias(node, bias, filters)
    if len(view.axes) == 2:
        return _dense(walk, node, view, (weights, codes, axis), bias)
    return _pointwise(walk, node, view, (weights, codes, axis), bias)


def _dense(
    walk: Walk,
    node: Node,
    view: View,
    given: tuple[Weights, Codes | None, int],
    bias: Reals | None,
) -> View:
    weights, codes, axis = given
    shape = view.maker.shape
    order = positions(view.axes[1], shape)
    if order is None or len(order) != shape.elements:
        raise node.refuse(
            f"multiplies rows of {list(view.shape)}, which are no whole image each",
            "accepted: [batch, everything of an image]",
        )
    values = None if codes is None else codes.values if axis == 0 else codes.values.T
    if not np.array_equal(order, np.arange(len(order))):
        back = np.argsort(order)
        weights = weights[:, back]
        values = None if values is None else values[:, back]
    size = (len(weights), shape.channels, shape.height, shape.width)
    keys = {"filters": len(weights), "bias": bias is not None}
    draft = walk.layer(node, "dense", [view], keys, weights=weights.reshape(size), bias=bias)
    if codes is not None and values is not None:
        draft.codes = _filters_of(
            node, Codes(values, codes.scale, 0 if codes.axis == axis else codes.axis, codes.bits),
            0, size,
        )  # fmt: skip
    return walk.image(draft, flat=True)


def _pointwise(
    walk: Walk,
    node: Node,
    view: View,
    given: tuple[Weights, Codes | None, int],
    bias: Reals | None,
) -> View:
    """A product along the last axis, which holds the channels: a 1x1 convolution."""
    weights, codes, axis = given
    if view.channel_axis() != len(view.axes) - 1:
        raise node.refuse(
            f"multiplies {list(view.shape)} along an axis that is not the channels",
            "accepted: the channels last (a Transpose before it), or [batch, everything]",
        )
    size = (*weights.shape, 1, 1)
    keys = {"filters": len(weights), "kernel": 1, "bias": bias is not None}
    draft = walk.layer(node, "conv2d", [view], keys, weights=weights.reshape(size), bias=bias)
    if codes is not None:
        values = codes.values if axis == 0 else codes.values.T
        own = Codes(values, codes.scale, 0 if codes.axis == axis else codes.axis, codes.bits)
        draft.codes = _filters_of(node, own, 0, size)
    count = draft.shape.channels
    last = (Atom(CHANNELS, 1, count),) if count > 1 else ()
    return View(draft, (*view.axes[:-1], last), alone=True)


def _bias(node: Node, bias: Reals | None, filters: int) -> Reals | None:
    if bias is None:
        return None
    if bias.size not in (1, filters):
        raise node.refuse(
            f"has a bias of shape {list(bias.shape)} for {filters} filters", "one for each filter"
        )
    return np.broadcast_to(bias.reshape(-1), (filters,)).copy()


def _filters_of(
    node: Node, codes: Codes | None, axis: int, shape: tuple[int, ...]
) -> WeightCodes | None:
    """The integers of filters; None where scales run along another axis than the filters."""
    if codes is None:
        return None
    scale = codes.scale.reshape(-1)
    if scale.size not in (1, shape[0]) or (scale.size > 1 and codes.axis != axis):
        raise node.refuse(
            f"has {scale.size} scales of weights along axis {codes.axis}",
            "accepted: one scale, or one for each filter",
        )
    values = codes.values.reshape(shape)
    return WeightCodes(values, np.broadcast_to(scale, shape[:1]).copy(), codes.bits)
