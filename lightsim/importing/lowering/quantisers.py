"""QuantizeLinear, DequantizeLinear, QONNX's Quant: integers of constants, grids of layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from lightsim.importing.lowering.draft import Draft, Grid
from lightsim.importing.lowering.elementwise import identity
from lightsim.importing.lowering.values import Codes, Constant, View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Node
from lightsim.numerics.sums.requantise import Rounding

Array = NDArray[Any]

__all__ = [
    "bipolar",
    "grid_of",
    "on_grid",
    "quant",
    "real_of",
    "to_codes",
    "to_reals",
    "with_codes",
]

_MOST_BITS = 8
_ROUNDINGS = {
    "ROUND": "half_even", "HALF_EVEN": "half_even", "FLOOR": "floor", "HALF_UP": "half_up",
}  # fmt: skip


def to_codes(walk: Walk, node: Node) -> None:
    """QuantizeLinear."""
    value = walk.value(node, 0)
    if isinstance(value, Constant):
        walk.put(node, Constant(_coded_constant(walk, node)))
        return
    view = walk.real_view(node, 0)
    walk.put(node, _codes_of(on_grid(walk, node, view, grid_of(walk, node, 1, 2))))


def to_reals(walk: Walk, node: Node) -> None:
    """DequantizeLinear: of a constant, the reals with the integers behind them."""
    value = walk.value(node, 0)
    if isinstance(value, Constant):
        walk.put(node, _real_constant(walk, node, value))
        return
    view, grid = walk.view(node, 0), grid_of(walk, node, 1, 2)
    walk.put(node, replace(real_of(node, view, grid), alone=view.alone))


def real_of(node: Node, view: View, grid: Grid) -> View:
    """A view of codes as the reals that they stand for on `grid`."""
    own = view.grid
    if own is None and not isinstance(view.maker, Draft) and view.maker.grid is None:
        view.maker.grid = own = grid  # the image is given in codes
    if own is None:
        raise node.refuse("reads reals where codes are meant", "accepted: QuantizeLinear before it")
    if (own.scale, own.zero) != (grid.scale, grid.zero):
        raise node.refuse(
            f"has scale {grid.scale:g} and zero point {grid.zero}, and its codes were made with "
            f"{own.scale:g} and {own.zero}",
            "accepted: the same scale and zero point",
        )
    return replace(view, grid=None)


def on_grid(walk: Walk, node: Node, view: View, grid: Grid) -> View:
    """The layer's output on a grid; a layer of its own where it has another already."""
    draft = view.maker
    if draft.grid is not None and draft.grid != grid:
        if _within(draft.grid, grid):
            return view
        view = identity(walk, node, view)
        draft = view.maker
    draft.grid = grid
    return view


def quant(walk: Walk, node: Node) -> None:
    """QONNX Quant (and IntQuant): codes of `bitwidth` bits, back as reals at once."""
    bits = float(walk.reals(node, 3).reshape(-1)[0])
    signed, narrow = node.whole("signed", 1), node.whole("narrow", 0)
    if bits != int(bits) or not 1 <= bits <= 32:
        raise node.refuse(f"bitwidth is {bits:g}", "accepted: a whole number from 1 to 8")
    lowest = -(1 << (int(bits) - 1)) + narrow if signed else 0
    highest = (1 << (int(bits) - 1)) - 1 if signed else (1 << int(bits)) - 1 - narrow
    rounding = node.text("rounding_mode", "ROUND").upper()
    if rounding not in _ROUNDINGS:
        raise node.refuse(f"rounding_mode is '{rounding[:40]}'", f"one of {', '.join(_ROUNDINGS)}")
    value = walk.value(node, 0)
    if isinstance(value, Constant):
        walk.put(node, _of_constant(walk, node, int(bits), (lowest, highest)))
        return
    scale, zero = _single(walk, node, 1), _zero(walk, node, 2)
    mode = cast(Rounding, _ROUNDINGS[rounding])
    assert mode in get_args(Rounding)
    grid = _checked(node, Grid(scale, zero, lowest, highest, rounding=mode))
    walk.put(node, on_grid(walk, node, walk.real_view(node, 0), grid))


def bipolar(walk: Walk, node: Node) -> None:
    """QONNX BipolarQuant: +scale from 0 upwards, -scale below."""
    value = walk.value(node, 0)
    if isinstance(value, Constant):
        array = walk.weights(node, 0)[0]
        signs = np.where(array >= 0, 1, -1).astype(np.int32)
        walk.put(node, with_codes(node, signs, _scales(walk, node, 1), 1))
        return
    view, scale = walk.real_view(node, 0), _single(walk, node, 1)
    draft = view.maker
    free = isinstance(draft, Draft) and draft.weights is not None and view.alone
    if not free or draft.grid is not None or getattr(draft, "activation", "none") != "none":
        view = identity(walk, node, view)
        draft = view.maker
    assert isinstance(draft, Draft)
    draft.activation = "sign"
    draft.grid = Grid(scale, 0, -1, 1, sign=True)
    walk.put(node, view)


def grid_of(walk: Walk, node: Node, scale: int, zero: int) -> Grid:
    """The grid that two inputs of a node, a scale and a zero point, describe."""
    low, high, point = 0, 255, 0
    if walk.given(node, zero):
        array = walk.constant(node, zero).array
        if array.size != 1 or array.dtype.kind not in "iu":
            raise node.refuse("has no single whole zero point", "accepted: one for the tensor")
        point = int(array.reshape(-1)[0])
        if array.dtype.itemsize == 1 and array.dtype.kind == "i":
            low, high = -128, 127
        elif array.dtype.itemsize != 1:
            raise node.refuse(
                f"has codes of type {array.dtype}", "accepted: activations of at most 8 bits"
            )
    return _checked(node, Grid(_single(walk, node, scale), point, low, high))


def _checked(node: Node, grid: Grid) -> Grid:
    if not grid.lowest <= grid.zero <= grid.highest:
        raise node.refuse(
            f"has zero point {grid.zero} outside its codes {grid.lowest}..{grid.highest}",
            "accepted: a zero point that is a code",
        )
    if grid.bits > _MOST_BITS:
        raise node.refuse(f"has codes of {grid.bits} bits", "accepted: at most 8 bits")
    return grid


def _codes_of(view: View) -> View:
    return replace(view, grid=view.maker.grid)


def _within(own: Grid, grid: Grid) -> bool:
    """Whether every value of a tensor stays as it is on another grid."""
    low, high = own.lowest, own.highest
    same = (own.scale, own.zero, own.sign) == (grid.scale, grid.zero, grid.sign)
    return same and grid.lowest <= low and high <= grid.highest


def _single(walk: Walk, node: Node, index: int) -> float:
    array = _scales(walk, node, index)
    if array.size != 1:
        raise node.refuse(
            f"has {array.size} scales of an activation", "accepted: one scale for the tensor"
        )
    return float(array.reshape(-1)[0])


def _scales(walk: Walk, node: Node, index: int) -> Array:
    array = walk.reals(node, index)
    if not array.size or array.min() <= 0:
        raise node.refuse("has a scale that is not above 0", "accepted: scales above 0")
    return array


def _zero(walk: Walk, node: Node, index: int) -> int:
    array = walk.reals(node, index).reshape(-1)
    if array.size != 1 or array[0] != np.rint(array[0]) or abs(array[0]) > 255:
        raise node.refuse("has no single whole zero point", "accepted: one for the tensor")
    return int(array[0])


def _coded_constant(walk: Walk, node: Node) -> Array:
    """A constant through QuantizeLinear, in float32 as the standard has it."""
    array, _ = walk.weights(node, 0)
    zero = walk.constant(node, 2).array if walk.given(node, 2) else np.zeros((), np.uint8)
    if zero.dtype.kind not in "iu" or zero.dtype.itemsize > 2:
        raise node.refuse(f"has codes of type {zero.dtype}", "accepted: bytes")
    scale = _along(node, _scales(walk, node, 1).astype(np.float32), array.ndim)
    limits = np.iinfo(zero.dtype)
    codes = np.rint(array / scale) + _along(node, zero.astype(np.float32), array.ndim)
    return np.asarray(np.clip(codes, limits.min, limits.max), zero.dtype)


def _real_constant(walk: Walk, node: Node, value: Constant) -> Constant:
    array = value.array
    if array.dtype.kind not in "iu":
        raise node.refuse("reads reals where codes are meant", "accepted: whole numbers")
    scale = _scales(walk, node, 1)
    zero = walk.constant(node, 2).array if walk.given(node, 2) else np.zeros((), np.int64)
    axis = node.whole("axis", 1)
    less = _along(node, np.asarray(zero, np.int64), array.ndim)
    codes = array.astype(np.int64) - less
    if array.dtype.itemsize > 2:  # a bias: the sums take it as it is
        return Constant(codes * _along(node, scale, array.ndim))
    return with_codes(node, codes.astype(np.int32), scale, 8 * array.dtype.itemsize, axis)


def _of_constant(walk: Walk, node: Node, bits: int, ends: tuple[int, int]) -> Constant:
    """A constant through Quant: rounded to the nearest, half to even."""
    array, _ = walk.weights(node, 0)
    scale, zero = _scales(walk, node, 1), walk.reals(node, 2)
    try:
        codes = np.rint(array / scale.astype(np.float32) + zero.astype(np.float32))
        codes = np.clip(codes, *ends) - zero
        return with_codes(node, codes.astype(np.int32), scale, bits)
    except ValueError:
        raise node.refuse(
            f"has scales of shape {list(scale.shape)} for weights of {list(array.shape)}",
            "accepted: one scale, or one for each filter",
        ) from None


def with_codes(node: Node, values: Array, scale: Array, bits: int, axis: int = 0) -> Constant:
    """Reals with the integers behind them, of one scale or of one for each place of an axis."""
    if scale.size == 1:
        wide = scale.reshape(())
    elif scale.ndim == values.ndim:
        axis = int(np.argmax(scale.shape))
        wide = scale
    else:
        wide = _along(node, scale, values.ndim, axis)
        axis = axis % values.ndim
    array = (values * wide).astype(np.float32)
    if array.shape != values.shape or (scale.size > 1 and scale.size != values.shape[axis]):
        raise node.refuse(
            f"has scales of shape {list(scale.shape)} for weights of {list(values.shape)}",
            "accepted: one scale, or one for each filter",
        )
    return Constant(array, Codes(values, np.asarray(scale.reshape(-1), np.float64), axis, bits))


def _along(node: Node, array: Array, count: int, axis: int | None = None) -> Array:
    """An array of one number for each place of an axis, the node's where none is given, such that
    it broadcasts."""
    if array.size == 1:
        return array.reshape(())
    axis = node.whole("axis", 1) if axis is None else axis
    if array.ndim != 1 or not -count <= axis < count:
        raise node.refuse(f"has parameters of shape {list(array.shape)}", "one, or one a filter")
    shape = [1] * count
    shape[axis % count] = array.size
    return array.reshape(shape)
