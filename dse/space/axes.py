"""The axes of a design space: what each may be set to, and what it is by default.

An axis is a tuple of choices; `AXES` says for each what a choice is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Annotated

from dse.space.k_choices import GIVEN, K_ACCEPTED, read_k
from dse.space.lanes import lane_mix
from lightsim.descriptions import Text, check_fields
from lightsim.hardware.checks import validate_clock
from lightsim.hardware.device import Board
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.hardware.quantities import BYTES_ACCEPTED, HERTZ_ACCEPTED, hertz, nbytes
from lightsim.hardware.scheme_file import find_scheme
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.estimation.arrays import fits_word
from lightsim.tiled.estimation.sizing import PORT_STREAMS

__all__ = ["AUTO", "AXES", "Axis", "Choice"]

Choice = int | str
AUTO = "auto"
_WORDS = re.compile(r"^\s*(\d{1,9})\s+words?\s*$")


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that designs of a space differ in.

    `read` turns a value of the file into a choice or raises `ValueError`; `accepted` says what
    it takes. `default` gives the choices of a board for a scheme. `memory` says that the axis
    sets a buffer, which the array's own cycles do not depend on.
    """

    name: Annotated[str, Text()]
    title: Annotated[str, Text()]
    accepted: Annotated[str, Text()]
    read: Callable[[object], Choice]
    default: Callable[[Board, tuple[str, ...]], tuple[Choice, ...]]
    memory: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


def _whole(low: int, high: int) -> Callable[[object], Choice]:
    def read(value: object) -> Choice:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return read


def _power(low: int, high: int) -> Callable[[object], Choice]:
    whole = _whole(low, high)

    def read(value: object) -> Choice:
        number = whole(value)
        if int(number) & (int(number) - 1):
            raise ValueError
        return number

    return read


def _or_auto(inner: Callable[[object], Choice]) -> Callable[[object], Choice]:
    return lambda value: AUTO if value == AUTO else inner(value)


def _scheme(value: object) -> Choice:
    if not isinstance(value, str):
        raise ValueError
    return find_scheme(value).name


def _lanes(value: object) -> Choice:
    if not isinstance(value, str):
        raise ValueError
    return str(lane_mix(value))


def _size(value: object) -> Choice:
    """Bytes of a bank, or its words as `"512 words"`: the array's words of one step."""
    if isinstance(value, str) and (match := _WORDS.match(value)):
        return f"{int(match[1])} words"
    size = nbytes(value)
    if size < 0:
        raise ValueError
    return size


def _clock(value: object) -> Choice:
    hz = hertz(value)
    validate_clock(hz, "clock")
    return hz


_SIZE = f"{BYTES_ACCEPTED}, words of the array as '512 words', or 'auto' (as much as fits)"


def _fixed(*choices: Choice) -> Callable[[Board, tuple[str, ...]], tuple[Choice, ...]]:
    return lambda board, schemes: choices


def _rows(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    return (*range(8, 129, 8), 160, 192, 224, 256)


def _columns(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    word = board.port_bits // 8
    return tuple(c for c in (4, 8, 16, 32, 64, 128, 256) if fits_word(c, word))


def _kinds(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    """The cheapest kinds of the schemes, and shift lanes with a part of them on DSP blocks."""
    found: dict[Choice, None] = {}
    for name in schemes:
        row = scheme(name)
        usual = pe_kind(row.usual_pe)
        found[usual.name] = None
        if row.is_sign:
            continue  # no lane multiplies signs as cheaply
        able = [kind for kind in PE_KINDS.values() if kind.takes(row)]
        on_dsp = [kind for kind in able if kind.on_dsp]
        whole = [kind for kind in able if not kind.on_dsp and not kind.shifts]
        for soft, dsp in product(whole if usual.on_dsp else [usual], on_dsp):
            found |= dict.fromkeys((dsp.name, soft.name))
            for part in (7, 3) if soft.shifts else (3,):
                found[f"{soft.name}*{part} + {dsp.name}"] = None
    return tuple(str(lane_mix(str(kind))) for kind in found)


def _ports(board: Board, schemes: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(count for count in PORT_STREAMS if count <= board.port_count)


AXES: dict[str, Axis] = {
    axis.name: axis
    for axis in (
        Axis(
            "scheme",
            "the weights' number format",
            "a scheme of `lightsim list schemes`",
            _scheme,
            _fixed("flightnn"),
        ),
        Axis(
            "lanes",
            "PE kinds side by side, with their parts of the rows",
            "a PE kind, or several as 'shift_add_serial*3 + multiply_dsp'",
            _lanes,
            _kinds,
        ),
        Axis("rows", "filters at a time", "a whole number, 1 to 4096", _whole(1, 4096), _rows),
        Axis(
            "columns",
            "input channels at a time",
            "a whole number, 1 to 4096",
            _whole(1, 4096),
            _columns,
        ),
        Axis(
            "pixels",
            "positions at a time",
            "a whole number, 1 to 64",
            _whole(1, 64),
            _fixed(*range(1, 9)),
        ),
        Axis(
            "post_lanes",
            "values leaving at a time",
            "a power of two from 1 to 1024, or 'auto' (by the size of the array)",
            _or_auto(_power(1, 1024)),
            _fixed(AUTO),
        ),
        Axis(
            "ports",
            "memory ports",
            "a whole number, 1 to 4",
            _whole(1, 4),
            _ports,
        ),
        Axis(
            "port_bits",
            "width of a port",
            "a power of two from 32 to 1024, or 'auto' (the board's)",
            _or_auto(_power(32, 1024)),
            _fixed(AUTO),
        ),
        Axis(
            "clock",
            "the accelerator's clock",
            f"{HERTZ_ACCEPTED}, or 'auto' (the board's)",
            _or_auto(_clock),
            _fixed(AUTO),
        ),
        Axis(
            "batch",
            "images that share a load of weights",
            "a whole number from 1 to 1024",
            _whole(1, 1024),
            _fixed(1),
        ),
        Axis("k", "terms of every filter", K_ACCEPTED, read_k, _fixed(GIVEN)),
        *(
            Axis(f"{name}_bytes", title, _SIZE, _or_auto(_size), _fixed(AUTO), memory=True)
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
                _whole(1, 2),
                _fixed(2),
                memory=True,
            )
            for name in ("input", "weight", "residual", "output")
        ),
    )
}
