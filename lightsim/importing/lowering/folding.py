"""Operators of constants alone, computed when the file is read: shapes, and scales of weights.

What they would make is known by size before it is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.importing.lowering.values import Constant, Value, View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Node

__all__ = ["FOLDED", "fold", "is_foldable"]

_MOST_ELEMENTS, _FREE_ELEMENTS = 1 << 28, 1 << 20
_TOGETHER = ("Add", "Sub", "Mul", "Div", "Pow", "Equal", "Where", "Clip")
_CASTS = {1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64,
          9: np.bool_, 10: np.float32, 11: np.float64, 12: np.uint32, 13: np.uint64,
          16: np.float32}  # fmt: skip

Array = NDArray[Any]


def is_foldable(walk: Walk, node: Node) -> bool:
    """Whether everything that the node reads is known."""
    if node.operator == "Shape" and not node.domain:
        return True
    if node.operator not in FOLDED or node.domain:
        return False
    return all(isinstance(walk.value(node, n), Constant) for n, name in enumerate(node.inputs)
               if name)  # fmt: skip


def fold(walk: Walk, node: Node) -> None:
    """Compute a node of constants; `InputError` for one that cannot be computed, or is huge."""
    if node.operator == "Shape":
        walk.put(node, Constant(_shape(walk, node)))
        return
    arrays = [_array(walk.value(node, n)) if name else None for n, name in enumerate(node.inputs)]
    try:
        _check_room(walk, node, [one for one in arrays if one is not None])
        with np.errstate(all="ignore"):
            found = FOLDED[node.operator](node, *arrays)
    except (ValueError, IndexError, TypeError, OverflowError, MemoryError, ZeroDivisionError):
        shapes = ", ".join("none" if one is None else str(list(one.shape)) for one in arrays)
        raise node.refuse(
            f"cannot be computed of constants of shapes {shapes}", "accepted: inputs that fit"
        ) from None
    walk.put(node, Constant(np.asarray(found)))


def _check_room(walk: Walk, node: Node, arrays: list[Array]) -> None:
    """Refuse what would make far more of the file's constants than they are."""
    room = max(_FREE_ELEMENTS, sum(one.size for one in walk.graph.constants.values()))
    sizes = [one.size for one in arrays]
    made = max(sizes, default=0)
    if node.operator == "Concat":
        made = sum(sizes)
    elif node.operator == "Gather" and len(arrays) == 2:
        made = arrays[1].size * (arrays[0].size // max(arrays[0].shape[node.whole("axis", 0)], 1))
    elif node.operator in _TOGETHER:
        made = math.prod(np.broadcast_shapes(*(one.shape for one in arrays)))
    # A constant of one number everywhere takes no room, however large it is.
    if made > room and not any(one.size == made and not any(one.strides) for one in arrays):
        raise node.refuse(
            f"would make {made} numbers of constants", f"accepted: as many as the file has, {room}"
        )


def _array(value: Value) -> Array:
    assert isinstance(value, Constant)
    return value.array


def _shape(walk: Walk, node: Node) -> Array:
    value = walk.value(node, 0)
    shape = value.shape if isinstance(value, View) else value.array.shape
    start, end = node.whole("start", 0), node.whole("end", len(shape))
    return np.array(shape[start:end], np.int64)


def _bounded(node: Node, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape, if an array of it may be made."""
    if any(size < 0 for size in shape) or math.prod(shape) > _MOST_ELEMENTS:
        raise node.refuse(
            f"would make an array of shape {list(shape)[:8]}",
            f"accepted: up to {_MOST_ELEMENTS} elements",
        )
    return shape


def _constant(node: Node) -> Array:
    for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
        if name in node.attributes:
            return np.asarray(node.attributes[name])
    raise node.refuse("has no value that is an array", "accepted: an attribute 'value'")


def _constant_of_shape(node: Node, shape: Array) -> Array:
    value = np.asarray(node.attributes.get("value", np.zeros(1, np.float32))).reshape(-1)
    # One number, seen everywhere: it takes no room.
    return np.broadcast_to(value[0], _bounded(node, tuple(int(one) for one in shape)))


def _expand(node: Node, array: Array, shape: Array) -> Array:
    wanted = np.broadcast_shapes(array.shape, _bounded(node, tuple(int(one) for one in shape)))
    return np.broadcast_to(array, _bounded(node, wanted))


def _reshape(node: Node, array: Array, shape: Array) -> Array:
    wanted = [array.shape[n] if size == 0 else int(size) for n, size in enumerate(shape)]
    return array.reshape(wanted)


def _axes(node: Node, array: Array | None) -> tuple[int, ...] | None:
    return node.wholes("axes") if array is None else tuple(int(one) for one in array.reshape(-1))


def _unsqueeze(node: Node, array: Array, axes: Array | None = None) -> Array:
    return np.expand_dims(array, _axes(node, axes) or ())


def _squeeze(node: Node, array: Array, axes: Array | None = None) -> Array:
    return np.squeeze(array, _axes(node, axes))


def _slice(node: Node, array: Array, *rest: Array | None) -> Array:
    if not rest:
        given = [node.wholes(name) for name in ("starts", "ends", "axes")]
    else:
        given = [None if one is None else tuple(map(int, one)) for one in rest]
    starts, ends, axes, steps = [*given, None, None][:4]
    if starts is None or ends is None:
        raise ValueError
    cuts = [slice(None)] * array.ndim
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        axis = number if axes is None else axes[number]
        cuts[axis] = slice(start, end, 1 if steps is None else steps[number])
    return array[tuple(cuts)]


def _cast(node: Node, array: Array) -> Array:
    kind = node.whole("to", 1)
    if kind not in _CASTS:
        raise node.refuse(f"makes elements of type {kind}", "accepted: plain numbers")
    return array.astype(_CASTS[kind])


def _elementwise(function: Callable[..., Array]) -> Callable[..., Array]:
    def computed(node: Node, *arrays: Array) -> Array:
        result = function(*arrays)
        return result.astype(arrays[-1].dtype) if result.dtype.kind == "f" else result

    return computed


def _divide(a: Array, b: Array) -> Array:
    return a / b if a.dtype.kind == "f" else np.fix(a / b).astype(a.dtype)


def _clip(node: Node, array: Array, low: Array | None = None, high: Array | None = None) -> Array:
    least = node.attributes.get("min") if low is None else low
    most = node.attributes.get("max") if high is None else high
    return array if least is None and most is None else np.clip(array, least, most)


def _concat(node: Node, *arrays: Array) -> Array:
    return np.concatenate(arrays, axis=node.whole("axis", 0))


FOLDED: dict[str, Callable[..., Array]] = {
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Expand": _expand,
    "Reshape": _reshape,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Slice": _slice,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": _concat,
    "Identity": lambda node, array: array,
    "Transpose": lambda node, array: array.transpose(node.wholes("perm")),
    "Gather": lambda node, array, index: np.take(
        array, index.astype(np.int64), axis=node.whole("axis", 0)
    ),
    "Add": _elementwise(np.add),
    "Sub": _elementwise(np.subtract),
    "Mul": _elementwise(np.multiply),
    "Div": _elementwise(_divide),
    "Pow": _elementwise(np.power),
    "Neg": _elementwise(np.negative),
    "Sqrt": _elementwise(np.sqrt),
    "Floor": _elementwise(np.floor),
    "Equal": lambda node, a, b: a == b,
    "Where": _elementwise(lambda condition, a, b: np.asarray(np.where(condition, a, b))),
}
"""What is computed when the file is read: (node, arrays) -> array."""
