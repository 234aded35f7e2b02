"""The accelerator a board gets when the user names none: the largest array that fits."""

from __future__ import annotations

from functools import lru_cache

from lightsim.estimation.arrays import array_shapes
from lightsim.estimation.shortfall import nothing_fits
from lightsim.estimation.sizing import grown, least_design, within
from lightsim.hardware.accelerator import Accelerator, Array, LaneGroup
from lightsim.hardware.device import Board
from lightsim.hardware.dsp_blocks import built_products
from lightsim.hardware.pe_kinds import pe_kind
from lightsim.numerics.scheme import Scheme
from lightsim.units import ceil_div

__all__ = ["DEFAULT_PE", "default_accelerator", "largest_array"]

DEFAULT_PE: dict[str, str] = {
    "lightnn1": "shift_add_serial",
    "lightnn2": "shift_add_serial",
    "flightnn": "shift_add_serial",
    "fixed8": "multiply_dsp",
    "fixed4": "multiply_dsp",
    "binary": "xnor_popcount",
}

# Fewer LUTs than any measured row needs a lane: only to pass over hopeless shapes quickly.
_LEAST_LANE_LUT = {"shift_add_serial": 25, "shift_add_spatial": 25, "multiply_lut": 25}


@lru_cache(maxsize=128)
def default_accelerator(
    board: Board, scheme: Scheme, *, pe: str | None = None, utilisation: float = 0.8
) -> Accelerator:
    """The accelerator with the most useful array that fits `utilisation` of every resource.

    `pe` is the PE kind of all rows, by default `DEFAULT_PE` of the scheme. Buffers start at
    the practical minimum and grow into the block RAM that is left. Raises `BudgetError` if not
    even one lane fits, `InputError` for an unknown PE kind.
    """
    array = largest_array(board, scheme, pe or DEFAULT_PE[scheme.name], utilisation=utilisation)
    return grown(least_design(board, scheme, array), board.device, utilisation)


def largest_array(board: Board, scheme: Scheme, pe: str, *, utilisation: float = 0.8) -> Array:
    """The most useful array of one PE kind that fits, with its least buffers, on the board.

    "Useful" is the order of `arrays.array_shapes`; `utilisation` is the share of every resource
    that may be used. Raises `BudgetError` if none fits, `InputError` for an unknown PE kind.
    """
    kind = pe_kind(pe)
    for rows, columns, pixels in array_shapes(board.port_bits // 8):
        if scheme.name == "binary" and not _fills_words(rows, board.port_bits):
            continue
        array = Array((LaneGroup(kind.name, rows),), columns, pixels)
        if _could_fit(array, scheme, board, utilisation):
            acc = least_design(board, scheme, array)
            if within(acc, board.device, utilisation):
                return array
    raise nothing_fits(board, scheme, pe, utilisation)


def _fills_words(rows: int, port_bits: int) -> bool:
    """Whether row groups make up whole words of 1-bit outputs; else tiles get very large."""
    return rows % port_bits == 0 or port_bits % rows == 0


def _could_fit(array: Array, scheme: Scheme, board: Board, utilisation: float) -> bool:
    """A necessary condition that costs little to test."""
    available, kind = board.device.resources, array.groups[0].pe
    if kind == "multiply_dsp":
        blocks = ceil_div(array.pixels, built_products(array, scheme, board.device))
        return array.rows * array.columns * blocks <= utilisation * available.dsp
    return array.lanes * _LEAST_LANE_LUT.get(kind, 2) <= utilisation * available.lut
