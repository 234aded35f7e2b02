"""Boxes of memory words as the streams walk them: one descriptor instead of a list of runs."""

from __future__ import annotations

from lightsim.tiled.mapping.plan.layout import Region, Volume, seen_through
from lightsim.tiled.mapping.plan.plan import TensorView
from lightsim.units import ceil_div

__all__ = ["box_job"]


def box_job(region: Region, view: TensorView, volume: Volume) -> dict[str, int]:
    """The fields of a box of a view: the runs of `mapping.layout.activation_runs`, in words."""
    region = seen_through(view, region)
    first = (view.offset + volume.channels.start) // region.block
    blocks = ceil_div(view.offset + volume.channels.stop, region.block) - first
    rows, columns = volume.rows.size, volume.columns.size
    plane = region.height * region.width
    if rows * columns * volume.images.size == 0:
        return {"words": 0}
    if columns == region.width:
        length, lines = rows * columns, 1
    else:
        length, lines = columns, rows
    planes = blocks
    if length == plane:
        length, planes = blocks * plane, 1
    start = (volume.images.start * region.blocks + first) * plane
    start += volume.rows.start * region.width + volume.columns.start
    return {
        "address": region.base // region.word_bytes + start,
        "length": length,
        "lines": lines,
        "line_pitch": region.width,
        "planes": planes,
        "plane_pitch": plane,
        "images": volume.images.size,
        "image_pitch": region.blocks * plane,
        "words": volume.images.size * blocks * rows * columns,
        "plane": rows * columns,
        "blocks": blocks,
    }
