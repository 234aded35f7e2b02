"""The error where not even the smallest design fits a board, with advice on a larger device."""

from __future__ import annotations

from lightsim.errors import BudgetError
from lightsim.hardware.device import Board, Resources
from lightsim.hardware.part import Part, total
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.arrays import array_shapes
from lightsim.tiled.estimation.resources import estimate
from lightsim.tiled.estimation.sizing import least_design
from lightsim.tiled.estimation.surroundings import CONTROLLER

__all__ = ["TITLES", "nothing_fits"]

TITLES = {"lut": "LUT", "ff": "FF", "dsp": "DSP", "bram36": "BRAM36", "uram": "URAM"}
"""The names of the resources in messages."""


def nothing_fits(board: Board, scheme: Scheme, pe: str, utilisation: float) -> BudgetError:
    """The error for a board that is too small for one lane of a PE kind with its least buffers."""
    rows, columns, pixels = min(
        array_shapes(board.port_bits // 8), key=lambda shape: shape[0] * shape[1] * shape[2]
    )
    array = Array((LaneGroup(pe, rows),), columns, pixels)
    parts = estimate(least_design(board, scheme, array), board.device)
    available = board.device.resources.values()
    short = {
        name: (need, int(utilisation * limit), limit)
        for name, need, limit in zip(
            Resources.names(), total(parts).values(), available, strict=True
        )
        if need > utilisation * limit
    }
    told = ", ".join(
        f"{need} {TITLES[name]} of {most} ({need - most} too many)"
        for name, (need, most, _) in short.items()
    )
    needs = f": the least design needs {told}" if told else ""
    return BudgetError(
        f"{board.name}: not even one lane of {pe} fits {utilisation:.0%} of {board.device.name}"
        f"{needs}{_advice(parts, short, utilisation)}"
    )


def _advice(
    parts: tuple[Part, ...], short: dict[str, tuple[int, int, int]], utilisation: float
) -> str:
    """The advice of the error: a controller in fabric is too large, or a larger device would do."""
    if not short:
        return ""
    for part in parts:
        own = dict(zip(Resources.names(), part.resources.values(), strict=True))
        if part.name == CONTROLLER and all(
            need - own[name] <= most for name, (need, most, _) in short.items()
        ):
            return (
                '; without its memory controller in fabric it fits (controller = "hard" in '
                "[memory], where the device has one built in)"
            )
    wanted = ", ".join(
        f"{-(-need * 100 // round(100 * utilisation))} {TITLES[name]}"
        for name, (need, _, _) in short.items()
    )
    return f"; a device with {wanted} would do"
