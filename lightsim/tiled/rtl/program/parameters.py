"""The constants of the RTL for an accelerator and a tile program: the text of `design_pkg.sv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.modules.constants import constants_of, memory_constants
from lightsim.tiled.mapping.plan.layout import first_in_word
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.rtl.program.descriptors import TileProgram

__all__ = [
    "bench_header",
    "built_constants",
    "design_package",
    "package_text",
    "program_constants",
    "rom_depths",
]

_LEAST_ROM = 64
_BITS = (
    "TRUNCATES",
    "SATURATES",
    "MULTIPLIES",
    "ONE_BIT_INPUTS",
    "ELEMENTWISE",
    "DILATES",
    "LOOKS_UP",
    "REPEATS",
    "SCALES",
)


def design_package(programs: Sequence[Program], tiles: TileProgram) -> str:
    """The package `design_pkg` for programs that run on the same accelerator."""
    return package_text(built_constants(programs) | rom_depths(tiles))


def built_constants(programs: Sequence[Program]) -> dict[str, int]:
    """The constants of the accelerator with what of it these programs need."""
    return constants_of(programs[0].accelerator) | program_constants(programs)


def package_text(constants: Mapping[str, int]) -> str:
    """The package `design_pkg` with these constants, `ROWS` before those that need it."""
    lines = (
        f"  localparam {_typed(name)} = {_literal(name, value, constants['ROWS'])};"
        for name, value in constants.items()
    )
    return "\n".join(
        (
            "// The constants of one accelerator and its tile program, written by `lightsim rtl`.",
            "package design_pkg;",
            *lines,
            "endpackage",
            "",
        )
    )


def rom_depths(tiles: TileProgram) -> dict[str, int]:
    """The words of every ROM of the tile program."""
    return {name.upper(): _rom_depth(len(getattr(tiles, name))) for name in TileProgram.__slots__}


def _rom_depth(entries: int) -> int:
    """Words of a ROM for so many entries and the one that ends them."""
    return int(max(_LEAST_ROM, 1 << entries.bit_length()))


def bench_header(accelerator: Accelerator) -> str:
    """The constants that the C++ test bench needs."""
    held = memory_constants(accelerator)
    streams = ("INPUT", "RESIDUAL", "WEIGHT", "OUTPUT")
    ports = ", ".join(str(held[f"PORT_OF_{stream}"]) for stream in streams)
    return "\n".join(
        (
            "// The constants of the test bench, written by `lightsim rtl`.",
            "#pragma once",
            f"constexpr int kPortBits = {held['PORT_BITS']};",
            f"constexpr int kPorts = {held['PORTS']};",
            f"constexpr int kChannels = {held['CHANNELS']};",
            f"constexpr int kInterleave = {held['INTERLEAVE']};",
            f"constexpr int kPortOf[4] = {{{ports}}};",
            "",
        )
    )


def _typed(name: str) -> str:
    if name == "KINDS":
        return "logic [ROWS*4-1:0] KINDS"
    if name.startswith("PORT_OF"):
        return f"logic [7:0] {name}"
    bit = name in _BITS
    return f"{'bit' if bit else 'int'} {name}"


def _literal(name: str, value: int, rows: int) -> str:
    return f"{4 * rows}'h{value:x}" if name == "KINDS" else str(value)


def program_constants(programs: Sequence[Program]) -> dict[str, int]:
    """The constants `GENERAL` as the network at hand needs them."""
    tensors = (t for program in programs for t in program.plan.tensors)
    # The line of the input buffer is that of the machine's widest fields, used or not.
    fields = {t.element.field_bits for t in tensors if not t.element.is_raw}
    fields.add(programs[0].accelerator.field_bits)
    schedules = [s for program in programs for s in program.schedules]
    return {
        "ELEMENTWISE": int(any(s.layer.weights is None for s in schedules)),
        "ONE_BIT_INPUTS": int(1 in fields),
        "FIELDS": sum(field for field in fields if field > 1),
        "TURN_STEP": _turn_step(programs),
        "REPEATS": int(any(s.layer.repeat != (1, 1) for s in schedules)),
        "SCALES": int(any(s.layer.main.layer.operator == "multiply" for s in schedules)),
        "LOOKS_UP": int(any(s.layer.main.table is not None for s in schedules)),
        "DILATES": int(any(s.layer.dilation != (1, 1) for s in schedules)),
    }


def _turn_step(programs: Sequence[Program]) -> int:
    """What all turns of the post-processing lanes are a multiple of; the lanes if none turns.

    A turn is the number, in the output buffer, of the position's first value. Only what is needed
    of the network that turns is built.
    """
    step = programs[0].accelerator.post.lanes
    for program in programs:
        word = program.accelerator.word_bytes
        for schedule in program.schedules:
            view = schedule.layer.destination
            block = block_channels(word, view.element.bits)
            first = first_in_word(view, block)
            for tile in schedule.tiles:
                if tile.written.pixels > 1:
                    step = gcd(step, tile.written.blocks(block, first) * block)
                if schedule.layer.weights is None:
                    step = gcd(step, block, first)  # words are written one by one
    return step
