"""The measured points, one row for each point, in a CSV file that a later calibration continues."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from lightsim.errors import InputError
from lightsim.files.regular import open_file
from lightsim.tiled.calibration.points import Point, point
from lightsim.tiled.rtl.project.yosys import Cells

__all__ = ["Measured", "append", "read", "source_digest"]

COLUMNS = ("family", "yosys", "source", "module", "parameters", "held_out", "lut", "ff", "dsp",
           "bram18", "uram")  # fmt: skip
_MOST_BYTES = 64 << 20
_MOST_NUMBER = 1 << 62
_ACCEPTED = "accepted: a table of `lightsim calibrate`; a point without a line is measured"


@dataclass(frozen=True, slots=True)
class Measured:
    """A point with the cells of its module alone, and the tools that measured it."""

    family: str
    yosys: str
    source: str
    point: Point
    cells: Cells


def source_digest(module: str) -> str:
    """Twelve digits that change with the code of the module or of a package it may use."""
    digest = sha256()
    with as_file(files("lightsim.tiled.rtl") / "sv") as own:
        names = [f"{module}.sv", "machine_pkg.sv", "lane_pkg.sv"]
        if "format_pkg::" in (own / names[0]).read_text(encoding="utf-8"):
            names.append("format_pkg.sv")
        for name in names:
            lines = (own / name).read_text(encoding="utf-8").splitlines()
            code = (line.partition("//")[0].rstrip() for line in lines)
            digest.update("\n".join(line for line in code if line).encode())
    return digest.hexdigest()[:12]


def read(table: Path) -> list[Measured]:
    """The rows of a table; empty if the file does not exist.

    An incomplete last line, left by a stopped run, is skipped. Raises `InputError` with the line
    number for any other line that is not a row of a table.
    """
    if not table.exists():
        return []
    content = _content(table)
    whole = content[: content.rfind(b"\n") + 1]
    rows = []
    for number, line in enumerate(whole.split(b"\n")[:-1], 1):
        try:
            cells = next(csv.reader([line.decode("utf-8")], strict=True))
            if number > 1:
                rows.append(_measured(cells))
            elif tuple(cells) != COLUMNS:
                raise ValueError(f"is not the head {','.join(COLUMNS)}")
        except UnicodeDecodeError:
            raise InputError(f"{table}, line {number}", "is not UTF-8 text", _ACCEPTED) from None
        except (ValueError, csv.Error, StopIteration) as error:
            problem = str(error) or "is empty"
            raise InputError(f"{table}, line {number}", problem, _ACCEPTED) from None
    return rows


def append(table: Path, rows: Iterable[Measured]) -> None:
    """Add rows to a table, which is created if missing; an incomplete last line is replaced."""
    table.parent.mkdir(parents=True, exist_ok=True)
    there = _content(table) if table.exists() else b""
    whole = there.rfind(b"\n") + 1
    if whole < len(there):
        with table.open("r+b") as cut:
            cut.truncate(whole)
    with table.open("a", newline="", encoding="utf-8") as to:
        writer = csv.writer(to, lineterminator="\n")
        if not whole:
            writer.writerow(COLUMNS)
        for row in rows:
            cells = row.cells
            writer.writerow(
                [row.family, row.yosys, row.source, row.point.module, row.point.label,
                 int(row.point.held_out), cells.lut, cells.ff, cells.dsp, cells.halves, cells.uram]
            )  # fmt: skip


def _content(table: Path) -> bytes:
    with open_file(table, _ACCEPTED) as opened:
        content = opened.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InputError(str(table), "holds more than 64 MiB", _ACCEPTED)
    return content


def _measured(cells: Sequence[str]) -> Measured:
    """A row from its cells; raises `ValueError` with the fault of the row."""
    if len(cells) != len(COLUMNS):
        raise ValueError(f"has {len(cells)} cells, not {len(COLUMNS)}")
    row = dict(zip(COLUMNS, cells, strict=True))
    parameters = {}
    for pair in row["parameters"].split(" ") if row["parameters"] else ():
        name, equals, value = pair.partition("=")
        if not name.isidentifier() or not equals or name in parameters:
            raise ValueError(f"parameters: '{pair}' is no NAME=NUMBER, or stands there twice")
        parameters[name] = _number(value, f"parameter {name}")
    if row["held_out"] not in ("0", "1"):
        raise ValueError(f"held_out is '{row['held_out']}', not 0 or 1")
    return Measured(
        row["family"],
        row["yosys"],
        row["source"],
        point(row["module"], parameters, held_out=row["held_out"] == "1"),
        Cells(*(_number(row[name], name) for name in COLUMNS[6:])),
    )


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _MOST_NUMBER):
        raise ValueError(f"{name} is '{text[:40]}', not a whole number")
    return int(text)
