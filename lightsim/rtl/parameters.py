"""The constants of the RTL for an accelerator and a tile program: the text of `design_pkg.sv`."""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.hardware.accelerator import Accelerator, IdealMemory
from lightsim.hardware.pe_kinds import pe_kind
from lightsim.hardware.pipeline import LAYER_START_CYCLES, PARAMETER_SLOTS
from lightsim.mapping.geometry import Geometry
from lightsim.mapping.program import Program
from lightsim.rtl.descriptors import TileProgram
from lightsim.units import ceil_div

__all__ = ["bench_header", "design_package"]

_KIND = {
    "shift_add_serial": 0,
    "shift_add_spatial": 1,
    "multiply_lut": 2,
    "multiply_dsp": 3,
    "xnor_popcount": 4,
}
_SCHEME = {"lightnn1": 0, "lightnn2": 1, "flightnn": 2, "fixed8": 3, "fixed4": 4, "binary": 5}
_LEAST_ROM = 64
_GUARDED_SUM_BITS = 48  # a 32-bit bias and 2^16 products of 18 bits


def design_package(programs: Sequence[Program], tiles: TileProgram) -> str:
    """The package `design_pkg` for programs that run on the same accelerator."""
    accelerator = programs[0].accelerator
    constants = _array(accelerator) | _memory(accelerator) | _buffers(programs)
    constants |= {
        name.upper(): str(_rom_depth(len(getattr(tiles, name)))) for name in TileProgram.__slots__
    }
    lines = (f"  localparam {_typed(name)} = {value};" for name, value in constants.items())
    return "\n".join(
        (
            "// The constants of one accelerator and its tile program, written by `lightsim rtl`.",
            "package design_pkg;",
            *lines,
            "endpackage",
            "",
        )
    )


def _rom_depth(entries: int) -> int:
    """Words of a ROM for so many entries and the one that ends them."""
    return int(max(_LEAST_ROM, 1 << entries.bit_length()))


def bench_header(accelerator: Accelerator) -> str:
    """The constants that the C++ test bench needs."""
    held = _memory(accelerator)
    streams = ("INPUT", "RESIDUAL", "WEIGHT", "OUTPUT")
    ports = ", ".join(held[f"PORT_OF_{stream}"] for stream in streams)
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
    bit = name in ("TRUNCATES", "SATURATES", "MULTIPLIES", "GAPS", "ONE_BIT_INPUTS", "ELEMENTWISE")
    return f"{'bit' if bit else 'int'} {name}"


def _array(accelerator: Accelerator) -> dict[str, str]:
    array, accumulator = accelerator.array, accelerator.accumulator
    geometry = Geometry(accelerator)
    saturates = accumulator.overflow == "saturate"
    kinds = "".join(f"{_KIND[kind.name]:x}" for kind in reversed(geometry.kinds))
    numbers = {
        "ROWS": array.rows,
        "COLUMNS": array.columns,
        "PIXELS": array.pixels,
        "LATENCY": max(pe_kind(group.pe).latency for group in array.groups),
        "SCHEME": _SCHEME[accelerator.scheme],
        "TRUNCATES": int(
            accumulator.accumulation == "truncate" and geometry.scheme.fraction_bits > 0
        ),
        "GAPS": int(len(array.groups) > 1),
        "SUM_BITS": _GUARDED_SUM_BITS if saturates else accumulator.bits,
        "ACCUMULATOR_BITS": accumulator.bits,
        "SATURATES": int(saturates),
        "LANES": accelerator.post.lanes,
        "MULTIPLIES": int(accelerator.post.requantise == "multiply"),
        "WORD_BITS": geometry.weight_bits,
        "NARROW_BITS": geometry.narrow_bits,
        "LAYER_START_CYCLES": LAYER_START_CYCLES,
        "PARAMETER_SLOTS": PARAMETER_SLOTS,
    }
    return {name: str(value) for name, value in numbers.items()} | {
        "KINDS": f"{array.rows * 4}'h{kinds}"
    }


def _memory(accelerator: Accelerator) -> dict[str, str]:
    memory, word = accelerator.memory, accelerator.word_bytes
    ideal = isinstance(memory, IdealMemory)
    channels = 1 if isinstance(memory, IdealMemory) else memory.channels
    interleave = 4096 if isinstance(memory, IdealMemory) else memory.interleave_bytes
    limit = accelerator.request_bytes
    if not ideal and channels > 1:
        limit = min(limit, interleave)
    numbers = {
        "PORT_BITS": accelerator.port_bits,
        "PORTS": len(accelerator.ports),
        "CHANNELS": channels,
        "CHANNEL_BITS": max(1, (channels - 1).bit_length()),
        "INTERLEAVE": interleave // word,
        "LIMIT": limit // word,
        "OUTSTANDING": accelerator.outstanding,
    }
    for number, port in enumerate(accelerator.ports):
        for stream in port.streams:
            numbers[f"PORT_OF_{stream.upper()}"] = number
    return {name: str(value) for name, value in numbers.items()}


def _buffers(programs: Sequence[Program]) -> dict[str, str]:
    accelerator = programs[0].accelerator
    geometry, word = Geometry(accelerator), accelerator.word_bytes
    memories = geometry.input_memories
    weight_memories = geometry.memories_for(geometry.weight_bits)
    numbers = {
        "INPUT_BANKS": accelerator.input.banks,
        "INPUT_MEMORIES": memories,
        "INPUT_DEPTH": accelerator.input.bytes_per_bank // (memories * word),
        "PARTS": geometry.input_parts(8),
        "ONE_BIT_PARTS": geometry.input_parts(1),
        "ONE_BIT_INPUTS": int(
            any(t.element.bits == 1 for program in programs for t in program.plan.tensors)
        ),
        "WEIGHT_BANKS": accelerator.weight.banks,
        "WEIGHT_MEMORIES": weight_memories,
        "WEIGHT_DEPTH": ceil_div(accelerator.weight.bytes_per_bank, weight_memories * word),
        "RESIDUAL_BANKS": accelerator.residual.banks,
        "RESIDUAL_DEPTH": accelerator.residual.bytes_per_bank // word,
        "OUTPUT_BANKS": accelerator.output.banks,
        "OUTPUT_DEPTH": accelerator.output.bytes_per_bank // word,
        "ELEMENTWISE": int(
            any(s.layer.weights is None for program in programs for s in program.schedules)
        ),
        "PSUM_DEPTH": _psum_words(accelerator),
    }
    return {name: str(value) for name, value in numbers.items()}


def _psum_words(accelerator: Accelerator) -> int:
    array = accelerator.array
    bits = array.rows * array.pixels * accelerator.accumulator.bits
    return accelerator.psum_bytes * 8 // bits
