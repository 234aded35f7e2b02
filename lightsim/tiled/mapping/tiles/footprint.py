"""Whether a tiling is legal: the bytes its largest tile needs in every buffer, and the limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lightsim.errors import InputError
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import PARAMETER_SLOTS
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.schedule import Schedule, make_schedule
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Grain, Tiling, grain
from lightsim.tiled.mapping.tiles.work import activation_bytes, weight_bytes
from lightsim.units import ceil_div

__all__ = ["Footprint", "check_tiling", "footprint"]


@dataclass(frozen=True, slots=True)
class Footprint:
    """The most that any tile of a schedule needs, in bytes; `row_slots` in array rows."""

    input: int
    weight: int
    residual: int
    output: int
    psum: int
    row_slots: int


def footprint(schedule: Schedule, accelerator: Accelerator) -> Footprint:
    """The largest need of a schedule's tiles for every buffer, in whole lines of the buffer."""
    layer, word = schedule.layer, accelerator.word_bytes
    tiles, geometry = schedule.tiles, Geometry(accelerator)
    narrow = layer.kind == "depthwise"
    weights = [
        geometry.weight_bytes(*weight_bytes(layer, accelerator, groups, channels), narrow)
        for groups, channels in zip(schedule.weight_groups, schedule.weight_channels, strict=True)
    ]
    residual = 0
    if layer.residual is not None:
        view = layer.residual
        residual = max(activation_bytes(view, tile.computed, word) for tile in tiles)
    groups = max(len(tile.groups) for tile in tiles)
    block = block_channels(word, layer.source.element.bits)
    return Footprint(
        input=max(geometry.input_bytes(t.read.pixels, t.read.blocks(block)) for t in tiles),
        weight=max(weights, default=0),
        residual=residual,
        output=max(activation_bytes(layer.destination, tile.written, word) for tile in tiles),
        psum=_psum_bytes(schedule, accelerator),
        row_slots=groups * accelerator.array.rows,
    )


def _psum_bytes(schedule: Schedule, accelerator: Accelerator) -> int:
    """Partial sums of all slots, if sums go on from one tile to another at all."""
    if all(tile.first and tile.last for tile in schedule.tiles):
        return 0
    array = accelerator.array
    slots = 1 + max(tile.slot for tile in schedule.tiles)
    words = max(
        len(tile.groups) * ceil_div(tile.computed.pixels, array.pixels) for tile in schedule.tiles
    )
    return ceil_div(slots * words * array.rows * array.pixels * accelerator.accumulator.bits, 8)


def check_tiling(
    layer: EngineLayer, accelerator: Accelerator, tiling: Tiling, images: int
) -> Schedule:
    """The schedule of a legal tiling.

    Raises `InputError` naming the size, what it needs, what there is, and the largest legal
    value of the dimension that would mend it.
    """
    _check_sizes(layer, accelerator, tiling, images)
    schedule = make_schedule(layer, accelerator, tiling, images)
    need = footprint(schedule, accelerator)
    buffers = (
        ("input", "activations", need.input, accelerator.input.bytes_per_bank, "r"),
        ("weight", "weights", need.weight, accelerator.weight.bytes_per_bank, "m"),
        ("residual", "residuals", need.residual, accelerator.residual.bytes_per_bank, "r"),
        ("output", "outputs", need.output, accelerator.output.bytes_per_bank, "r"),
        ("psum", "partial sums", need.psum, accelerator.psum_bytes, "r"),
    )
    for name, what, needed, held, dimension in buffers:
        if needed > held:
            largest = _largest(layer, accelerator, tiling, images, dimension, name)
            raise InputError(
                layer.name,
                f"tile {tiling} needs {needed} B of {what}, buffer '{name}' holds {held} B",
                largest,
            )
    if need.row_slots > PARAMETER_SLOTS:
        raise InputError(
            layer.name,
            f"tile {tiling} needs {need.row_slots} row slots of filter parameters, "
            f"the parameter memory holds {PARAMETER_SLOTS}",
            _largest(layer, accelerator, tiling, images, "m", "row_slots"),
        )
    return schedule


def _check_sizes(layer: EngineLayer, accelerator: Accelerator, tiling: Tiling, images: int) -> None:
    if tiling.order not in ORDERS:
        raise InputError(
            layer.name, f"unknown loop order '{tiling.order}'", f"accepted: {', '.join(ORDERS)}"
        )
    step = grain(layer, accelerator)
    extents = Grain(
        layer.computed.channels,
        layer.source.shape.channels,
        layer.computed.height,
        layer.computed.width,
    )
    for letter in ("m", "n", "r", "c"):
        if letter == "n" and (layer.weights is None or layer.groups > 1):
            continue  # the input channels follow from the filters
        size, unit, extent = (getattr(where, letter) for where in (tiling, step, extents))
        if not 1 <= size <= extent or (size % unit and size != extent):
            multiples = f"multiples of {unit} up to {extent}, or {extent}"
            raise InputError(
                layer.name, f"T{letter} = {size} is not legal", f"accepted: {multiples}"
            )
    if not 1 <= tiling.b <= images:
        raise InputError(layer.name, f"Tb = {tiling.b} is not legal", f"accepted: 1 to {images}")


def _largest(
    layer: EngineLayer,
    accelerator: Accelerator,
    tiling: Tiling,
    images: int,
    dimension: str,
    buffer: str,
) -> str:
    """The hint that names the largest size of `dimension` that fits, by walking downwards."""
    unit: int = getattr(grain(layer, accelerator), dimension)
    size: int = getattr(tiling, dimension)
    held = {
        "input": accelerator.input.bytes_per_bank,
        "weight": accelerator.weight.bytes_per_bank,
        "residual": accelerator.residual.bytes_per_bank,
        "output": accelerator.output.bytes_per_bank,
        "psum": accelerator.psum_bytes,
        "row_slots": PARAMETER_SLOTS,
    }[buffer]
    for smaller in range((size - 1) // unit * unit, 0, -unit):
        attempt = _with(tiling, dimension, smaller)
        need = footprint(make_schedule(layer, accelerator, attempt, images), accelerator)
        if getattr(need, buffer) <= held:
            return f"largest legal T{dimension} is {smaller}"
    return f"no T{dimension} fits with the other sizes as they are"


def _with(tiling: Tiling, dimension: str, size: int) -> Tiling:
    change: Callable[[int], Tiling] = {
        "m": lambda value: replace(tiling, m=value),
        "r": lambda value: replace(tiling, r=value),
    }[dimension]
    return change(size)
