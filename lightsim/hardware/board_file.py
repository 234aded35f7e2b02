"""Board files: a checked `Board` from TOML; and boards found by name or by file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightsim.descriptions import within
from lightsim.errors import InputError
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.catalogue import board as catalogue_board
from lightsim.hardware.catalogue import device as catalogue_device
from lightsim.hardware.checks import validate_clock
from lightsim.hardware.device import Board, Device, MemoryInterface, Resources
from lightsim.hardware.entries import BoardEntry, DeviceEntry
from lightsim.hardware.families import family_name
from lightsim.hardware.reading import dram_memory, read_table
from lightsim.network.checking import checked
from lightsim.source import Source

__all__ = ["find_board", "load_board", "parse_board"]


def find_board(name_or_path: str, where: str = "board") -> Board:
    """The board of the catalogue called `name_or_path`, or of the file if the text ends in `.toml`.

    Raises `InputError` naming `where` for an unknown board or a wrong file.
    """
    if name_or_path.endswith(".toml"):
        return load_board(name_or_path)
    return catalogue_board(name_or_path, where)


def load_board(path: str | Path) -> Board:
    """The board that a file describes; raises `InputError` for a file that cannot be accepted."""
    return parse_board(read_table(Path(path)), str(path))


def parse_board(table: Mapping[str, Any], where: str) -> Board:
    """The board from the content of a file; errors call the file `where`."""
    entry = checked(BoardEntry, table, where)
    if entry.name in BOARDS:
        problem = f"name '{entry.name}' is a board of the catalogue"
        raise InputError(where, problem, "accepted: a new name")
    validate_clock(entry.clock, where)
    memory = dram_memory(entry.memory, where)
    device = _device(entry.device, where, entry.source)
    with within(where):
        return _board(entry, device, memory)


def _board(entry: BoardEntry, device: Device, memory: MemoryInterface) -> Board:
    return Board(
        name=entry.name,
        title=entry.title,
        device=device,
        memory=memory,
        clock_hz=entry.clock,
        port_bits=entry.port_bits,
        port_count=entry.port_count,
        source=Source("assumed", entry.source),
    )


def _device(given: str | dict[str, Any], where: str, source: str) -> Device:
    if isinstance(given, str):
        return catalogue_device(given, where)
    entry = checked(DeviceEntry, given, f"{where}, [device]")
    resources = Resources(entry.lut, entry.ff, entry.dsp, entry.bram36, entry.uram)
    family = family_name(entry.family, f"{where}, [device]")
    return Device(entry.name, family, entry.dsp_type, resources, Source("assumed", source))
