"""Streaming accelerators' files: TOML to a checked description, and back without a loss."""

from __future__ import annotations

from pathlib import Path

from lightsim.descriptions import within
from lightsim.errors import InputError
from lightsim.files.toml_text import toml_text
from lightsim.hardware.board_file import find_board
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.checks import validate_clock
from lightsim.hardware.device import Board
from lightsim.hardware.quantities import spell_hertz
from lightsim.hardware.reading import read_table
from lightsim.network.checking import checked
from lightsim.streaming.description.accelerator import (
    Accumulator,
    Folding,
    StreamingAccelerator,
)
from lightsim.streaming.description.entries import (
    AccumulatorEntry,
    FoldingEntry,
    StreamingEntry,
)
from lightsim.streaming.description.validation import check_accelerator

__all__ = ["dump_accelerator", "load_design"]


def load_design(
    path: str | Path, board: Board | None = None
) -> tuple[StreamingAccelerator, Board | None]:
    """The accelerator that a file describes, checked, and the board that it or the caller names.

    What the file leaves out of `clock` and `port_bits` is the board's. Raises `InputError` for
    anything that cannot be accepted.
    """
    where = str(path)
    entry = checked(StreamingEntry, read_table(Path(path)), where)
    board = _board(entry, where, board)
    clock = _given(entry.clock, board.clock_hz if board else None, "clock", where)
    validate_clock(clock, where)
    layers = {
        name: _folding(table, f"{where}, [layers.{name}]") for name, table in entry.layers.items()
    }
    own = checked(AccumulatorEntry, entry.accumulator, f"{where}, [accumulator]")
    with within(where, "accumulator"):
        accumulator = Accumulator(own.bits, own.overflow, own.accumulation)
    with within(where):
        made = StreamingAccelerator(
            name=entry.name,
            board=board.name if board else entry.board,
            scheme=entry.scheme,
            clock_hz=clock,
            layers=layers,
            port_bits=_given(
                entry.port_bits, board.port_bits if board else None, "port_bits", where
            ),
            accumulator=accumulator,
            fifos=entry.fifos,
            pipelines=entry.pipelines,
            depth=entry.depth,
            memory=board.memory.part.kind if board else "ideal",
            device=board.device if board else None,
        )
    check_accelerator(made, where)
    return made, board


def dump_accelerator(made: StreamingAccelerator) -> str:
    """The text of a file that is read back as the same accelerator.

    A board that is not in the catalogue must be passed to the reader again.
    """
    lines = [
        'template = "streaming"',
        f"name = {toml_text(made.name)}",
        *([f"board = {toml_text(made.board)}"] if made.board in BOARDS else []),
        f"scheme = {toml_text(made.scheme)}",
        f"clock = {toml_text(spell_hertz(made.clock_hz))}",
        f"port_bits = {made.port_bits}",
        f"pipelines = {toml_text(made.pipelines)}",
        *([] if made.depth is None else [f"depth = {made.depth}"]),
        "",
        "[accumulator]",
        f"bits = {made.accumulator.bits}",
        f"overflow = {toml_text(made.accumulator.overflow)}",
        f"accumulation = {toml_text(made.accumulator.accumulation)}",
    ]
    for name, folding in made.layers.items():
        lines += ["", f"[layers.{toml_text(name)}]", f"pe = {folding.pe}", f"simd = {folding.simd}"]
        lines += [] if folding.lanes is None else [f"lanes = {toml_text(folding.lanes)}"]
    if made.fifos:
        lines += ["", "[fifos]"]
        lines += [f"{toml_text(name)} = {depth}" for name, depth in made.fifos.items()]
    return "\n".join(lines) + "\n"


def _folding(table: dict[str, object], where: str) -> Folding:
    entry = checked(FoldingEntry, table, where)
    with within(where):
        return Folding(entry.pe, entry.simd, entry.lanes)


def _board(entry: StreamingEntry, where: str, board: Board | None) -> Board | None:
    """The board whose values stand in for what the file leaves out."""
    if entry.board is None:
        return board
    named = find_board(entry.board, where)
    if board is not None and board.name != named.name:
        problem = f"board is '{entry.board}', but the run is on '{board.name}'"
        raise InputError(where, problem, "accepted: the same board, or no board in the file")
    return named if board is None else board


def _given(value: int | None, fallback: int | None, key: str, where: str) -> int:
    if value is not None:
        return value
    if fallback is None:
        raise InputError(where, f"key '{key}' is missing", "state it, or name a board")
    return fallback
