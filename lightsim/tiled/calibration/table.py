"""What was measured, one row a point, in a CSV file that a later run goes on with."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from lightsim.tiled.calibration.points import Point, point
from lightsim.tiled.rtl.project.yosys import Cells

__all__ = ["Measured", "append", "read", "source_digest"]

COLUMNS = ("family", "yosys", "source", "module", "parameters", "held_out", "lut", "ff", "dsp",
           "bram18", "uram")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """A point with what it takes by itself, and what it was measured with."""

    family: str
    yosys: str
    source: str
    point: Point
    cells: Cells


def source_digest(module: str) -> str:
    """Twelve digits that change with the module's code or that of a package it may use."""
    digest = sha256()
    with as_file(files("lightsim.tiled.rtl") / "sv") as own:
        for name in (f"{module}.sv", "machine_pkg.sv", "lane_pkg.sv"):
            lines = (own / name).read_text(encoding="utf-8").splitlines()
            code = (line.partition("//")[0].rstrip() for line in lines)
            digest.update("\n".join(line for line in code if line).encode())
    return digest.hexdigest()[:12]


def read(table: Path) -> list[Measured]:
    """The rows of a table; none if there is no such file."""
    if not table.exists():
        return []
    with table.open(newline="", encoding="utf-8") as lines:
        return [_measured(row) for row in csv.DictReader(lines)]


def append(table: Path, rows: Iterable[Measured]) -> None:
    """Add rows to a table, which is begun if it is not there."""
    fresh = not table.exists()
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("a", newline="", encoding="utf-8") as to:
        writer = csv.writer(to, lineterminator="\n")
        if fresh:
            writer.writerow(COLUMNS)
        for row in rows:
            cells = row.cells
            writer.writerow(
                [row.family, row.yosys, row.source, row.point.module, row.point.label,
                 int(row.point.held_out), cells.lut, cells.ff, cells.dsp, cells.halves, cells.uram]
            )  # fmt: skip


def _measured(row: dict[str, str]) -> Measured:
    pairs = (pair.split("=") for pair in row["parameters"].split())
    held_out = row["held_out"] == "1"
    return Measured(
        row["family"],
        row["yosys"],
        row["source"],
        point(row["module"], {name: int(value) for name, value in pairs}, held_out=held_out),
        Cells(*(int(row[name]) for name in COLUMNS[6:])),
    )
