"""The descriptors of the tile program: fields and widths, as `sv/machine_pkg.sv` declares them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ENTRY", "GROUP", "JOB", "LAYER", "TILE", "Fields", "packed", "width_bits"]

# Name and bits of every field, the first one in the highest bits.
Fields = tuple[tuple[str, int], ...]

LAYER: Fields = (
    ("kind", 2), ("depthwise", 1), ("input_signed", 1), ("input_one_bit", 1),
    ("input_field", 2), ("sign_bit", 3),
    ("kernel_rows", 16), ("kernel_columns", 16), ("stride_rows", 16), ("stride_columns", 16),
    ("result", 2), ("rounding", 3), ("shift", 6), ("lowest", 16), ("highest", 16),
    ("adds", 1), ("residual_signed", 1), ("residual_field", 2), ("add_rounding", 3),
    ("own_multiplier", 16), ("own_shift", 6), ("other_multiplier", 16), ("other_shift", 6),
    ("add_lowest", 16), ("add_highest", 16), ("output_signed", 1), ("output_width", 3),
    ("pool_rows", 16), ("pool_columns", 16), ("multiplier", 16), ("output_first", 16),
    ("apart_rows", 16), ("apart_columns", 16), ("looks_up", 1), ("table_number", 8),
    ("again_rows", 16), ("again_columns", 16), ("scales", 1),
)  # fmt: skip

TILE: Fields = (
    ("valid", 1), ("load_input", 1), ("load_weight", 1), ("load_residual", 1),
    ("first", 1), ("last", 1), ("next_loads_input", 1), ("next_loads_weight", 1),
    ("ends_layer", 1), ("groups", 16), ("images", 16), ("rows", 16), ("columns", 16),
    ("read_rows", 16), ("read_columns", 16), ("origin_row", 16), ("origin_column", 16),
    ("base", 32), ("row_step", 32), ("image_step", 32), ("plane", 32), ("psum", 32),
    ("output_columns", 16), ("output_blocks", 16), ("residual_blocks", 16),
    ("blocks", 16), ("slot_cycles", 16), ("chunks", 16), ("last_chunks", 16), ("tail", 16),
    ("apart", 32), ("phase_row", 16), ("phase_column", 16), ("phase_right", 32),
    ("phase_down", 32),
)  # fmt: skip

GROUP: Fields = (
    ("chunks", 16), ("column_groups", 16), ("first_channel", 16), ("end_channel", 16),
    ("first_column_group", 16), ("first_offset", 32), ("first_part", 16), ("passes", 8),
    ("weight_per_pass", 1), ("pruned", 1),
)  # fmt: skip

JOB: Fields = (
    ("valid", 1), ("ends_layer", 1), ("layer", 16), ("address", 32), ("length", 32),
    ("lines", 16), ("line_pitch", 32), ("planes", 16), ("plane_pitch", 32), ("images", 16),
    ("image_pitch", 32), ("words", 32), ("plane", 32), ("blocks", 16), ("parameters", 32),
    ("memories", 16), ("first_bit", 16), ("end_bit", 16),
)  # fmt: skip


# An entry of an activation's table: 256 of them follow each other.
ENTRY: Fields = (("value", 16),)


def width_bits(fields: Fields) -> int:
    """The bits of a descriptor."""
    return sum(bits for _, bits in fields)


def packed(fields: Fields, values: Mapping[str, int]) -> int:
    """A descriptor as one number; a field that is not given is 0, negative ones wrap.

    Raises `ValueError` for a value that its field cannot hold, and for an unknown field.
    """
    unknown = set(values) - {name for name, _ in fields}
    if unknown:
        raise ValueError(f"no field {sorted(unknown)}")
    word = 0
    for name, bits in fields:
        value = values.get(name, 0)
        if not -(1 << (bits - 1)) <= value < 1 << bits:
            raise ValueError(f"{name} = {value} does not fit {bits} bits")
        word = word << bits | value & ((1 << bits) - 1)
    return word
