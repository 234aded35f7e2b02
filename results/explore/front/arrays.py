"""The accelerators that the comparisons try: a sweep of array shapes for each PE kind."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from lightsim.hardware import Board
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.description.accelerator import Accelerator, Array, LaneGroup, PostProcessing
from lightsim.tiled.estimation.arrays import array_shapes
from lightsim.tiled.estimation.sizing import grown, least_design, within

UTILISATION = 0.8
KINDS = {
    "lightnn1": ("shift_add_serial",),
    "lightnn2": ("shift_add_serial", "shift_add_spatial"),
    "flightnn": ("shift_add_serial", "shift_add_spatial"),
    "fixed4": ("multiply_dsp", "multiply_lut"),
    "fixed8": ("multiply_dsp", "multiply_lut"),
    "binary": ("xnor_popcount",),
}


@lru_cache(maxsize=64)
def largest(on: Board, scheme_name: str, pe: str, count: int = 12) -> tuple[Accelerator, ...]:
    """The `count` most useful arrays of one PE kind that fit the board, with all their buffers;
    under flightnn each with the default number of post-processing lanes and up to 32."""
    found: list[Accelerator] = []
    for rows, columns, pixels in array_shapes(on.port_bits // 8):
        # Binary outputs have to fill memory words.
        if scheme_name == "binary" and on.port_bits % rows and rows % on.port_bits:
            continue
        built = _built(on, scheme_name, pe, rows, columns, pixels)
        if built is None:
            continue
        found.append(built)
        # The default has few lanes where filters are sorted; more may drain faster.
        lanes = built.post.lanes
        while scheme(scheme_name).k_per_filter and (lanes := 2 * lanes) <= min(
            32, on.port_bits // 8
        ):
            if more := _built(on, scheme_name, pe, rows, columns, pixels, lanes):
                found.append(more)
        if (count := count - 1) == 0:
            break
    return tuple(found)


@lru_cache(maxsize=64)
def small(on: Board, scheme_name: str, pe: str) -> tuple[Accelerator, ...]:
    """Arrays for networks of few channels: few rows, so that k pays in small steps, and 4 to 32
    post-processing lanes: few let filters be sorted by k more freely, many drain faster."""
    found = []
    for rows in (1, 2, 4, 8, 16, 32):
        if scheme_name == "binary" and on.port_bits % rows and rows % on.port_bits:
            continue
        for columns in (8, 16, 32, 64):
            for pixels in (1, 2, 4, 8, 16):
                for lanes in (4, 8, 16, 32):
                    built = _built(on, scheme_name, pe, rows, columns, pixels, lanes)
                    if built and lanes <= on.port_bits // 8:
                        found.append(built)
    return tuple(found)


def _built(
    on: Board,
    scheme_name: str,
    pe: str,
    rows: int,
    columns: int,
    pixels: int,
    lanes: int | None = None,
) -> Accelerator | None:
    word = on.port_bits // 8
    if columns % word and word % columns:
        return None
    least = least_design(on, scheme(scheme_name), Array((LaneGroup(pe, rows),), columns, pixels))
    if lanes is not None:
        least = replace(least, name=f"{least.name}-{lanes}", post=PostProcessing(lanes))
    if not within(least, on.device, UTILISATION):
        return None
    return grown(least, on.device, UTILISATION)
