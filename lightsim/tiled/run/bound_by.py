"""The cause that binds each layer: without this cause the layer would save the most cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lightsim.tiled.description.pipeline import LAYER_START_CYCLES
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.cost import memory_bytes_per_cycle
from lightsim.tiled.timeline.without import CAUSES, Fork, forks

__all__ = ["Bound", "bounds_of_layers"]

_MOST_BATCHES = 2


@dataclass(frozen=True, slots=True)
class Bound:
    """The cause that binds a layer, and the cycles that the layer would save without this cause."""

    cause: str
    gain: int


def bounds_of_layers(programs: Sequence[Program]) -> dict[str, Bound]:
    """The bound of each layer, by name, in a run of `programs` one after another.

    Of several batches the first two are examined: the first batch starts without prefetched data,
    and the second batch stands for all later ones. Of causes with equal gains, the first in
    `CAUSES` is taken.
    """
    looked = programs[:_MOST_BATCHES]
    found: dict[str, dict[str, int]] = {}
    schedules = [(program, schedule) for program in looked for schedule in program.schedules]
    for (program, schedule), fork in zip(schedules, forks(looked), strict=True):
        bound = _bound(fork, _least(program, fork, schedule.layer.weights is not None))
        gains = found.setdefault(schedule.layer.name, {})
        gains[bound.cause] = gains.get(bound.cause, 0) + bound.gain
    return {name: _largest(gains) for name, gains in found.items()}


def _bound(fork: Fork, least: dict[str, float]) -> Bound:
    """The cause that binds a pass; the pass takes at least `least[cause]` cycles while `cause`
    holds.

    The cause with the highest bound is tried first. If its gain exceeds the most that any other
    cause can gain under this bound, the other causes need no trial.
    """
    first = max(least, key=lambda cause: least[cause])
    gain = fork.cycles - fork.without(first)
    if gain > fork.cycles - least[first]:
        return Bound(first, gain)
    others = {cause: fork.cycles - fork.without(cause) for cause in CAUSES if cause != first}
    return _largest({first: gain, **others})


def _largest(gains: dict[str, int]) -> Bound:
    cause = max((cause for cause in CAUSES if cause in gains), key=lambda cause: gains[cause])
    return Bound(cause, gains[cause])


def _least(program: Program, fork: Fork, convolves: bool) -> dict[str, float]:
    """By cause, cycles that a pass cannot beat while the array, the ports or the memory stay."""
    accelerator = program.accelerator
    nbytes = fork.to_move
    read = max(
        sum(nbytes[stream] for stream in port.streams if stream != "output")
        for port in accelerator.ports
    )
    words = max(read, nbytes["output"]) / accelerator.word_bytes
    moving = sum(nbytes.values()) / memory_bytes_per_cycle(accelerator)
    # A pooling may be limited by the post-processing lanes instead of the array.
    return {
        "compute": float(LAYER_START_CYCLES + fork.busy) if convolves else 0.0,
        "port": words - fork.ahead,
        "dram": moving - fork.ahead,
    }
