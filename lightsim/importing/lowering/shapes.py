"""Operators that move no numbers: reshapes, transposes, squeezes, and those that change nothing."""

from __future__ import annotations

import math
from dataclasses import replace

from lightsim.importing.lowering.axes import axes_of, reshaped
from lightsim.importing.lowering.draft import InputDraft
from lightsim.importing.lowering.values import View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Node
from lightsim.network.entries import LARGEST
from lightsim.network.layer import Padding
from lightsim.network.tensor import TensorShape

__all__ = ["flatten", "pad", "pass_on", "reshape", "squeeze", "transpose", "unsqueeze"]


def pass_on(walk: Walk, node: Node) -> None:
    """Identity, Dropout and casts between reals: nothing is computed when a network runs."""
    walk.alias(node, walk.value(node, 0))


def reshape(walk: Walk, node: Node) -> None:
    """Reshape, its shape a constant."""
    view = _unpadded(node, walk.view(node, 0))
    shape = list(walk.wholes(node, 1) if walk.given(node, 1) else node.wholes("shape") or ())
    if not node.whole("allowzero", 0):
        for number, size in enumerate(shape):
            if size == 0 and number < len(view.shape):
                shape[number] = view.shape[number]
    if shape.count(-1) == 1:
        known, whole = math.prod(size for size in shape if size != -1), math.prod(view.shape)
        if known > 0 and whole % known == 0:
            shape[shape.index(-1)] = whole // known
    _put_reshaped(walk, node, view, tuple(shape))


def flatten(walk: Walk, node: Node) -> None:
    """Flatten: the axes before `axis` become one, and those from there on another."""
    view = _unpadded(node, walk.view(node, 0))
    axis = _axis(node, node.whole("axis", 1), len(view.shape) + 1)
    shape = (math.prod(view.shape[:axis]), math.prod(view.shape[axis:]))
    _put_reshaped(walk, node, view, shape)


def squeeze(walk: Walk, node: Node) -> None:
    """Squeeze: axes of size 1 are left out."""
    view = _unpadded(node, walk.view(node, 0))
    given = walk.wholes(node, 1) if walk.given(node, 1) else node.wholes("axes")
    if given is None:
        chosen = {number for number, size in enumerate(view.shape) if size == 1}
    else:
        chosen = {_axis(node, one, len(view.shape)) for one in given}
    if any(view.shape[number] != 1 for number in chosen):
        raise node.refuse(f"leaves out axes of a tensor of {list(view.shape)}", "axes of size 1")
    axes = tuple(axis for number, axis in enumerate(view.axes) if number not in chosen)
    walk.put(node, view.with_axes(axes))


def unsqueeze(walk: Walk, node: Node) -> None:
    """Unsqueeze: axes of size 1 are put in."""
    view = _unpadded(node, walk.view(node, 0))
    given = (walk.wholes(node, 1) if walk.given(node, 1) else node.wholes("axes")) or ()
    count = len(view.axes) + len(given)
    chosen = {_axis(node, one, count) for one in given}
    left = iter(view.axes)
    axes = tuple(() if number in chosen else next(left, ()) for number in range(count))
    walk.put(node, view.with_axes(axes))


def transpose(walk: Walk, node: Node) -> None:
    """Transpose: the same axes in another order. One that comes first gives the input its order."""
    view = _unpadded(node, walk.view(node, 0))
    count = len(view.axes)
    order = node.wholes("perm") or tuple(reversed(range(count)))
    if sorted(order) != list(range(count)):
        raise node.refuse(f"perm is {list(order)} of {count} axes", "each axis once")
    maker = view.maker
    if isinstance(maker, InputDraft) and view.alone and order[0] == 0 and not _is_used(walk, maker):
        _turn(walk, maker, order)
        walk.put(node, replace(walk.image(maker), grid=view.grid))
        return
    walk.put(node, view.with_axes(tuple(view.axes[axis] for axis in order)))


def pad(walk: Walk, node: Node) -> None:
    """Pad with zeros around an image: the layer that reads it takes it as its own padding."""
    view = walk.need_image(node, walk.view(node, 0))
    given = walk.wholes(node, 1) if walk.given(node, 1) else node.wholes("pads")
    value = 0.0
    if walk.given(node, 2):
        value = float(walk.reals(node, 2).reshape(-1)[0])
    elif not walk.given(node, 1):
        value = node.real("value", 0.0)
    if node.text("mode", "constant") != "constant" or value != (view.grid.zero if view.grid else 0):
        raise node.refuse("pads with other values than zero", "accepted: mode constant, value 0")
    count = len(view.axes)
    if walk.given(node, 3):
        axes = [_axis(node, one, count) for one in walk.wholes(node, 3)]
    else:
        axes = list(range(count))
    if given is None or len(given) != 2 * len(axes) or not _is_padding(given):
        raise node.refuse(
            f"pads is {given}", f"accepted: two numbers from 0 to {LARGEST} for each axis"
        )
    before, after = [0] * 4, [0] * 4
    for place, axis in enumerate(axes):
        side = axis if count == 4 or axis < 2 else 3
        before[side], after[side] = given[place], given[place + len(axes)]
    if before[0] or before[1] or after[0] or after[1]:
        raise node.refuse("pads the batch or the channels", "accepted: padding of rows and columns")
    own = view.padding
    walk.put(node, replace(view, padding=Padding(
        own.top + before[2], own.left + before[3], own.bottom + after[2], own.right + after[3]
    )))  # fmt: skip


def _is_padding(given: tuple[int, ...]) -> bool:
    return all(0 <= one <= LARGEST for one in given)


def _turn(walk: Walk, maker: InputDraft, order: tuple[int, ...]) -> None:
    """Let an image's axes come in another order: `order` of batch and axes of the file's input."""
    sides = [maker.file_shape[axis - 1] for axis in order[1:]]
    if len(sides) == 2:
        sides.insert(1, 1)
    if len(sides) != 3:
        return
    maker.shape = TensorShape(*sides)
    maker.order = tuple(axis - 1 for axis in order[1:])


def _is_used(walk: Walk, maker: InputDraft) -> bool:
    """Whether a layer reads the input already, or its axes have been turned before."""
    if any(maker.name in draft.layer.inputs for draft in walk.drafts):
        return True
    return maker.order != tuple(range(len(maker.file_shape))) or len(maker.file_shape) < 2


def _put_reshaped(walk: Walk, node: Node, view: View, shape: tuple[int, ...]) -> None:
    fits = math.prod(shape) == math.prod(view.shape) and min(shape, default=1) > 0
    axes = reshaped(view.axes, shape) if fits else None
    if axes is None:
        raise node.refuse(
            f"reshapes {list(view.shape)} to {list(shape)[:8]}",
            "accepted: a shape of as many numbers whose sides divide those of the image",
        )
    if axes == axes_of(walk.batch, view.maker.shape)[: len(axes)] and len(axes) == 4:
        axes = axes_of(walk.batch, view.maker.shape)
    walk.put(node, view.with_axes(axes))


def _unpadded(node: Node, view: View) -> View:
    if view.padding != Padding():
        raise node.refuse("reads a padded image", "accepted: a convolution or pooling after Pad")
    return view


def _axis(node: Node, axis: int, count: int) -> int:
    if not -count <= axis < count:
        raise node.refuse(f"axis {axis} of {count}", f"accepted: {-count} to {count - 1}")
    return axis % count
