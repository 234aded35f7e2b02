"""What the simulation runs and the RTL does not cover: each case named, with what would do."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.errors import InputError
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.numerics.formats.scheme import SCHEMES, scheme
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.plan import EngineLayer, TensorView
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
        check_layer(schedule.layer, programs[0].accelerator)


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


def check_layer(layer: EngineLayer, accelerator: Accelerator | None = None) -> None:
    """Raise `InputError` for a pass that the RTL cannot run."""
    if layer.thresholds:
        raise InputError(
            layer.name,
            "has thresholds, and the RTL scales and shifts",
            "accepted: a multiplier and a shift, or `lightsim run`",
        )
    if layer.kind == "addition":
        _check_addition(layer)
    fields = {layer.source.element.field_bits, layer.destination.element.field_bits}
    if layer.main.layer.operator == "requantise" and len(fields) > 1:
        raise InputError(
            layer.name,
            "the RTL requantises activations in fields of one width to such, and these are in "
            f"fields of {' and '.join(map(str, sorted(fields)))} bits",
            "accepted: the activation_bits of what it reads",
        )
    averages = layer.kind == "pooling" and layer.main.layer.operator != "max_pool"
    if averages and layer.source.element.is_sign:
        raise InputError(
            layer.name,
            "the RTL averages activations of two bits and more, and these have one bit",
            "accepted: a maximum pooling, or wider activations",
        )
    if layer.residual is not None and accelerator is not None:
        _check_residual(layer, layer.residual, accelerator)


def _check_addition(layer: EngineLayer) -> None:
    """An addition of its own reads, adds and writes words of the same number of channels."""
    if layer.source.element.is_sign:
        raise InputError(
            layer.name,
            "the RTL adds activations of two bits and more, and these have one bit",
            "accepted: a network without this addition",
        )
    views = (layer.source, layer.residual, layer.destination)
    fields = {view.element.field_bits for view in views if view is not None}
    if len(fields) > 1:
        raise InputError(
            layer.name,
            "the RTL adds activations in fields of one width to such, and these are in fields of "
            f"{' and '.join(map(str, sorted(fields)))} bits",
            "accepted: activation_bits of the same field, or an addition fused to a convolution",
        )


def _check_residual(layer: EngineLayer, residual: TensorView, accelerator: Accelerator) -> None:
    field, lanes = residual.element.field_bits, accelerator.post.lanes
    if field == 1:
        raise InputError(
            layer.name,
            "the RTL adds activations of two bits and more, and its residual has one bit",
            "accepted: a network without this addition",
        )
    if field < 8 and lanes > accelerator.word_bytes:
        raise InputError(
            layer.name,
            f"the residual buffer of the RTL gives fields of {field} bits to at most "
            f"{accelerator.word_bytes} lanes, and there are {lanes}",
            f"accepted: post lanes up to {accelerator.word_bytes}, or a residual of eight bits",
        )
