"""A whole network on an accelerator: every pass with its schedule, and the memory map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lightsim.errors import InputError, unknown_name
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.quantisation.inference.truncation import in_truncated_units, truncates
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.plan.layout import MemoryMap, Run, activation_runs
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.mapping.tiles.footprint import check_tiling
from lightsim.tiled.mapping.tiles.schedule import Schedule, Tile
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.mapping.tiles.work import weight_bytes

__all__ = ["Program", "check_plan", "map_workload", "plan_workload"]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """What the controller runs for `images` images: schedules in order, and addresses.

    `weight_runs[layer][tile]` is where each weight tile lies.
    """

    plan: Plan
    accelerator: Accelerator
    images: int
    schedules: tuple[Schedule, ...]
    memory: MemoryMap
    weight_runs: Mapping[str, tuple[Run, ...]]

    def input_runs(self, schedule: Schedule, tile: Tile) -> list[Run]:
        """The memory runs of a tile's input activations."""
        view = schedule.layer.source
        if tile.read.pixels == 0:
            return []
        return list(activation_runs(self.memory.regions[view.tensor], view, tile.read))

    def residual_runs(self, schedule: Schedule, tile: Tile) -> list[Run]:
        """The memory runs of a tile's residual activations."""
        view = schedule.layer.residual
        if view is None:
            return []
        return list(activation_runs(self.memory.regions[view.tensor], view, tile.computed))

    def output_runs(self, schedule: Schedule, tile: Tile) -> list[Run]:
        """The memory runs of a tile's results."""
        view = schedule.layer.destination
        return list(activation_runs(self.memory.regions[view.tensor], view, tile.written))


def map_workload(
    workload: Workload,
    accelerator: Accelerator,
    *,
    images: int = 1,
    tilings: Mapping[str, Tiling] | None = None,
    sort_filters: bool = True,
) -> Program:
    """Cut a workload into tiles for an accelerator.

    `tilings` fixes the tiling of the passes it names; the others get the best by estimate.
    Raises `InputError` for illegal tilings, unknown layers and PE kinds that cannot run a layer.
    """
    plan = plan_workload(workload, accelerator)
    _check_names(plan, tilings or {})
    schedules = []
    weight_runs: dict[str, list[tuple[int, int]]] = {}
    sizes: dict[str, int] = {}
    for layer in plan.layers:
        _check_layer(layer, accelerator)
        tiling = (tilings or {}).get(layer.name)
        if tiling is None:
            tiling = choose_tiling(layer, accelerator, images, sort_filters)
        schedule = check_tiling(layer, accelerator, tiling, images)
        schedules.append(schedule)
        offset = 0
        spans: list[tuple[int, int]] = []
        for groups, channels in zip(schedule.weight_groups, schedule.weight_channels, strict=True):
            nbytes = sum(weight_bytes(layer, accelerator, groups, channels))
            spans.append((offset, nbytes))
            offset += nbytes
        weight_runs[layer.name] = spans
        sizes[layer.name] = offset
    memory = MemoryMap.place(plan, sizes, accelerator.word_bytes, images)
    placed = {
        name: tuple(Run(memory.weights[name] + at, nbytes) for at, nbytes in spans)
        for name, spans in weight_runs.items()
    }
    return Program(plan, accelerator, images, tuple(schedules), memory, placed)


def plan_workload(workload: Workload, accelerator: Accelerator) -> Plan:
    """The passes of a workload, with the biases and shifts that the accelerator's sums need."""
    return lower(_in_accumulator_units(workload, accelerator), accelerator)


def check_plan(plan: Plan, accelerator: Accelerator) -> None:
    """Raises `InputError` where a pass cannot be run whatever its tiling and the buffers are."""
    for layer in plan.layers:
        _check_layer(layer, accelerator)


def _in_accumulator_units(workload: Workload, accelerator: Accelerator) -> Workload:
    """The workload with the biases and shifts that the accelerator's accumulation needs."""
    accumulation = accelerator.accumulator.accumulation
    layers = tuple(
        in_truncated_units(layer) if truncates(layer, accumulation) else layer
        for layer in workload.layers
    )
    return replace(workload, layers=layers)


def _check_names(plan: Plan, tilings: Mapping[str, Tiling]) -> None:
    names = [layer.name for layer in plan.layers]
    for name in tilings:
        if name not in names:
            raise unknown_name("mapping", "layer", name, names)


def _check_activations(layer: EngineLayer, accelerator: Accelerator) -> None:
    """Raise `InputError` for activations that the lanes, buffers or selectors are not built for."""
    fields, widest = accelerator.activation_fields, accelerator.activation_bits[-1]
    views = [layer.source, layer.destination, *([layer.residual] if layer.residual else [])]
    for view in views:
        element = view.element
        if element.is_raw or (element.field_bits in fields and element.bits <= widest):
            continue
        built = ", ".join(map(str, accelerator.activation_bits))
        wanted = sorted({*accelerator.activation_bits, element.bits})
        raise InputError(
            layer.name,
            f"has activations of {element.bits} bit{'s' * (element.bits > 1)}, and accelerator "
            f"'{accelerator.name}' is built for {built}",
            f"accepted: activation_bits = {wanted} in the accelerator",
        )


def _check_layer(layer: EngineLayer, accelerator: Accelerator) -> None:
    _check_activations(layer, accelerator)
    scheme = layer.main.scheme
    own = layer.main.layer
    if own.operator in ("requantise", "multiply") or not own.count_padding:
        _check_multiplier(layer, accelerator)
    if layer.weights is None or scheme is None:
        return
    for group in accelerator.array.groups:
        kind = pe_kind(group.pe)
        if not kind.accepts(scheme, layer.source.element.bits):
            raise InputError(
                layer.name,
                f"PE kind '{kind.name}' cannot run scheme '{scheme.name}'",
                f"accepted schemes: {', '.join(sorted(kind.runs))}",
            )
        if truncates(layer.main, accelerator.accumulator.accumulation) and not kind.shifts:
            able = ", ".join(row.name for row in PE_KINDS.values() if row.shifts)
            raise InputError(
                layer.name,
                f"accumulation 'truncate' on PE kind '{kind.name}', whose products are whole",
                f"accepted: accumulation 'exact', or {able}",
            )
    if layer.thresholds > accelerator.post.thresholds:
        compared = accelerator.post.thresholds
        raise InputError(
            layer.name,
            f"has {layer.thresholds} thresholds a filter, and a post-processing lane compares with "
            f"{compared or 'none'}",
            f"accepted: thresholds = {layer.thresholds} in [post], or a multiplier and a shift",
        )
    _check_multiplier(layer, accelerator)


def _check_multiplier(layer: EngineLayer, accelerator: Accelerator) -> None:
    needs_multiplier = bool((layer.main.multiplier != 1).any())
    if needs_multiplier and accelerator.post.requantise == "shift":
        raise InputError(
            layer.name,
            "its requantisation multiplies, but the post-processing unit only shifts",
            'accepted: post.requantise = "multiply", or a workload whose multipliers are all 1',
        )
