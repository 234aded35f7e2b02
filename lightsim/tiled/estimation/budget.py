"""Whether a design fits the device; if not, by how much, and which array would fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import log2

from lightsim.errors import BudgetError
from lightsim.hardware.budget import exceeded, needs_of, shortage
from lightsim.hardware.device import Board
from lightsim.hardware.part import Part, total
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.description.accelerator import Accelerator, Array, LaneGroup
from lightsim.tiled.estimation.arrays import fits_word
from lightsim.tiled.estimation.defaults import largest_array
from lightsim.tiled.estimation.resources import estimate
from lightsim.tiled.estimation.sizing import within

__all__ = ["check_budget", "largest_that_fits"]


def check_budget(acc: Accelerator, board: Board, parts: Iterable[Part]) -> None:
    """Raises `BudgetError` if `parts` need more of a resource than the board's device has.

    The message gives the resource that is exceeded most, names the other exceeded resources, and
    gives the largest array (rows x columns, with everything else unchanged) that fits. If no array
    fits, the message says what stands in the way.
    """
    short = shortage(acc.name, total(parts), board)
    if short is not None:
        raise BudgetError(f"{short}; {_advice(acc, board)}")


def largest_that_fits(acc: Accelerator, board: Board) -> Array | None:
    """The array with the most lanes that fits, with no more rows or columns than `acc` has; or
    None.

    Pixels, buffers and all else stay unchanged, and the lane groups keep their share of the rows.
    Of arrays with equally many lanes, the array whose rows and columns are closest is taken.
    """
    for rows, columns in _smaller(acc):
        array = Array(_scaled(acc.array.groups, rows), columns, acc.array.pixels)
        if array.rows == rows and within(replace(acc, array=array), board.device, 1.0):
            return array
    return None


def _smaller(acc: Accelerator) -> Iterator[tuple[int, int]]:
    """Rows and columns up to the present numbers, the most lanes first."""
    columns = [c for c in range(1, acc.array.columns + 1) if fits_word(c, acc.word_bytes)]
    rows = [r for r in range(1, acc.array.rows + 1) if r < 8 or r % 8 == 0 or r == acc.array.rows]
    shapes = ((r, c) for r in rows for c in columns)
    return iter(sorted(shapes, key=lambda rc: (-rc[0] * rc[1], abs(log2(rc[0] / rc[1])))))


def _scaled(groups: tuple[LaneGroup, ...], rows: int) -> tuple[LaneGroup, ...]:
    """The groups with `rows` rows in all: shares rounded down, the rest to the first group."""
    present = sum(group.rows for group in groups)
    shares = [group.rows * rows // present for group in groups]
    shares[0] += rows - sum(shares)
    pairs = zip(groups, shares, strict=True)
    return tuple(LaneGroup(group.pe, share) for group, share in pairs if share > 0)


def _advice(acc: Accelerator, board: Board) -> str:
    array = largest_that_fits(acc, board)
    if array is not None:
        return f"the largest array that fits has {array.rows} rows and {array.columns} columns"
    least = replace(acc, array=Array(_scaled(acc.array.groups, 1), 1, acc.array.pixels))
    needs = needs_of(exceeded(total(estimate(least, board.device)), board.device.resources))
    return (
        f"no smaller array helps, for buffers and units around one lane need {needs}"
        f"{_with_least_buffers(acc, board)}"
    )


def _with_least_buffers(acc: Accelerator, board: Board) -> str:
    try:
        array = largest_array(board, scheme(acc.scheme), acc.array.groups[0].pe, utilisation=1.0)
    except BudgetError:
        return ""
    shape = f"{array.rows} rows, {array.columns} columns and {array.pixels} pixels"
    return f": with smaller buffers {shape} fit"
