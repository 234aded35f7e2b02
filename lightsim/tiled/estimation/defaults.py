"""The accelerator a board gets when the user names none: the largest array that fits."""

from __future__ import annotations

from functools import lru_cache

from lightsim.hardware.device import Board
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.network.tensor import field_bits
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import Accelerator, Array, LaneGroup
from lightsim.tiled.estimation.arrays import array_shapes
from lightsim.tiled.estimation.resources import lanes_needed
from lightsim.tiled.estimation.shortfall import nothing_fits
from lightsim.tiled.estimation.sizing import grown, least_design, within

__all__ = [
    "array_of",
    "default_accelerator",
    "kinds_for",
    "largest_array",
    "least_fits",
    "plausible_shapes",
]


def kinds_for(scheme: Scheme) -> tuple[str, ...]:
    """The PE kinds that default accelerators try: first the usual kind of the scheme, then other
    kinds that run the scheme, for devices that cannot build the usual kind.
    """
    others = (row.name for row in PE_KINDS.values() if row.takes(scheme))
    return (scheme.usual_pe, *(name for name in others if name != scheme.usual_pe))


@lru_cache(maxsize=128)
def default_accelerator(
    board: Board, scheme: Scheme, *, pe: str | None = None, utilisation: float = 0.8
) -> Accelerator:
    """The accelerator with the most useful array that fits `utilisation` of every resource.

    `pe` is the PE kind of all rows, by default the usual kind of the scheme. Buffers start at the
    practical minimum and grow into the remaining block RAM. Raises `BudgetError` if not even one
    lane fits, `InputError` for an unknown PE kind.
    """
    array = largest_array(board, scheme, pe or scheme.usual_pe, utilisation=utilisation)
    return grown(least_design(board, scheme, array), board.device, utilisation)


def largest_array(board: Board, scheme: Scheme, pe: str, *, utilisation: float = 0.8) -> Array:
    """The most useful array of one PE kind that fits the board together with its least buffers.

    The order of `arrays.array_shapes` defines the most useful array; `utilisation` is the share of
    every resource that the design may use. Raises `BudgetError` if no array fits, `InputError` for
    an unknown PE kind.
    """
    for shape in plausible_shapes(board, scheme, pe, utilisation):
        array = array_of(pe, shape)
        if least_fits(board, scheme, array, utilisation):
            return array
    raise nothing_fits(board, scheme, pe, utilisation)


def array_of(pe: str, shape: tuple[int, int, int]) -> Array:
    """The array of PE kind `pe` with the given rows, columns and pixels."""
    rows, columns, pixels = shape
    return Array((LaneGroup(pe, rows),), columns, pixels)


@lru_cache(maxsize=4096)
def least_fits(
    board: Board,
    scheme: Scheme,
    array: Array,
    utilisation: float,
    activation_bits: tuple[int, ...] = (8,),
) -> bool:
    """Whether the array with its least buffers fits a share `utilisation` of the device."""
    return within(least_design(board, scheme, array, activation_bits), board.device, utilisation)


@lru_cache(maxsize=128)
def plausible_shapes(
    board: Board,
    scheme: Scheme,
    pe: str,
    utilisation: float,
    activation_bits: tuple[int, ...] = (8,),
) -> tuple[tuple[int, int, int], ...]:
    """Rows, columns and pixels of the arrays whose lanes alone fit, the most useful array first.

    A plausible array may still not fit, because the logic around the lanes is not counted. With
    1-bit outputs, the rows fill whole words, as tiles would become very large otherwise. Raises
    `InputError` for an unknown PE kind.
    """
    name = pe_kind(pe).name
    available = board.device.resources
    limits = [utilisation * limit for limit in (available.lut, available.ff, available.dsp)]
    most: dict[tuple[int, int], float] = {}
    found = []
    field = field_bits(activation_bits[-1])
    for rows, columns, pixels in array_shapes(board.port_bits // field):
        if scheme.is_sign and not _fills_words(rows, board.port_bits):
            continue
        if (columns, pixels) not in most:
            row = lanes_needed(
                least_design(board, scheme, array_of(name, (1, columns, pixels)), activation_bits),
                board.device,
            )
            pairs = zip(limits, (row.lut, row.ff, row.dsp), strict=True)
            most[columns, pixels] = min(limit / amount for limit, amount in pairs if amount)
        if rows <= most[columns, pixels]:
            found.append((rows, columns, pixels))
    return tuple(found)


def _fills_words(rows: int, port_bits: int) -> bool:
    """Whether row groups fill whole words of 1-bit outputs; if not, tiles become very large."""
    return rows % port_bits == 0 or port_bits % rows == 0
