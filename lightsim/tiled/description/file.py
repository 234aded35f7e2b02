"""Accelerator files: TOML to a checked `Accelerator`, and back without a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lightsim.descriptions import within
from lightsim.errors import InputError
from lightsim.hardware.board_file import find_board
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.checks import validate_clock
from lightsim.hardware.device import Board, IdealMemory, MemoryInterface
from lightsim.hardware.reading import memory, read_table
from lightsim.hardware.scheme_file import scheme_name
from lightsim.network.checking import checked
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import (
    Accelerator,
    Accumulator,
    Array,
    Buffer,
    LaneGroup,
    PortAssignment,
    PostProcessing,
    StreamName,
)
from lightsim.tiled.description.entries import (
    AcceleratorEntry,
    AccumulatorEntry,
    ArrayEntry,
    BufferEntry,
    GroupEntry,
    PostEntry,
)
from lightsim.tiled.description.products import built_products
from lightsim.tiled.description.validation import validate_accelerator
from lightsim.tiled.description.writing import dump_accelerator

__all__ = [
    "dump_accelerator",
    "find_board",
    "load_accelerator",
    "load_design",
    "parse_accelerator",
]

_ALL_ON_ONE_PORT = [["input", "weight", "residual", "output"]]


def load_accelerator(path: str | Path, board: Board | None = None) -> Accelerator:
    """The accelerator that the file describes, checked.

    What the file leaves out of `clock`, `port_bits` and `memory` is the board's; `board` is the
    one named on the command line and must be the file's own, where that names one. Raises
    `InputError` for anything that cannot be accepted.
    """
    return load_design(path, board)[0]


def load_design(path: str | Path, board: Board | None = None) -> tuple[Accelerator, Board | None]:
    """As `load_accelerator`, with the board that the file or the caller names."""
    table, where = read_table(Path(path)), str(path)
    entry = checked(AcceleratorEntry, table, where)
    board = _board(entry, where, board)
    return _built(entry, where, board), board


def parse_accelerator(
    table: Mapping[str, Any], where: str, board: Board | None = None
) -> Accelerator:
    """The accelerator of a file's content; `where` is what errors call the file."""
    entry = checked(AcceleratorEntry, table, where)
    return _built(entry, where, _board(entry, where, board))


def _built(entry: AcceleratorEntry, where: str, board: Board | None) -> Accelerator:
    with within(where):
        acc = _accelerator(entry, where, board)
    validate_accelerator(acc, where)
    return replace(acc, products_per_dsp=_products(entry.products_per_dsp, acc, where, board))


def _accelerator(entry: AcceleratorEntry, where: str, board: Board | None) -> Accelerator:
    clock = _given(entry.clock, board.clock_hz if board else None, "clock", where)
    validate_clock(clock, where)
    return Accelerator(
        name=entry.name,
        board=board.name if board else entry.board,
        scheme=scheme_name(entry.scheme),
        clock_hz=clock,
        array=_array(entry.array, where),
        accumulator=_accumulator(entry.accumulator, where),
        post=_post(entry.post, where),
        input=_buffer(entry.input, where, "input"),
        weight=_buffer(entry.weight, where, "weight"),
        residual=_buffer(entry.residual, where, "residual"),
        output=_buffer(entry.output, where, "output"),
        psum_bytes=entry.psum_bytes,
        memory=_memory(entry, where, board),
        # Unknown streams are refused, with the nearest name, by the description itself.
        ports=tuple(
            PortAssignment(cast(tuple[StreamName, ...], tuple(streams)))
            for streams in (_ALL_ON_ONE_PORT if entry.ports is None else entry.ports)
        ),
        port_bits=_given(entry.port_bits, board.port_bits if board else None, "port_bits", where),
        request_bytes=entry.request_bytes,
        outstanding=entry.outstanding,
        products_per_dsp=1 if entry.products_per_dsp is None else entry.products_per_dsp,
        activation_bits=_widths(entry.activation_bits),
    )


def _widths(given: int | list[int]) -> tuple[int, ...]:
    return (given,) if isinstance(given, int) else tuple(given)


def _products(given: int | None, acc: Accelerator, where: str, board: Board | None) -> int:
    """Products a DSP block: as many as the board's hold, unless the file says fewer."""
    if board is None:
        return 1 if given is None else given
    fitting = built_products(acc.array, SCHEMES[acc.scheme], board.device)
    if given is not None and given > fitting:
        held = f"{fitting} ({board.device.dsp_type} of {board.name}, {acc.scheme})"
        raise InputError(where, f"products_per_dsp is {given}", f"accepted: {held}")
    return fitting if given is None else given


def _board(entry: AcceleratorEntry, where: str, board: Board | None) -> Board | None:
    """The board whose values stand in for what the file leaves out."""
    if entry.board is None:
        return board
    if board is None:
        return find_board(entry.board, where)
    named = entry.board
    if named.endswith(".toml"):
        named = find_board(named, where).name
    if board.name != named:
        problem = f"board is '{named}', but the run is on '{board.name}'"
        raise InputError(where, problem, "accepted: the same board, or no board in the file")
    return board


def _given(value: int | None, fallback: int | None, key: str, where: str) -> int:
    if value is not None:
        return value
    if fallback is None:
        raise InputError(where, f"key '{key}' is missing", "state it, or name a board")
    return fallback


def _memory(
    entry: AcceleratorEntry, where: str, board: Board | None
) -> MemoryInterface | IdealMemory:
    if entry.memory is not None:
        return memory(entry.memory, where)
    if board is None:
        raise InputError(
            where, "table [memory] is missing", f"state it, or name a board: {', '.join(BOARDS)}"
        )
    return board.memory


def _array(table: Mapping[str, Any], where: str) -> Array:
    entry = checked(ArrayEntry, table, f"{where}, [array]")
    groups = []
    for number, row in enumerate(entry.group, 1):
        group = checked(GroupEntry, row, f"{where}, [array] group {number}")
        with within(where, f"array group {number}"):
            groups.append(LaneGroup(group.pe, group.rows))
    with within(where, "array"):
        return Array(tuple(groups), entry.columns, entry.pixels)


def _accumulator(table: Mapping[str, Any], where: str) -> Accumulator:
    entry = checked(AccumulatorEntry, table, f"{where}, [accumulator]")
    with within(where, "accumulator"):
        return Accumulator(entry.bits, entry.overflow, entry.accumulation)


def _post(table: Mapping[str, Any], where: str) -> PostProcessing:
    entry = checked(PostEntry, table, f"{where}, [post]")
    with within(where, "post"):
        return PostProcessing(entry.lanes, entry.requantise, entry.thresholds)


def _buffer(table: Mapping[str, Any], where: str, name: str) -> Buffer:
    entry = checked(BufferEntry, table, f"{where}, [{name}]")
    with within(where, name):
        return Buffer(entry.bytes_per_bank, entry.banks)
