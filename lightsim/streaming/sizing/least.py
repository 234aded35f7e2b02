"""Depths of which no FIFO can give up a word, with the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.sizing.depths import enough, free_to_choose, with_depths
from lightsim.streaming.timeline.steady import Steady, steady_state

__all__ = ["Aim", "Sizing", "least_depths"]

Aim = Literal["fast", "alive"]
"""What depths must keep: the interval of endless FIFOs, or only that nothing ever stops."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """`depths` of all FIFOs by name. `interval` is what they reach; `lost` says of each FIFO that
    is deeper than a word what it comes to with one word less, the others as they are: an interval,
    or None for a deadlock.

    Deeper FIFOs never make a pipeline slower. So depths below these at one FIFO lose, however
    shallow the others are made; a smaller sum of bits could only be had by a deeper FIFO elsewhere.
    """

    depths: Mapping[str, int]
    interval: Fraction
    lost: Mapping[str, Fraction | None]
    runs: int


class _Look:
    """Looks at depths, and remembers how often."""

    def __init__(self, pipeline: Pipeline, aim: Aim) -> None:
        self._pipeline, self._aim = pipeline, aim
        self._wanted: Fraction | None = None
        self.runs = 0

    def at(self, depths: Mapping[str, int]) -> Steady | None:
        """What these depths come to."""
        self.runs += 1
        return steady_state(with_depths(self._pipeline, depths))

    def keeps(self, depths: Mapping[str, int]) -> bool:
        """Whether these depths lose nothing that is to be kept."""
        found = self.at(depths)
        if self._aim == "alive" or found is None:
            return found is not None
        return self._wanted is None or found.interval <= self._wanted

    def want(self, interval: Fraction) -> None:
        """Say what is to be kept."""
        self._wanted = interval


def least_depths(
    pipeline: Pipeline,
    aim: Aim = "fast",
    progress: Callable[[int, int], None] | None = None,
) -> Sizing:
    """Depths at which the aim is kept and every FIFO has its last word for a reason.

    The widest FIFOs are made shallow first (of equals by name), each as far as the others allow:
    what loses stays lost when the others get shallower, so one pass is enough. Raises `ValueError`
    for a pipeline whose endless FIFOs come to no steady interval.
    """
    look = _Look(pipeline, aim)
    depths = enough(pipeline)
    start = look.at(depths)
    if start is None:
        raise ValueError("no steady interval")
    look.want(start.interval)
    width = {fifo.name: fifo.width for fifo in pipeline.fifos}
    order = sorted(free_to_choose(pipeline), key=lambda name: (-width[name], name))
    for done, name in enumerate(order, 1):
        depths[name] = _least(look, depths, name)
        if progress is not None:
            progress(done, len(order))
    lost = {
        name: None if (less := look.at({**depths, name: depths[name] - 1})) is None
        else less.interval
        for name in order
        if depths[name] > 1
    }  # fmt: skip
    reached = look.at(depths)
    assert reached is not None
    return Sizing(depths, reached.interval, lost, look.runs)


def _least(look: _Look, depths: dict[str, int], name: str) -> int:
    """The least depth of one FIFO that keeps the aim, the others as they are.

    Most FIFOs need a few words: depths are tried from 1 on in steps that double, then halved.
    """
    low, step, most = 0, 1, depths[name]
    while low + step < most and not look.keeps({**depths, name: low + step}):
        low, step = low + step, 2 * step
    high = min(low + step, most)
    while high - low > 1:
        middle = (low + high) // 2
        if look.keeps({**depths, name: middle}):
            high = middle
        else:
            low = middle
    return high
