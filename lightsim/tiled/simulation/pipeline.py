"""The array's timing of one tile: when it issues, drains, and frees what it uses.

Written once, without events, because between a tile's start and its end nothing outside can
hold the array up except the post-processing unit, whose free time is an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES
from lightsim.tiled.mapping.tiles.work import GroupWork

__all__ = ["TileTiming", "convolution_timing", "elementwise_timing"]


@dataclass(frozen=True, slots=True)
class TileTiming:
    """The cycles of one tile; `end` and `post_end` are the first cycles after it.

    From start to end the array is `busy` issuing steps, held up by post-processing for
    `post_stall`, or letting its pipeline run empty for `flush` cycles. The post-processing unit
    works on the tile from `post_start` (`post_busy` of those cycles) to `post_end`.
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
        if group.drain == 0:  # the sums go on in another tile
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
    """The timing of a pooling or addition tile: it streams through the post-processing unit.

    The array's part is over with the last word's slot; the last results leave behind it.
    """
    begin = max(start, post_free)
    busy = group.outputs * group.steps
    end = begin + BUFFER_READ_CYCLES + busy
    drained = end + group.last_drain
    return TileTiming(end, begin, drained, busy, begin - start, BUFFER_READ_CYCLES, busy)
