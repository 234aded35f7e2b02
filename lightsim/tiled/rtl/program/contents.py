"""Bytes in memory: activations in channel blocks, and weight tiles in the order of the array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.network.tensor import field_bits
from lightsim.numerics.formats.table import codec
from lightsim.tiled.description.pipeline import PARAMETER_BYTES
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.filters.row_groups import RowGroup
from lightsim.tiled.mapping.plan.layout import Region, Span, first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule
from lightsim.tiled.mapping.tiles.work import column_groups, weight_bytes
from lightsim.units import ceil_div

__all__ = ["memory_image", "tensor_bytes", "tensor_values"]

Bytes = NDArray[np.uint8]
_UNUSED = 0xFFFF


def memory_image(program: Program, images: NDArray[np.int16]) -> Bytes:
    """All of memory before the run: input and weights; what is yet unwritten holds 0xA5."""
    image: Bytes = np.full(program.memory.nbytes, 0xA5, np.uint8)
    plan = program.plan
    region = program.memory.regions[plan.input.tensor]
    stored = tensor_bytes(plan.form.arrange(images), region, plan.input.element.bits)
    image[region.base : region.base + len(stored)] = stored
    for schedule in program.schedules:
        if schedule.layer.weights is None:
            continue
        tiles = zip(schedule.weight_groups, schedule.weight_channels, strict=True)
        runs = program.weight_runs[schedule.layer.name]
        for number, ((groups, channels), run) in enumerate(zip(tiles, runs, strict=True)):
            held = _weight_tile(program, schedule, number, groups, channels)
            image[run.address : run.address + run.nbytes] = held
    return image


def tensor_bytes(values: NDArray[np.int16], region: Region, bits: int) -> Bytes:
    """A tensor [images, channels, height, width] as it lies in its region."""
    images, channels, height, width = values.shape
    padded = np.zeros((images, region.blocks * region.block, height, width), np.int64)
    padded[:, :channels] = values
    split = padded.reshape(images, region.blocks, region.block, height, width)
    words = split.transpose(0, 1, 3, 4, 2)
    field = field_bits(bits)
    if bits == 1:
        packed: Bytes = np.packbits(words > 0, axis=-1, bitorder="little")
    elif field < 8:
        single = words[..., None] >> np.arange(field) & 1
        packed = np.packbits(single.reshape(*words.shape[:-1], -1), axis=-1, bitorder="little")
    else:
        packed = np.ascontiguousarray(words.astype(f"<i{field // 8}")).view(np.uint8)
    return packed.reshape(-1)


def tensor_values(
    image: Bytes, region: Region, channels: int, bits: int, signed: bool
) -> NDArray[np.int32]:
    """The values int32[images, channels, height, width] that a region of memory holds."""
    held = image[region.base : region.base + region.nbytes]
    shape = (region.images, region.blocks, region.height, region.width)
    field = field_bits(bits)
    if bits == 1:
        words = np.unpackbits(held.reshape(*shape, -1), axis=-1, bitorder="little")
        values = words.astype(np.int32) * 2 - 1
    elif field < 8:
        single = np.unpackbits(held.reshape(*shape, -1), axis=-1, bitorder="little")
        weights = 1 << np.arange(field)
        weights[-1] *= -1 if signed else 1
        values = (single.reshape(*shape, -1, field) * weights).sum(axis=-1).astype(np.int32)
    else:
        kind = f"<{'i' if signed else 'u'}{field // 8}"
        values = held.view(kind).reshape(*shape, -1).astype(np.int32)
    turned = values.transpose(0, 1, 4, 2, 3)
    joined = turned.reshape(region.images, -1, region.height, region.width)
    return np.ascontiguousarray(joined[:, :channels])


def _weight_tile(
    program: Program,
    schedule: Schedule,
    number: int,
    groups: tuple[RowGroup, ...],
    channels: Span,
) -> Bytes:
    """Parameters of all row slots, then the weight words, each padded to whole port words."""
    accelerator, layer = program.accelerator, schedule.layer
    sizes = weight_bytes(layer, accelerator, groups, channels)
    first = min(f for tile in schedule.tiles if tile.weight_tile == number
                for f in (tile.computed.channels.start,))  # fmt: skip
    held: Bytes = np.zeros(sum(sizes), np.uint8)
    slots = _parameters(layer, groups, first - _begin(program, layer))
    held[: len(slots)] = slots
    words = [_codes(program, layer, group, channels) for group in groups if group.planes]
    if words:
        packed = _packed(Geometry(accelerator), np.concatenate(words))
        held[sizes[0] : sizes[0] + len(packed)] = packed
    return held


def _begin(program: Program, layer: EngineLayer) -> int:
    view = layer.destination
    return first_in_word(view, block_channels(program.accelerator.word_bytes, view.element.bits))


def _parameters(layer: EngineLayer, groups: tuple[RowGroup, ...], first: int) -> Bytes:
    """The record of every row slot; positions count from channel `first` of the destination."""
    main = layer.main
    if main.bias is None:
        raise ValueError(f"layer '{layer.name}' has no parameters")
    multiplier = np.broadcast_to(main.multiplier, (layer.computed.channels,))
    rows = [f for group in groups for f in group.filters]
    slots = np.zeros(len(rows), np.dtype([("bias", "<i4"), ("multiplier", "<u2"), ("at", "<u2")]))
    for slot, f in zip(slots, rows, strict=True):
        slot["at"] = _UNUSED
        if f >= 0:
            slot["bias"], slot["multiplier"], slot["at"] = main.bias[f], multiplier[f], f - first
    assert slots.dtype.itemsize == PARAMETER_BYTES
    return slots.view(np.uint8)


def _codes(
    program: Program, layer: EngineLayer, group: RowGroup, channels: Span
) -> NDArray[np.uint8]:
    """The bits [words, word bits] of a row group: taps, column groups, term planes."""
    geometry = Geometry(program.accelerator)
    columns = program.accelerator.array.columns
    weights = layer.weights
    if weights is None:
        raise ValueError(f"layer '{layer.name}' has no weights")
    scheme = geometry.scheme
    written = codec(scheme.name)
    taps = layer.kernel[0] * layer.kernel[1]
    narrow = layer.kind == "depthwise"
    count = column_groups(layer, program.accelerator, group, channels)
    wide = 1 if narrow else count * columns
    span = group.channels if group.channels is not None else channels
    lead = 0 if narrow else (span.start - channels.start) % columns
    inner = slice(channels.start, channels.stop) if layer.groups == 1 else slice(None)
    rows = []
    for kind, f in zip(geometry.kinds, group.filters, strict=True):
        bits = kind.code_bits(scheme)
        codes = np.zeros((taps, group.planes, wide), written.dtype)
        if f >= 0:
            whole = written.encode_values(weights[f : f + 1, inner])[0]
            by_tap = whole.reshape(len(whole), taps).T
            for plane in range(group.planes):
                own = written.term_codes(by_tap, plane) if kind.term_serial else by_tap
                codes[:, plane, lead : lead + by_tap.shape[1]] = own
                codes[:, plane, :lead] = 0
        lanes = codes.reshape(taps, group.planes, -1, 1 if narrow else columns)
        split = (lanes[..., None] >> np.arange(bits, dtype=written.dtype) & 1).astype(np.uint8)
        rows.append(split.reshape(taps, group.planes, lanes.shape[2], -1).transpose(0, 2, 1, 3))
    joined = np.concatenate(rows, axis=-1)
    return joined.reshape(-1, joined.shape[-1])


def _packed(geometry: Geometry, words: NDArray[np.uint8]) -> Bytes:
    """Weight words, given as bits, in port words."""
    port = geometry.accelerator.port_bits
    count, bits = words.shape
    if bits >= port:
        line = geometry.memories_for(bits) * port
        padded = np.zeros((count, line), np.uint8)
        padded[:, :bits] = words
    else:
        share = geometry.sharing(bits)
        padded = np.zeros((ceil_div(count, share), port), np.uint8)
        filled = np.zeros((ceil_div(count, share) * share, bits), np.uint8)
        filled[:count] = words
        padded[:, : share * bits] = filled.reshape(-1, share * bits)
    packed: Bytes = np.packbits(padded, axis=1, bitorder="little")
    return packed.reshape(-1)
