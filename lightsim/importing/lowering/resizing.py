"""Resize and Upsample: every pixel of an image several times, down and across."""

from __future__ import annotations

import numpy as np

from lightsim.importing.lowering.values import View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Node

__all__ = ["resize", "upsample"]


def resize(walk: Walk, node: Node) -> None:
    """Resize to whole multiples of the sides, each pixel repeated."""
    old = node.opset < 11  # scales were the second input
    view = walk.need_image(node, walk.real_view(node))
    if node.text("mode", "nearest") != "nearest":
        raise node.refuse(
            f"mode is '{node.text('mode', '')[:40]}': it would need weighted means of pixels",
            "accepted: mode nearest",
        )
    place, nearest = (
        node.text("coordinate_transformation_mode", "half_pixel"),
        node.text("nearest_mode", "round_prefer_floor"),
    )
    if walk.given(node, 3):
        sides = walk.wholes(node, 3)[-2:]
        scales = [one / other for one, other in zip(sides, view.shape[2:], strict=False)]
    else:
        scales = [float(one) for one in walk.reals(node, 1 if old else 2).reshape(-1)]
        if len(scales) != len(view.axes) or any(one != 1 for one in scales[:2]):
            raise node.refuse(f"has scales {scales[:8]}", "accepted: 1, 1, and those of the sides")
        scales = scales[2:]
    _refuse_shifted(node, place, nearest)
    _put(walk, node, view, scales)


def upsample(walk: Walk, node: Node) -> None:
    """Upsample, which came before Resize."""
    view = walk.need_image(node, walk.real_view(node))
    if node.text("mode", "nearest") != "nearest":
        raise node.refuse("mode is not nearest", "accepted: mode nearest")
    scales = [float(one) for one in walk.reals(node, 1).reshape(-1)]
    _put(walk, node, view, scales[2:])


def _refuse_shifted(node: Node, place: str, nearest: str) -> None:
    """Of whole multiples these pairs repeat each pixel as often."""
    repeated = place == "asymmetric" and nearest == "floor"
    if not repeated and not (
        place in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric")
        and nearest in ("round_prefer_floor", "round_prefer_ceil")
    ):
        raise node.refuse(
            f"coordinate_transformation_mode '{place[:30]}' with nearest_mode '{nearest[:30]}' "
            "repeats pixels unevenly",
            "accepted: asymmetric with floor, or half_pixel with round_prefer_floor",
        )


def _put(walk: Walk, node: Node, view: View, scales: list[float]) -> None:
    if (
        len(view.axes) != 4
        or len(scales) != 2
        or any(one < 1 or one != np.rint(one) for one in scales)
    ):
        raise node.refuse(f"scales the sides by {scales[:4]}", "accepted: whole multiples")
    draft = walk.layer(node, "upsample", [view], {"scale": [int(one) for one in scales]})
    walk.put(node, walk.image(draft))
