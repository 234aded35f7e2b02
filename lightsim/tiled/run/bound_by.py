"""What every layer is bound by: the cause without which it would be shorter by most cycles."""

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
    """The cause that a layer is bound by, and how many cycles it would be shorter without."""

    cause: str
    gain: int


def bounds_of_layers(programs: Sequence[Program]) -> dict[str, Bound]:
    """What the layers are bound by, by name, in a run of `programs` one after another.

    Of several batches the first two are looked at: the first finds nothing fetched ahead, the
    second what all others find. Among equal gains the cause that `CAUSES` names first.
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
    """The bound of a pass that takes at least `least[cause]` cycles as long as `cause` is there.

    The cause with the highest limit is tried first. If that gains more than what the limit leaves
    to be gained without any other, nothing else needs to be tried.
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
    """Cycles below which a pass does not come unless the array, the ports or the memory go."""
    accelerator = program.accelerator
    nbytes = fork.to_move
    read = max(
        sum(nbytes[stream] for stream in port.streams if stream != "output")
        for port in accelerator.ports
    )
    words = max(read, nbytes["output"]) / accelerator.word_bytes
    moving = sum(nbytes.values()) / memory_bytes_per_cycle(accelerator)
    # A pooling's pace may be that of the post-processing lanes.
    return {
        "compute": float(LAYER_START_CYCLES + fork.busy) if convolves else 0.0,
        "port": words - fork.ahead,
        "dram": moving - fork.ahead,
    }
