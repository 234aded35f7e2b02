"""Terms of the buffers' modules: the logic around memories, whose blocks are `memories`' matter."""

from __future__ import annotations

from lightsim.estimation.memories import mapped
from lightsim.estimation.terms import Parameters, Terms, bits_for
from lightsim.units import ceil_div

__all__ = [
    "input_terms",
    "memory_terms",
    "output_terms",
    "parameter_terms",
    "psum_terms",
    "residual_terms",
    "slice_terms",
    "weight_terms",
]


def memory_terms(p: Parameters) -> Terms:
    """What a memory needs beside its blocks: the LUTs of LUT RAM, its registers, its selectors."""
    held = mapped(p)
    return {"LUT of LUT RAM": held.lut, "register": held.ff}


def input_terms(p: Parameters) -> Terms:
    """Padding and masks a channel of every pixel, its sign, and the part of a word it lies in."""
    values = p["COLUMNS"] * p["PIXELS"]
    parts = p["MEMORIES"] * p["PORT_BITS"] // (8 * p["COLUMNS"])
    bit_parts = p["MEMORIES"] * p["PORT_BITS"] // p["COLUMNS"] if p["ONE_BIT"] else 0
    return {
        "module": 1,
        "pixel": p["PIXELS"],
        "column": p["COLUMNS"],
        "value": values,
        "value selected": values * (parts - 1),
        "memory": p["MEMORIES"],
        "value of one bit": values * p["ONE_BIT"],
        "bit selected": values * bit_parts,
        "part": max(parts, bit_parts),
    }


def weight_terms(p: Parameters) -> Terms:
    """Counters of both sides, and the selection of a word, or a narrow one, in a port word."""
    sharing = max(1, p["PORT_BITS"] // p["WORD_BITS"])
    narrow = max(1, p["PORT_BITS"] // p["NARROW_BITS"])
    return {
        "module": 1,
        "address bit": bits_for(p["DEPTH"]),
        "memory": p["MEMORIES"],
        "word bit": p["WORD_BITS"],
        "word bit selected": p["WORD_BITS"] * (sharing - 1),
        "narrow bit": p["NARROW_BITS"],
        "narrow bit selected": p["NARROW_BITS"] * (narrow - 1),
    }


def parameter_terms(p: Parameters) -> Terms:
    """Each memory takes its slot of a port word, and gives its group's."""
    per_word = max(1, p["PORT_BITS"] // 64)
    copies = ceil_div(per_word, p["ROWS"])
    memories = copies * p["ROWS"]
    depth = ceil_div(p["SLOTS"], memories) + 1
    return {
        "module": 1,
        "memory": memories,
        "slot selected": 64 * memories * (per_word - 1),
        "row selected": 64 * p["ROWS"] * (copies - 1),
        "memory address bit": memories * bits_for(depth),
        "word in halves": int(p["PORT_BITS"] < 64),
    }


def psum_terms(p: Parameters) -> Terms:
    """Two counters; the rest is the memory."""
    held = mapped(p)
    return {
        "module": 1,
        "address bit": bits_for(p["DEPTH"]),
        "LUT of LUT RAM": held.lut,
        "register": held.ff,
    }


def slice_terms(p: Parameters) -> Terms:
    """Read, compare and write back one byte of a row."""
    row_bits = bits_for(p["DEPTH"])
    return {"module": 1, "row bit": row_bits, "bit": p["WIDTH"]}


def output_terms(p: Parameters) -> Terms:
    """A port word is selected from a row by the width of the values and its part of the row."""
    width = max(32, p["PORT_BITS"] // p["LANES"])
    words = width * p["LANES"] // p["PORT_BITS"]
    return {
        "module": 1,
        "port bit": p["PORT_BITS"],
        "port bit of a part": p["PORT_BITS"] * (words - 1),
        "one-bit port bit": p["PORT_BITS"] * p["ONE_BIT"],
        "one-bit port bit of a part": p["PORT_BITS"] * p["ONE_BIT"] * (words - 1),
    }


def residual_terms(p: Parameters) -> Terms:
    """A byte of each slice's row is selected; rows are written in parts."""
    channels = p["PORT_BITS"] // 8
    size = max(1, channels // p["LANES"])
    words = p["LANES"] * size // channels
    rows = ceil_div(p["DEPTH"], words)
    return {
        "module": 1,
        "lane": p["LANES"],
        "byte": p["LANES"] * (size > 1),
        "byte selected": 8 * p["LANES"] * (size - 1),
        "part": words * (words > 1),
        "address bit": bits_for(rows),
    }
