"""The accelerators that the comparisons try: a sweep of array shapes for each PE kind."""

from __future__ import annotations

from functools import lru_cache

from lightsim.estimation.arrays import array_shapes
from lightsim.estimation.sizing import grown, least_design, within
from lightsim.hardware import Board
from lightsim.hardware.accelerator import Accelerator, Array, LaneGroup
from lightsim.numerics.scheme import scheme

UTILISATION = 0.8
KINDS = {
    "lightnn1": ("shift_add_serial",),
    "lightnn2": ("shift_add_serial", "shift_add_spatial"),
    "flightnn": ("shift_add_serial",),
    "fixed4": ("multiply_dsp", "multiply_lut"),
    "fixed8": ("multiply_dsp", "multiply_lut"),
    "binary": ("xnor_popcount",),
}


@lru_cache(maxsize=64)
def largest(on: Board, scheme_name: str, pe: str, count: int = 12) -> tuple[Accelerator, ...]:
    """The `count` most useful arrays of one PE kind that fit the board, with all their buffers."""
    found: list[Accelerator] = []
    for rows, columns, pixels in array_shapes(on.port_bits // 8):
        # Binary outputs have to fill memory words.
        if scheme_name == "binary" and on.port_bits % rows and rows % on.port_bits:
            continue
        if built := _built(on, scheme_name, pe, rows, columns, pixels):
            found.append(built)
            if len(found) == count:
                break
    return tuple(found)


@lru_cache(maxsize=64)
def small(on: Board, scheme_name: str, pe: str) -> tuple[Accelerator, ...]:
    """Arrays for networks of few channels: few rows, so that k pays in small steps."""
    found = []
    for rows in (1, 2, 4, 8, 16, 32):
        if scheme_name == "binary" and on.port_bits % rows and rows % on.port_bits:
            continue
        for columns in (8, 16, 32, 64):
            for pixels in (1, 2, 4, 8, 16):
                if built := _built(on, scheme_name, pe, rows, columns, pixels):
                    found.append(built)
    return tuple(found)


def _built(
    on: Board, scheme_name: str, pe: str, rows: int, columns: int, pixels: int
) -> Accelerator | None:
    word = on.port_bits // 8
    if columns % word and word % columns:
        return None
    least = least_design(on, scheme(scheme_name), Array((LaneGroup(pe, rows),), columns, pixels))
    if not within(least, on.device, UTILISATION):
        return None
    return grown(least, on.device, UTILISATION)
