"""What the simulation runs and the RTL does not cover: each case named, with what would do."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.errors import InputError
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.program import Program

__all__ = ["check_layer", "check_programs"]

_MOST_LAYERS = (1 << 16) - 1


def check_programs(programs: Sequence[Program]) -> None:
    """Raise `InputError` for the first thing that the RTL cannot run."""
    if sum(len(program.schedules) for program in programs) > _MOST_LAYERS:
        raise InputError("verify", "too many layers in one run", "run fewer images")
    sizes = {len(program.schedules) for program in programs}
    if len(sizes) > 1:
        raise InputError("verify", "batches of different passes", "choose a batch that divides")
    for schedule in programs[0].schedules:
        check_layer(schedule.layer)


def check_layer(layer: EngineLayer) -> None:
    """Raise `InputError` for a pass that the RTL cannot run."""
    if layer.kind == "addition" and layer.source.element.bits != 8:
        raise InputError(
            layer.name,
            "the RTL adds eight-bit activations only, and these have one bit",
            "accepted: a network without this addition",
        )
    averages = layer.kind == "pooling" and layer.main.layer.operator != "max_pool"
    if averages and layer.source.element.bits != 8:
        raise InputError(
            layer.name,
            "the RTL averages eight-bit activations only, and these have one bit",
            "accepted: a maximum pooling, or eight-bit activations",
        )
