"""QLinearConv and its kind: an operator between codes, with the scales of both sides as inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lightsim.importing.lowering.draft import Grid, Reals
from lightsim.importing.lowering.elementwise import joined, summed
from lightsim.importing.lowering.pooling import averaged
from lightsim.importing.lowering.quantisers import grid_of, on_grid, real_of, with_codes
from lightsim.importing.lowering.values import Codes, Constant, View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.lowering.weighted import convolved, multiplied
from lightsim.importing.onnx_file.graph import Node

__all__ = ["add", "average_pool", "concat", "convolve", "gemm", "global_average", "matmul"]


def convolve(walk: Walk, node: Node) -> None:
    """QLinearConv: x, its scale and zero point, weights and theirs, those of y, a bias."""
    view, weights = _real(walk, node, 0), _weights(walk, node, 3, 0)
    bias = _bias(walk, node, 8, walk.reals(node, 1), weights)
    out = convolved(walk, node, view, np.asarray(weights.array), weights.codes, bias)
    _put(walk, node, out, grid_of(walk, node, 6, 7))


def matmul(walk: Walk, node: Node) -> None:
    """QLinearMatMul of an image and constant weights."""
    view, weights = _real(walk, node, 0), _weights(walk, node, 3, 1)
    given = (np.asarray(weights.array), weights.codes)
    out = multiplied(walk, node, view, given, None, transposed=False)
    _put(walk, node, out, grid_of(walk, node, 6, 7))


def gemm(walk: Walk, node: Node) -> None:
    """com.microsoft.QGemm: a, its scale and zero point, b and its, a bias, and those of y."""
    transposed = bool(node.whole("transB", 0))
    if node.whole("transA", 0) or node.real("alpha", 1.0) != 1:
        raise node.refuse("transA or alpha is not as usual", "accepted: transA 0, alpha 1")
    view, weights = _real(walk, node, 0), _weights(walk, node, 3, 0 if transposed else 1)
    bias = _bias(walk, node, 6, walk.reals(node, 1), weights)
    given = (np.asarray(weights.array), weights.codes)
    out = multiplied(walk, node, view, given, bias, transposed)
    if not walk.given(node, 7):
        walk.put(node, out)
        return
    _put(walk, node, out, grid_of(walk, node, 7, 8))


def add(walk: Walk, node: Node) -> None:
    """com.microsoft.QLinearAdd of two layers."""
    views = _real(walk, node, 0), _real(walk, node, 3)
    _put(walk, node, summed(walk, node, *views), grid_of(walk, node, 6, 7))


def average_pool(walk: Walk, node: Node) -> None:
    """com.microsoft.QLinearAveragePool."""
    _put(walk, node, averaged(walk, node, _real(walk, node, 0)), grid_of(walk, node, 3, 4))


def global_average(walk: Walk, node: Node) -> None:
    """com.microsoft.QLinearGlobalAveragePool."""
    view = walk.need_image(node, _real(walk, node, 0))
    draft = walk.layer(node, "global_pool", [view], {})
    out = walk.image(draft, lines=len(view.axes) == 3)
    _put(walk, node, out, grid_of(walk, node, 3, 4))


def concat(walk: Walk, node: Node) -> None:
    """com.microsoft.QLinearConcat: the scale and zero point of y, then three inputs a part."""
    views = [_real(walk, node, index) for index in range(2, len(node.inputs), 3)]
    _put(walk, node, joined(walk, node, views), grid_of(walk, node, 0, 1))


def _real(walk: Walk, node: Node, index: int) -> View:
    """The codes of an input, with its scale and zero point behind it, as reals."""
    return real_of(node, walk.view(node, index), grid_of(walk, node, index + 1, index + 2))


def _put(walk: Walk, node: Node, view: View, grid: Grid) -> None:
    made = on_grid(walk, node, view, grid)
    walk.put(node, replace(made, grid=made.maker.grid))


def _weights(walk: Walk, node: Node, index: int, axis: int) -> Constant:
    """Codes of weights, with scale and zero point behind them, one or one for each filter."""
    array = walk.constant(node, index).array
    if array.dtype.kind not in "iu" or array.dtype.itemsize != 1:
        raise node.refuse(f"has weights of type {array.dtype}", "accepted: bytes")
    scale, zero = walk.reals(node, index + 1), np.zeros((), np.int64)
    if walk.given(node, index + 2):
        zero = np.asarray(walk.constant(node, index + 2).array, np.int64)
    if zero.size > 1:
        shape = [1] * array.ndim
        shape[axis] = zero.size
        zero = zero.reshape(shape)
    values = (array.astype(np.int64) - zero.reshape(zero.shape if zero.size > 1 else ())).astype(
        np.int32
    )
    if scale.size < 1 or scale.min() <= 0 or scale.size not in (1, array.shape[axis]):
        raise node.refuse("has scales of weights that do not fit", "accepted: one, or one a filter")
    return with_codes(node, values, scale.reshape(-1), 8, axis)


def _bias(walk: Walk, node: Node, index: int, scale: Reals, weights: Constant) -> Reals | None:
    if not walk.given(node, index):
        return None
    assert isinstance(weights.codes, Codes)
    numbers = walk.reals(node, index).reshape(-1)
    return np.asarray(numbers * float(scale.reshape(-1)[0]) * weights.codes.scale.reshape(-1))
