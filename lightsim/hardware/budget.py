"""The resources that a design needs beyond those of a device, for every kind of machine."""

from __future__ import annotations

from lightsim.hardware.device import Board, Resources

__all__ = ["exceeded", "needs_of", "shortage"]

_TITLES = {"lut": "LUT", "ff": "FF", "dsp": "DSP", "bram36": "BRAM36", "uram": "URAM"}


def exceeded(used: Resources, available: Resources) -> dict[str, tuple[int, int]]:
    """The need and the limit of every exceeded resource, by the name of the resource."""
    names = Resources.names()
    rows = zip(names, used.values(), available.values(), strict=True)
    return {name: (need, limit) for name, need, limit in rows if need > limit}


def needs_of(over: dict[str, tuple[int, int]]) -> str:
    """The need and the limit of the resources in `over`, in words."""
    return ", ".join(f"{need} {_TITLES[name]} of {limit}" for name, (need, limit) in over.items())


def shortage(design: str, used: Resources, board: Board) -> str | None:
    """The resources that a design needs beyond those of its board, in words; None if everything
    fits.

    The resource that is exceeded most comes first.
    """
    over = exceeded(used, board.device.resources)
    if not over:
        return None
    worst = max(over, key=lambda name: over[name][0] / max(over[name][1], 1))
    need, limit = over.pop(worst)
    also = f" (also {needs_of(over)})" if over else ""
    return (
        f"{design}: needs {need} {_TITLES[worst]}, {board.device.name} on {board.name} has "
        f"{limit}: {need - limit} too many{also}"
    )
