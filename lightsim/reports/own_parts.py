"""The parts of a report that only one template has: numbers of the headline, and tables."""

from __future__ import annotations

from collections.abc import Mapping

from lightsim.reports.report import OwnPart, RunReport

__all__ = ["own_cells", "own_numbers", "own_tables"]


def own_numbers(report: RunReport) -> tuple[tuple[str, str, str], ...]:
    """The title, value and meaning of every part that is one number or text."""
    return tuple(
        (part.title, _cell(part.value), part.meaning)
        for part in report.own
        if not isinstance(part.value, tuple)
    )


def own_tables(report: RunReport) -> tuple[OwnPart, ...]:
    """The parts that are tables with at least one row."""
    return tuple(part for part in report.own if isinstance(part.value, tuple) and part.value)


def own_cells(part: OwnPart) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The titles of a table's columns, and its cells row by row, as text."""
    rows = part.value if isinstance(part.value, tuple) else ()
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = tuple(tuple(_cell(row.get(name)) for name in columns) for row in rows)
    return tuple(name.replace("_", " ") for name in columns), cells


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{str(key).replace('_', ' ')} {_cell(own)}" for key, own in value.items())
    return str(value)
