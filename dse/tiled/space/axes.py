"""The axes of tiled accelerators: the accepted choices of each, and the choices by default."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

from dse.space.axes import AUTO, BATCH, CLOCK, SCHEME, TERMS, Axis, Choice, fixed, or_auto, whole
from dse.tiled.space.lanes import lane_mix
from lightsim.hardware.device import Board
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.hardware.quantities import BYTES_ACCEPTED, nbytes
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.estimation.arrays import fits_word
from lightsim.tiled.estimation.sizing import PORT_STREAMS

__all__ = ["AXES"]

_WORDS = re.compile(r"^\s*(\d{1,9})\s+words?\s*$")


def _power(low: int, high: int) -> Callable[[object], Choice]:
    read_whole = whole(low, high)

    def read(value: object) -> Choice:
        number = read_whole(value)
        if int(number) & (int(number) - 1):
            raise ValueError
        return number

    return read


def _lanes(value: object) -> Choice:
    if not isinstance(value, str):
        raise ValueError
    return str(lane_mix(value))


def _size(value: object) -> Choice:
    """The size of a bank: bytes, or words as `"512 words"`. A word is read in one step of the
    array."""
    if isinstance(value, str) and (match := _WORDS.match(value)):
        return f"{int(match[1])} words"
    size = nbytes(value)
    if size < 0:
        raise ValueError
    return size


_SIZE = f"{BYTES_ACCEPTED}, words of the array as '512 words', or 'auto' (as much as fits)"


def _rows(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    return (*range(8, 129, 8), 160, 192, 224, 256)


def _columns(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    word = board.port_bits // 8
    return tuple(c for c in (4, 8, 16, 32, 64, 128, 256) if fits_word(c, word))


def _kinds(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    """The usual PE kind of every scheme, the kinds on DSP blocks, and mixes of the two."""
    found: dict[Choice, None] = {}
    for name in schemes:
        row = scheme(name)
        usual = pe_kind(row.usual_pe)
        found[usual.name] = None
        if row.is_sign:
            continue  # no other kind multiplies signs as cheaply
        able = [kind for kind in PE_KINDS.values() if kind.takes(row)]
        on_dsp = [kind for kind in able if kind.on_dsp]
        plain = [kind for kind in able if not kind.on_dsp and not kind.shifts]
        for soft, dsp in product(plain if usual.on_dsp else [usual], on_dsp):
            found |= dict.fromkeys((dsp.name, soft.name))
            for part in (7, 3) if soft.shifts else (3,):
                found[f"{soft.name}*{part} + {dsp.name}"] = None
    return tuple(str(lane_mix(str(kind))) for kind in found)


def _ports(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(count for count in PORT_STREAMS if count <= board.port_count)


AXES: dict[str, Axis] = {
    axis.name: axis
    for axis in (
        SCHEME,
        Axis(
            "lanes",
            "PE kinds side by side, with their parts of the rows",
            "a PE kind, or several as 'shift_add_serial*3 + multiply_dsp'",
            _lanes,
            _kinds,
        ),
        Axis(
            "rows",
            "filters at a time",
            "a whole number, 1 to 4096",
            whole(1, 4096),
            _rows,
            solved=True,
        ),
        Axis(
            "columns",
            "input channels at a time",
            "a whole number, 1 to 4096",
            whole(1, 4096),
            _columns,
            solved=True,
        ),
        Axis(
            "pixels",
            "positions at a time",
            "a whole number, 1 to 64",
            whole(1, 64),
            fixed(*range(1, 9)),
            solved=True,
        ),
        Axis(
            "post_lanes",
            "values leaving at a time",
            "a power of two from 1 to 1024, or 'auto' (by the size of the array)",
            or_auto(_power(1, 1024)),
            fixed(AUTO),
        ),
        Axis(
            "ports",
            "memory ports",
            "a whole number, 1 to 4",
            whole(1, 4),
            _ports,
        ),
        Axis(
            "port_bits",
            "width of a port",
            "a power of two from 32 to 1024, or 'auto' (the board's)",
            or_auto(_power(32, 1024)),
            fixed(AUTO),
        ),
        CLOCK,
        BATCH,
        TERMS,
        *(
            Axis(f"{name}_bytes", title, _SIZE, or_auto(_size), fixed(AUTO), within_family=True)
            for name, title in (
                ("input", "a bank of the input buffer"),
                ("weight", "a bank of the weight buffer"),
                ("residual", "a bank of the residual buffer ('auto': the output's size)"),
                ("output", "a bank of the output buffer"),
                ("psum", "the partial sums between input channel tiles"),
            )
        ),
        *(
            Axis(
                f"{name}_banks",
                f"banks of the {name} buffer",
                "1 (single) or 2 (ping-pong)",
                whole(1, 2),
                fixed(2),
                within_family=True,
            )
            for name in ("input", "weight", "residual", "output")
        ),
    )
}
