"""The tile program: what the controller, the array and the streams of the RTL are told to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.sums.requantise import ROUNDINGS
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.filters.row_groups import RowGroup
from lightsim.tiled.mapping.plan.layout import first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer, TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule, Tile, window_origin
from lightsim.tiled.mapping.tiles.work import Work, column_groups, weight_bytes
from lightsim.tiled.rtl.program.boxes import box_job
from lightsim.units import ceil_div

__all__ = ["Descriptor", "TileProgram", "tile_program"]

Descriptor = dict[str, int]
_REQUANTISED, _THRESHOLD, _RAW = 0, 1, 2
_KINDS = {
    "max_pool": 1,
    "average_pool": 2,
    "global_pool": 2,
    "requantise": 2,
    "add": 3,
    "multiply": 3,
}


@dataclass(slots=True)
class TileProgram:
    """Lists of descriptors, each read from front to back by one unit."""

    layers: list[Descriptor] = field(default_factory=list)
    tiles: list[Descriptor] = field(default_factory=list)
    groups: list[Descriptor] = field(default_factory=list)
    input_jobs: list[Descriptor] = field(default_factory=list)
    weight_jobs: list[Descriptor] = field(default_factory=list)
    residual_jobs: list[Descriptor] = field(default_factory=list)
    output_jobs: list[Descriptor] = field(default_factory=list)
    tables: list[Descriptor] = field(default_factory=list)

    def table_number(self, table: NDArray[np.int16]) -> int:
        """Where the 256 entries of an activation's table stand, which equal ones share."""
        entries = [{"value": int(value)} for value in table]
        held = [self.tables[at : at + 256] for at in range(0, len(self.tables), 256)]
        if entries not in held:
            self.tables += entries
            return len(held)
        return held.index(entries)


def tile_program(programs: Sequence[Program]) -> TileProgram:
    """The tile program of programs run one after another."""
    made = TileProgram()
    for program in programs:
        for schedule in program.schedules:
            _Pass(made, program, schedule).add()
    return made


class _Pass:
    """One pass of a program on its way into the tile program."""

    def __init__(self, made: TileProgram, program: Program, schedule: Schedule) -> None:
        self._made = made
        self._program = program
        self._schedule = schedule
        self._layer: EngineLayer = schedule.layer
        self._geometry = Geometry(program.accelerator)
        self._number = len(made.layers)
        word = program.accelerator.word_bytes
        bits = self._layer.source.element.bits
        self._block = block_channels(word, bits)
        self._out_block = block_channels(word, self._layer.destination.element.bits)
        self._first = first_in_word(self._layer.destination, self._out_block)
        self._memories = self._geometry.input_memories
        self._parts = self._geometry.input_parts(bits)
        array = program.accelerator.array
        self._psum_words = max(
            len(tile.groups) * ceil_div(tile.computed.pixels, array.pixels)
            for tile in schedule.tiles
        )
        self._work = Work(self._layer, program.accelerator)

    def add(self) -> None:
        """Append the pass's descriptors to all lists."""
        elementwise = self._layer.weights is None
        more = {"output_first": self._first} if elementwise else {}
        table = self._layer.main.table
        if table is not None:
            more |= {"looks_up": 1, "table_number": self._made.table_number(table)}
        self._made.layers.append(_layer(self._layer) | more)
        tiles = self._schedule.tiles
        for tile, after in zip(tiles, (*tiles[1:], None), strict=True):
            self._made.tiles.append(self._tile(tile, after))
            self._made.groups.extend(self._group(tile, group) for group in tile.groups)
            self._jobs(tile, after is None)

    def _tile(self, tile: Tile, after: Tile | None) -> Descriptor:
        layer, box, read = self._layer, tile.computed, tile.read
        stride = layer.stride
        top, left = window_origin(layer, tile)
        wide, plane = read.columns.size, read.rows.size * read.columns.size
        back = (box.columns.size - 1) * stride[1]
        lines = ceil_div(read.blocks(self._block), self._memories)
        residual_blocks = 0
        if layer.residual is not None:
            word = self._program.accelerator.word_bytes
            residual_blocks = box.blocks(block_channels(word, layer.residual.element.bits))
        return (
            {
                "valid": 1,
                "load_input": tile.load_input,
                "load_weight": tile.load_weight,
                "load_residual": tile.load_residual,
                "first": tile.first,
                "last": tile.last,
                "next_loads_input": after is None or after.load_input,
                "next_loads_weight": layer.weights is not None
                and (after is None or after.load_weight),
                "ends_layer": after is None,
                "groups": len(tile.groups),
                "images": box.images.size,
                "rows": box.rows.size,
                "columns": box.columns.size,
                "read_rows": read.rows.size,
                "read_columns": wide,
                "origin_row": top,
                "origin_column": left,
                "base": top * wide + left,
                "row_step": stride[0] * wide - back,
                "image_step": lines * plane - (box.rows.size - 1) * stride[0] * wide - back,
                "plane": plane,
                "psum": tile.slot * self._psum_words,
                "output_columns": tile.written.columns.size,
                "output_blocks": tile.written.blocks(self._out_block, self._first),
                "residual_blocks": residual_blocks,
                "blocks": box.blocks(self._block),
                "apart": (layer.dilation[0] - 1) * wide,
            }
            | (self._slots(tile) if layer.weights is None else {})
            | self._again(tile, lines, plane)
        )

    def _again(self, tile: Tile, lines: int, plane: int) -> Descriptor:
        """Where the rows and columns of a tile are read again: its words are walked by counters."""
        (down, across), box = self._layer.repeat, tile.computed
        if (down, across) == (1, 1):
            return {}
        parts = lines // (down * across) * plane if self._layer.phases else 0
        return {
            "origin_row": 0,
            "origin_column": 0,
            "base": 0,
            "row_step": 0,
            "image_step": lines * plane,
            "phase_row": box.rows.start % down,
            "phase_column": box.columns.start % across,
            "phase_right": parts,
            "phase_down": parts * across,
        }

    def _slots(self, tile: Tile) -> Descriptor:
        """The cycles of a pooling's or addition's blocks, and of what leaves after the last."""
        work = self._work.groups(tile)[0]
        pixel = self._work.streamed(tile.computed.channels)
        return {
            "slot_cycles": work.steps,
            "chunks": pixel.leave,
            "last_chunks": pixel.leave_last,
            "tail": work.last_drain + 1,
        }

    def _group(self, tile: Tile, group: RowGroup) -> Descriptor:
        layer, accelerator = self._layer, self._program.accelerator
        columns = accelerator.array.columns
        start = tile.read.channels.start
        span = group.channels if group.channels is not None else tile.read.channels
        first = (span.start - start) // columns
        return {
            "chunks": group.drain,
            "column_groups": column_groups(layer, accelerator, group, tile.read.channels),
            "first_channel": span.start - start,
            "end_channel": span.stop - start,
            "first_column_group": first,
            "first_offset": first // self._parts * tile.read.rows.size * tile.read.columns.size,
            "first_part": first % self._parts,
            "passes": group.passes,
            "weight_per_pass": group.planes > 1,
            "pruned": group.passes == 0,
        }

    def _jobs(self, tile: Tile, ends_layer: bool) -> None:
        program, layer, made = self._program, self._layer, self._made
        regions = program.memory.regions
        about: Descriptor = {"valid": 1, "layer": self._number}
        if tile.load_input:
            box = box_job(regions[layer.source.tensor], layer.source, tile.read)
            made.input_jobs.append(about | box | {"memories": self._memories})
        if tile.load_weight:
            made.weight_jobs.append(about | self._weights(tile))
        if tile.load_residual and layer.residual is not None:
            box = box_job(regions[layer.residual.tensor], layer.residual, tile.computed)
            made.residual_jobs.append(about | box)
        if tile.last:
            box = box_job(regions[layer.destination.tensor], layer.destination, tile.written)
            made.output_jobs.append(about | box | self._mask(tile) | {"ends_layer": ends_layer})

    def _mask(self, tile: Tile) -> Descriptor:
        """The bits stored of a tile's first and last words: all if the tensor is one's own."""
        view, block = self._layer.destination, self._out_block
        whole = next(t.shape for t in self._program.plan.tensors if t.name == view.tensor)
        bits = view.element.field_bits
        if whole == view.shape:
            return {"first_bit": 0, "end_bit": block * bits}
        channels = tile.written.channels
        return {
            "first_bit": (self._first + channels.start) % block * bits,
            "end_bit": ((self._first + channels.stop - 1) % block + 1) * bits,
        }

    def _weights(self, tile: Tile) -> Descriptor:
        program, layer = self._program, self._layer
        accelerator, word = program.accelerator, program.accelerator.word_bytes
        run = program.weight_runs[layer.name][tile.weight_tile]
        parameters, _ = weight_bytes(layer, accelerator, tile.groups, tile.read.channels)
        bits = self._geometry.weight_bits
        if layer.kind == "depthwise":
            bits = self._geometry.narrow_bits
        return {
            "address": run.address // word,
            "length": run.nbytes // word,
            "lines": 1,
            "planes": 1,
            "images": 1,
            "words": run.nbytes // word,
            "parameters": parameters // word,
            "memories": self._geometry.memories_for(bits),
        }


def _result(layer: EngineLayer) -> int:
    """What becomes of a sum: poolings by maximum and additions take it as it is."""
    if layer.main.layer.operator == "multiply":
        return _REQUANTISED
    if layer.weights is None and _KINDS[layer.main.layer.operator] != _KINDS["average_pool"]:
        return _RAW
    output = layer.main.output
    return _REQUANTISED if output.is_requantised else _THRESHOLD if output.is_sign else _RAW


def _log_field(view: TensorView) -> int:
    """The logarithm of a field's bits: 0 to 3, or 5 of raw sums."""
    return view.element.field_bits.bit_length() - 1


def _layer(layer: EngineLayer) -> Descriptor:
    main, addition = layer.main, layer.addition
    if main.layer.operator == "add":
        addition = main
    made: Descriptor = {
        "kind": 0 if layer.weights is not None else _KINDS[main.layer.operator],
        "depthwise": layer.kind == "depthwise",
        "input_signed": layer.source.element.signed,
        "input_one_bit": layer.source.element.is_sign,
        "input_field": _log_field(layer.source) & 3,
        "sign_bit": (layer.source.element.bits - 1) & 7,
        "kernel_rows": layer.kernel[0],
        "kernel_columns": layer.kernel[1],
        "stride_rows": layer.stride[0],
        "stride_columns": layer.stride[1],
        "result": _result(layer),
        "rounding": ROUNDINGS.index(main.rounding),
        "shift": main.shift,
        "lowest": main.lowest if main.output.is_requantised else 0,
        "highest": main.highest if main.output.is_requantised else 0,
        "adds": addition is not None,
        "output_signed": layer.destination.element.signed,
        "output_width": _log_field(layer.destination),
        "pool_rows": layer.pool[0],
        "pool_columns": layer.pool[1],
        "multiplier": int(main.multiplier[0]),
        "again_rows": layer.repeat[0] - 1,
        "again_columns": layer.repeat[1] - 1,
        "scales": main.layer.operator == "multiply",
        "apart_rows": layer.dilation[0] - 1,
        "apart_columns": layer.dilation[1] - 1,
    }
    if layer.residual is not None:
        made["residual_signed"] = layer.residual.element.signed
        made["residual_field"] = _log_field(layer.residual)
    if addition is not None:
        own = (int(addition.multiplier[0]), addition.shift)
        other = (addition.residual_multiplier, addition.residual_shift)
        if layer.swapped:
            own, other = other, own
        made |= {
            "add_rounding": ROUNDINGS.index(addition.rounding),
            "own_multiplier": own[0],
            "own_shift": own[1],
            "other_multiplier": other[0],
            "other_shift": other[1],
            "add_lowest": addition.lowest,
            "add_highest": addition.highest,
        }
    return made
