"""Terms of the buffers' modules: the logic around the memories. `memories` costs the memories."""

from __future__ import annotations

from lightsim.tiled.estimation.modules.terms import Parameters, Terms, bits_for, fields_of
from lightsim.units import ceil_div

__all__ = [
    "input_terms",
    "output_case",
    "output_terms",
    "parameter_terms",
    "psum_terms",
    "residual_terms",
    "slice_terms",
    "weight_terms",
]


_BYTES_OF_A_LUT = 4  # bytes that one LUT selects from


def input_terms(p: Parameters) -> Terms:
    """The terms of the input buffer: padding, masks, signs, and the selection within a word, for
    every channel of every pixel.

    Selecting a value of fewer bits takes proportionally fewer LUTs. Narrow fields are first
    selected beside the widest fields, and then together with them.
    """
    values = p["COLUMNS"] * p["PIXELS"]
    *narrow, widest = fields_of(p)
    parts = p["MEMORIES"] * p["PORT_BITS"] // (widest * p["COLUMNS"])
    selected = values * (parts - 1) * widest / 8
    selected += sum(values * p["MEMORIES"] * p["PORT_BITS"] / (8 * p["COLUMNS"]) for _ in narrow)
    bit_parts = p["MEMORIES"] * p["PORT_BITS"] // p["COLUMNS"] if p["ONE_BIT"] else 0
    most = max(parts * widest // min([*narrow, widest]), bit_parts)
    return {
        "module": 1,
        "pixel": p["PIXELS"],
        "column": p["COLUMNS"],
        "value": values * widest / 8 + values * sum(narrow) / 8,
        "value selected": selected,
        "memory": p["MEMORIES"],
        "value of one bit": values * p["ONE_BIT"],
        "bit selected": values * bit_parts,
        "part": most,
        "part held": int(most > 1),
    }


def weight_terms(p: Parameters) -> Terms:
    """The terms of the weight buffer: counters on both sides, and selecting a weight word."""
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
    """The terms of the parameter memories: each takes its slot of a port word and returns its
    group's parameters.
    """
    per_word = max(1, p["PORT_BITS"] // 64)
    copies = ceil_div(per_word, p["ROWS"])
    memories = copies * p["ROWS"]
    depth = ceil_div(p["SLOTS"], memories) + 1
    return {
        "module": 1,
        "memory": memories,
        "memory of a word": memories / per_word,
        "slot selected": 64 * memories * (per_word - 1),
        "row selected": 64 * p["ROWS"] * (copies - 1),
        "memory address bit": memories * bits_for(depth),
        "word in halves": int(p["PORT_BITS"] < 64),
    }


def psum_terms(p: Parameters) -> Terms:
    """The terms of the psum memory's two counters; `memories` costs the memory itself."""
    return {"module": 1, "address bit": bits_for(p["DEPTH"])}


def slice_terms(p: Parameters) -> Terms:
    """The terms of a slice: it reads, compares and writes back one byte of a row."""
    row_bits = bits_for(p["DEPTH"])
    return {"bit": p["WIDTH"], "row bit": row_bits, "module": 1}


_MEASURED_WORDS = 8


def output_terms(p: Parameters) -> Terms:
    """The terms of the output buffer: a port word is selected from a row.

    The selection depends on the width of the values and on the part of the row. For twice as many
    words as were measured, it costs twice as much.
    """
    widths = len(fields_of(p)) - 1
    more = 1 + widths / (2 + p["ONE_BIT"])
    return {"port bit": p["PORT_BITS"] * max(1, _row_words(p) // _MEASURED_WORDS) * more}


def output_case(p: Parameters) -> str:
    """The case of a row: 1, 2, 4, or 8 and more port words; with or without one-bit results."""
    return f"WORDS={min(_MEASURED_WORDS, _row_words(p))} ONE_BIT={p['ONE_BIT']}"


def _row_words(p: Parameters) -> int:
    """Port words of a row: each lane has 32 bits of it, or its share of the port if larger."""
    return max(32, p["PORT_BITS"] // p["LANES"]) * p["LANES"] // p["PORT_BITS"]


def residual_terms(p: Parameters) -> Terms:
    """The terms of the residual buffer: one byte of each slice's row is selected; rows are written
    in parts.
    """
    channels = p["PORT_BITS"] // 8
    size = max(1, channels // p["LANES"])
    words = p["LANES"] * size // channels
    rows = ceil_div(p["DEPTH"], words)
    return {
        "module": 1,
        "lane": p["LANES"],
        "byte": p["LANES"] * (size > 1),
        "byte of many": p["LANES"] * size * (size > _BYTES_OF_A_LUT),
        "part": words * (words > 1),
        "address bit": bits_for(rows),
    }
