"""What the simulation runs and the RTL does not cover: each case named, with what would do."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.errors import InputError
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.numerics.formats.scheme import SCHEMES, scheme
from lightsim.tiled.description.accelerator import Accelerator
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
    _check_lanes(programs[0].accelerator)
    for schedule in programs[0].schedules:
        check_layer(schedule.layer)


def _check_lanes(accelerator: Accelerator) -> None:
    """The SystemVerilog has lanes of the kinds and schemes that name a constant of its own."""
    used = scheme(accelerator.scheme)
    if used.rtl_name is None:
        with_rtl = ", ".join(row.name for row in SCHEMES.values() if row.rtl_name is not None)
        raise InputError(
            accelerator.name,
            f"scheme '{used.name}' has no SystemVerilog that decodes its weights",
            f"accepted: {with_rtl}",
        )
    for group in accelerator.array.groups:
        if pe_kind(group.pe).rtl_name is None:
            built = [row for row in PE_KINDS.values() if row.rtl_name is not None]
            able = ", ".join(row.name for row in built if row.takes(used))
            raise InputError(
                accelerator.name, f"PE kind '{group.pe}' has no lane in SystemVerilog",
                f"accepted: {able}",
            )  # fmt: skip


def check_layer(layer: EngineLayer) -> None:
    """Raise `InputError` for a pass that the RTL cannot run."""
    for view in (layer.source, layer.destination, layer.residual):
        if view is not None and view.element.bits not in (1, 8, 32):
            raise InputError(
                layer.name,
                f"the RTL has activations of one and of eight bits, and these have "
                f"{view.element.bits}",
                "accepted: activation_bits = 8, or `lightsim run`",
            )
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
