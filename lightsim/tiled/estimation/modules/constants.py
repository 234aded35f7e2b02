"""The constants of an accelerator, under the names of the RTL's parameters.

A few constants also depend on the network (`GENERAL`). Here they have the values of an accelerator
that runs any network of its scheme; `lightsim rtl` replaces them by the values that its program
needs.
"""

from __future__ import annotations

from collections.abc import Mapping

from lightsim.hardware.pe_kinds import pack_kinds, pe_kind
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import LAYER_START_CYCLES, PARAMETER_SLOTS
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.units import ceil_div

__all__ = [
    "GENERAL",
    "constants_of",
    "memory_constants",
    "memory_depth",
]

# Constants that follow from the network. Some say whether logic is built: for poolings and
# additions, one-bit activations, dilated kernels, tables, enlarged images, and products. The others
# are the field widths of wider activations (the sum of the widths, which are powers of two) and the
# number of lanes by which values are rotated on their way to the output buffer.
GENERAL = (
    "ELEMENTWISE", "ONE_BIT_INPUTS", "FIELDS", "TURN_STEP", "DILATES", "LOOKS_UP", "REPEATS",
    "SCALES", "COUNTS",
)  # fmt: skip
_GUARDED_SUM_BITS = 48  # a 32-bit bias and 2^16 products of 18 bits


def constants_of(accelerator: Accelerator) -> dict[str, int]:
    """Every constant but those of the tile program; `KINDS` has four bits a row, row 0 lowest."""
    return (
        _array(accelerator)
        | memory_constants(accelerator)
        | _buffers(accelerator)
        | _general(accelerator)
    )


def _array(accelerator: Accelerator) -> dict[str, int]:
    array, accumulator = accelerator.array, accelerator.accumulator
    geometry = Geometry(accelerator)
    saturates = accumulator.overflow == "saturate"
    truncates = accumulator.accumulation == "truncate" and geometry.scheme.fraction_bits > 0
    return {
        "ROWS": array.rows,
        "COLUMNS": array.columns,
        "PIXELS": array.pixels,
        "ACTIVATION_BITS": accelerator.activation_bits[-1],
        "LATENCY": max(pe_kind(group.pe).latency for group in array.groups),
        "SCHEME": geometry.scheme.rtl_code,
        "TRUNCATES": int(truncates),
        "PRODUCTS_PER_DSP": accelerator.products_per_dsp,
        "SUM_BITS": _GUARDED_SUM_BITS if saturates else accumulator.bits,
        "ACCUMULATOR_BITS": accumulator.bits,
        "SATURATES": int(saturates),
        "LANES": accelerator.post.lanes,
        "MULTIPLIES": int(accelerator.post.requantise == "multiply"),
        "WORD_BITS": geometry.weight_bits,
        "NARROW_BITS": geometry.narrow_bits,
        "LAYER_START_CYCLES": LAYER_START_CYCLES,
        "PARAMETER_SLOTS": PARAMETER_SLOTS,
        "KINDS": pack_kinds(geometry.kinds),
    }


def memory_constants(accelerator: Accelerator) -> dict[str, int]:
    """The constants of ports and memory channels."""
    memory, word = accelerator.memory, accelerator.word_bytes
    channels, interleave = memory.channels, memory.interleave_bytes
    limit = accelerator.request_bytes
    if channels > 1:
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
    return numbers


def memory_depth(c: Mapping[str, int], name: str, nbytes: int) -> int:
    """The depth in words of a memory (or of one bank) of `nbytes` bytes, on a machine with
    constants `c`.
    """
    word = c["PORT_BITS"] // 8
    if name == "psum":
        return nbytes * 8 // (c["ROWS"] * c["PIXELS"] * c["ACCUMULATOR_BITS"])
    if name == "weight":
        return ceil_div(nbytes, c["WEIGHT_MEMORIES"] * word)
    return nbytes // (c["INPUT_MEMORIES"] * word if name == "input" else word)


def _buffers(accelerator: Accelerator) -> dict[str, int]:
    geometry, word = Geometry(accelerator), accelerator.word_bytes
    memories = geometry.input_memories
    weight_memories = geometry.memories_for(geometry.weight_bits)
    array = accelerator.array
    psum_bits = array.rows * array.pixels * accelerator.accumulator.bits
    return {
        "INPUT_BANKS": accelerator.input.banks,
        "INPUT_MEMORIES": memories,
        "INPUT_DEPTH": accelerator.input.bytes_per_bank // (memories * word),
        "PARTS": geometry.input_parts(accelerator.field_bits),
        "ONE_BIT_PARTS": geometry.input_parts(1),
        "WEIGHT_BANKS": accelerator.weight.banks,
        "WEIGHT_MEMORIES": weight_memories,
        "WEIGHT_DEPTH": ceil_div(accelerator.weight.bytes_per_bank, weight_memories * word),
        "RESIDUAL_BANKS": accelerator.residual.banks,
        "RESIDUAL_DEPTH": accelerator.residual.bytes_per_bank // word,
        "OUTPUT_BANKS": accelerator.output.banks,
        "OUTPUT_DEPTH": accelerator.output.bytes_per_bank // word,
        "PSUM_DEPTH": accelerator.psum_bytes * 8 // psum_bits,
    }


def _general(accelerator: Accelerator) -> dict[str, int]:
    fields = accelerator.activation_fields
    return {
        "ELEMENTWISE": 1,
        "ONE_BIT_INPUTS": int(1 in fields),
        "FIELDS": sum(bits for bits in fields if bits > 1),
        # A word of the widest channels is rotated if it has fewer channels than there are lanes.
        "TURN_STEP": min(accelerator.port_bits // fields[-1], accelerator.post.lanes),
        "DILATES": 0,
        "LOOKS_UP": 0,
        "REPEATS": 0,
        "SCALES": 0,
        "COUNTS": 0,
    }
