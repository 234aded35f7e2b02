"""The array's timing of one tile: when the array issues, drains, and frees its banks.

The timing is a function without events. Between the start and the end of a tile only the
post-processing unit can hold the array up, and the free time of this unit is an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES
from lightsim.tiled.mapping.tiles.work import GroupWork

__all__ = ["TileTiming", "convolution_timing", "elementwise_timing"]


@dataclass(frozen=True, slots=True)
class TileTiming:
    """The cycles of one tile; `end` and `post_end` are the first cycles after the tile.

    From start to end the array issues steps for `busy` cycles, waits for post-processing for
    `post_stall` cycles, and empties its pipeline for `flush` cycles. The post-processing unit works
    on the tile from `post_start` to `post_end`, and is busy for `post_busy` of these cycles.
    """

    end: int
    post_start: int
    post_end: int
    busy: int
    post_stall: int
    flush: int
    post_busy: int


def convolution_timing(
    groups: Sequence[GroupWork], start: int, post_free: int, depth: int
) -> TileTiming:
    """The timing of a convolution tile that starts in cycle `start`.

    Pixel group j is captured in the snapshot register at c_j = max(c_(j-1) + S_j, d_(j-1)) and
    drained by d_j = c_j + E_j, where S_j are its steps and E_j its drain cycles. The snapshot
    holds one group, so a slow drain freezes the whole array pipeline.
    """
    captured, drained = start + depth, post_free
    busy = post_busy = 0
    post_start: int | None = None
    for group in groups:
        busy += group.outputs * group.steps
        if group.drain == 0:  # a later tile continues the sums
            captured += group.outputs * group.steps
            continue
        captured = max(captured + group.steps, drained)
        post_start = captured if post_start is None else post_start
        captured += (group.outputs - 1) * max(group.steps, group.drain)
        drained = captured + group.last_drain
        post_busy += (group.outputs - 1) * group.drain + group.last_drain
    stalled = captured - start - depth - busy
    begin = drained if post_start is None else post_start
    return TileTiming(captured, begin, drained, busy, stalled, depth, post_busy)


def elementwise_timing(group: GroupWork, start: int, post_free: int) -> TileTiming:
    """The timing of a pooling or addition tile, which streams through the post-processing unit.

    The array is free after the slot of the last word; the last results leave later.
    """
    begin = max(start, post_free)
    busy = group.outputs * group.steps
    end = begin + BUFFER_READ_CYCLES + busy
    drained = end + group.last_drain
    return TileTiming(end, begin, drained, busy, begin - start, BUFFER_READ_CYCLES, busy)
