"""The per-layer table for the terminal: less important columns are left out, none is cut."""

from __future__ import annotations

from typing import Literal, NamedTuple

from rich.markup import escape
from rich.table import Table

from lightsim.reports.frame.terminal import plain_table
from lightsim.reports.quantities import k_counts, k_heading, largest_stall, share
from lightsim.reports.report import LayerReport, RunReport

__all__ = ["console_layers"]

_GAP = 2
_SHORTEST_NAME = 12


class _Column(NamedTuple):
    title: str
    justify: Literal["left", "right"]
    cells: tuple[str, ...]
    giving_way: int
    """Columns with the highest number are left out first; a column with 0 is never left out."""

    @property
    def width(self) -> int:
        return max(map(len, (self.title, *self.cells)))


def console_layers(report: RunReport, width: int, ellipsis: str) -> Table:
    """A table with a row for each layer, at most `width` columns of text wide.

    If not all columns fit, the operator's kind is left out first, then MACs, then k. Then names are
    shortened from the left, because the end of a long name distinguishes layers.
    """
    names = tuple(layer.name for layer in report.layers)
    longest = max(map(len, (*names, "layer")))
    columns = _columns(report)
    while _needed(columns) + longest > width and any(c.giving_way for c in columns):
        columns.remove(max(columns, key=lambda column: column.giving_way))
    room = max(_SHORTEST_NAME, width - _needed(columns))
    table = plain_table(gap=_GAP)
    table.add_column("layer", no_wrap=True)
    for column in columns:
        table.add_column(column.title, justify=column.justify, no_wrap=True)
    for row, name in enumerate(names):
        cells = (_shortened(name, room, ellipsis), *(column.cells[row] for column in columns))
        table.add_row(*(escape(cell) for cell in cells))
    return table


# Usual types of activations, which need no column of their own.
_USUAL = {"", "uint8", "int8", "sign", "raw"}


def _columns(report: RunReport) -> list[_Column]:
    layers = report.layers
    types = tuple(f"{row.input_type} / {row.output_type}" for row in layers)
    narrow = any({row.input_type, row.output_type} - _USUAL for row in layers)
    return [
        _Column("kind", "left", tuple(_words(row.kind) for row in layers), 3),
        *([_Column("in / out", "left", types, 0)] if narrow else []),
        _Column("cycles", "right", tuple(f"{row.cycles:,}" for row in layers), 0),
        _Column("share", "right", tuple(_percent(share(row, report)) for row in layers), 0),
        _Column("MACs", "right", tuple(_count(row.macs) for row in layers), 2),
        _Column(f"k {k_heading(report, '/')}", "right", tuple(map(_k, layers)), 1),
        _Column("util.", "right", tuple(_percent(row.utilisation) for row in layers), 0),
        _Column("bound by", "left", tuple(_words(row.bound_by) for row in layers), 0),
        _Column("largest stall", "left", tuple(map(_stall, layers)), 0),
    ]


def _needed(columns: list[_Column]) -> int:
    """The width of all columns except the names, in characters."""
    return sum(_GAP + column.width for column in columns)


def _shortened(name: str, room: int, ellipsis: str) -> str:
    return name if len(name) <= room else ellipsis + name[len(name) - room + len(ellipsis) :]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"


def _count(value: int) -> str:
    for factor, prefix in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= factor:
            return f"{value / factor:.4g} {prefix}"
    return str(value)


def _k(layer: LayerReport) -> str:
    counts = k_counts(layer)
    return "/".join(map(str, counts)) if sum(counts) else "-"


def _stall(layer: LayerReport) -> str:
    stall = largest_stall(layer)
    if stall is None:
        return "-"
    cause, cycles = stall
    return f"{_words(cause)} {_percent(cycles / layer.cycles)}"
